package fortios

import (
	"slices"
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// decides are the settings of a policy that are read, each in its place.
var decides = source.WordSet(`srcintf dstintf srcaddr dstaddr srcaddr4 dstaddr4 srcaddr6 dstaddr6 service schedule action status
	srcaddr-negate dstaddr-negate srcaddr4-negate dstaddr4-negate srcaddr6-negate dstaddr6-negate service-negate match-vip match-vip-only
	policy-expiry policy-expiry-date policy-expiry-date-utc internet-service internet-service-src internet-service6 internet-service6-src intf
	interface`)

// harmless are settings that change nothing about which packets a policy takes
// and whether it lets them pass: names, logs, translation of sources, speed,
// and the profiles that look into what has been let pass.
var harmless = source.WordSet(`name uuid comments comment label global-label policyid color tags custom-log-fields logtraffic logtraffic-start
	logtraffic-app log-http-transaction log-unmatched-traffic capture-packet timeout-send-rst send-deny-packet firewall-session-dirty schedule-timeout
	nat ippool poolname poolname6 natip natinbound natoutbound inbound outbound fixedport port-preserve port-random permit-any-host permit-stun-host
	pcp-outbound pcp-inbound pcp-poolname central-nat rtp-nat rtp-addr session-ttl anti-replay tcp-session-without-syn
	utm-status utm-inspection-mode inspection-mode profile-type profile-group av-profile webfilter-profile webfilter-profile-group dnsfilter-profile
	emailfilter-profile spamfilter-profile dlp-profile dlp-sensor file-filter-profile ips-sensor application-list voip-profile ips-voip-filter
	sctp-filter-profile diameter-filter-profile virtual-patch-profile icap-profile cifs-profile videofilter-profile waf-profile ssh-filter-profile
	casb-profile profile-protocol-options ssl-ssh-profile deep-inspection-options scan-botnet-connections telemetry-profile
	auto-asic-offload np-acceleration np-accelation policy-offload delay-tcp-npu-session dsri fec
	wanopt wanopt-detection wanopt-passive-opt wanopt-profile wanopt-peer webcache webcache-https webproxy-profile webproxy-forward-server wccp
	http-policy-redirect ssh-policy-redirect ztna-policy-redirect http-tunnel-auth
	traffic-shaper traffic-shaper-reverse per-ip-shaper dynamic-shaping diffserv-copy diffserv-forward diffserv-reverse diffservcode-forward
	diffservcode-rev vlan-cos-fwd vlan-cos-rev tcp-mss-sender tcp-mss-receiver tcp-timeout-pid udp-timeout-pid
	geoip-anycast geoip-match passive-wan-health-measurement decrypted-traffic-mirror ssl-mirror ssl-mirror-intf
	block-notification replacemsg-override-group replacemsg-group redirect-url auth-cert auth-redirect-addr auth-path auth-method auth-portal
	captive-portal-exempt email-collect email-collection-portal ntlm-guest ntlm-enabled-browsers fsso-agent-for-ntlm identity-based-route
	vpntunnel vendor-mac-log learning-mode cgn-session-quota cgn-resource-quota cgn-eif cgn-eim cgn-log-server-grp eif-check eif-learn
	application app-category app-group url-category match-traffic-shaper device-detection-portal endpoint-check endpoint-keepalive-interface
	client-reputation client-reputation-mode sessions session-limit radius-mac-auth-bypass radius-ip-auth-bypass ha-mgmt-intf-only
	internet-service-name internet-service-id internet-service-group internet-service-custom internet-service-custom-group internet-service-negate
	internet-service-src-name internet-service-src-id internet-service-src-group internet-service-src-custom internet-service-src-custom-group
	internet-service-src-negate internet-service6-name internet-service6-group internet-service6-custom internet-service6-custom-group
	internet-service6-negate internet-service6-src-name internet-service6-src-group internet-service6-src-custom internet-service6-src-custom-group
	internet-service6-src-negate reputation-direction reputation-direction6 tos tos-negate ztna-tags-match-logic sgt
	internet-service-fortiguard internet-service6-fortiguard internet-service-src-fortiguard internet-service6-src-fortiguard`)

// limits are settings that bind a policy to more than the file tells, with the
// words for it. A value of neutral takes the limit away.
var limits = map[string]string{
	"groups": "the user's group", "users": "the user", "fsso-groups": "the user's group", "devices": "the kind of device",
	"identity-based": "the user", "fsso": "the user", "rsso": "the user", "wsso": "the user", "ntlm": "the user", "sso-auth-method": "the user",
	"disclaimer": "whether the user has agreed to the disclaimer", "src-vendor-mac": "the maker of the sender's network card",
	"vlan-filter": "the VLAN", "tos-mask": "the type of service of the packet", "reputation-minimum": "the reputation of the address",
	"reputation-minimum6": "the reputation of the address", "network-service-dynamic": "a service that the FortiGate fills as it runs",
	"network-service-src-dynamic": "a source that the FortiGate fills as it runs", "sgt-check": "the security group tag",
	"ztna-status": "zero trust access", "ztna-ems-tag": "the tag of the sender's device", "ztna-ems-tag-secondary": "the tag of the sender's device",
	"ztna-geo-tag": "the place of the sender", "ztna-device-ownership": "who owns the sender's device", "ztna-ems-tag-negate": "the tag of the sender's device",
	"nat46": "translation between IPv4 and IPv6", "nat64": "translation between IPv4 and IPv6", "virtual-domain": "the virtual domain",
}

// optional are limits that do nothing until another setting is made.
var optional = []string{"fsso", "rsso", "wsso", "ntlm", "sso-auth-method", "ztna-device-ownership", "ztna-ems-tag-negate"}

var neutral = []string{"disable", "0", "0x00", ""}

// alsoHarmless fits names of settings that later versions add for what has
// never had a part in whether a packet passes.
var alsoHarmless = pattern.New(`^(log|diffserv|wanopt|webcache|tcp-mss|cgn-|pcp-|uuid|traffic-shaper|per-ip-shaper)|(-profile|-sensor|-offload|-log|-uuid|-shaper|-comment)$`)

// limit says what a setting of a policy makes it depend on; "" for nothing.
// Known is false for a setting that is not known here.
func limit(s *setting) (why string, known bool) {
	if decides[s.name] || harmless[s.name] || s.op == "unset" {
		return "", true
	}
	if what, ok := limits[s.name]; ok {
		v := strings.Join(s.values, " ")
		if slices.Contains(neutral, v) || slices.Contains(optional, s.name) {
			return "", true
		}
		return what, true
	}
	return "", alsoHarmless.MatchString(s.name)
}
