package firewall

import (
	"fmt"
	"strings"
)

const longFortiHead = `#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin
config system interface
    edit "wan1"
        set ip 203.0.113.2 255.255.255.0
        set role wan
    next
    edit "dmz"
        set ip 10.0.0.1 255.255.255.0
    next
end
config router static
    edit 1
        set gateway 203.0.113.1
        set device "wan1"
    next
end
config firewall address
`

func longFortiOS(p *longPlan) string {
	const object = "    edit \"%s\"\n        set subnet %s\n    next\n"
	object32 := func(name string) string { return fmt.Sprintf(object, name, "%s 255.255.255.255") }
	from := map[string]string{fromMany: `"many"`, fromSeveral: `"many" "few"`, fromOthers: "\"many\"\n        set srcaddr-negate enable", fromHost: `"h%d"`, fromRegion: `"m1" "m2"`}
	text := longFortiHead + addrsAs(object32("e%d"), "") + hostsAs(object32("h%d")) + fmt.Sprintf(object, "few", "198.51.100.0 255.255.255.240") +
		fmt.Sprintf(object, "m1", "103.13.69.0 255.255.255.0") + fmt.Sprintf(object, "m2", "124.47.150.0 255.255.255.0") +
		"end\nconfig firewall addrgrp\n    edit \"many\"\n        set member " + addrsAs(`"e%d"`, " ") + "\n    next\nend\n" +
		"config firewall service custom\n    edit \"ranges\"\n        set tcp-portrange " + rangesAs("%a-%z", " ") + "\n    next\n"
	for _, port := range []int{7, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29} {
		text += fmt.Sprintf("    edit \"port-%d\"\n        set tcp-portrange %d\n    next\n", port, port)
	}
	return text + "end\nconfig firewall vip\n    edit \"mail\"\n        set extip 203.0.113.25\n        set extintf \"wan1\"\n        set mappedip \"10.0.0.25\"\n    next\nend\nconfig firewall policy\n" +
		p.each(func(r longRule) string {
			return fmt.Sprintf("    edit %d\n        set srcintf \"wan1\"\n        set dstintf \"dmz\"\n        set action %s\n        set srcaddr %s\n        set dstaddr \"mail\"\n        set schedule \"always\"\n        set service %s\n    next\n",
				r.n+1, r.does("accept", "deny"), r.source(from), r.ports(`"ranges"`, `"port-%d"`))
		}) + "end\n"
}

const longSonicHead = `firmware-version "SonicOS Enhanced 6.5.4.15-117n"
model "TZ 400"

zone LAN
    security-type trusted
    exit
zone WAN
    security-type untrusted
    exit
zone DMZ
    security-type public
    exit
interface X1
    ip-assignment WAN static
        ip 203.0.113.2 netmask 255.255.255.0
        gateway 203.0.113.1
        exit
    exit
interface X2
    ip-assignment DMZ static
        ip 10.0.0.1 netmask 255.255.255.0
        exit
    exit
address-object ipv4 m1 network 103.13.69.0 255.255.255.0 zone WAN
address-object ipv4 m2 network 124.47.150.0 255.255.255.0 zone WAN
address-object ipv4 few host 198.51.100.7 zone WAN
address-object ipv4 Exchange host 10.0.0.25 zone DMZ
address-object ipv4 Public host 203.0.113.25 zone WAN
address-group ipv4 region
    address-object ipv4 m1
    address-object ipv4 m2
    exit
address-group ipv4 both
    address-object ipv4 few
    address-group ipv4 many
    exit
`

const longSonicNAT = `nat-policy ipv4 inbound any outbound any destination name Public translated-destination name Exchange service name port-25
    enable
    inbound any
    outbound any
    source any
    translated-source original
    destination name Public
    translated-destination name Exchange
    service name port-25
    translated-service original
    priority manual 1
    exit
`

func longSonicWall(p *longPlan) string {
	from := map[string]string{fromMany: "group many", fromSeveral: "group both", fromHost: "name h%d", fromRegion: "group region"}
	text := longSonicHead + addrsAs("address-object ipv4 e%d host %s zone WAN\n", "") + hostsAs("address-object ipv4 h%d host %s zone WAN\n") +
		"address-group ipv4 many\n" + addrsAs("    address-object ipv4 e%d\n", "") + "    exit\n" + rangesAs("service-object s%d TCP %a %z\n", "") +
		"service-group ranges\n" + rangesAs("    service-object s%d\n", "") + "    exit\n"
	for _, port := range []int{7, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29} {
		text += fmt.Sprintf("service-object port-%d TCP %d %d\n", port, port, port)
	}
	return text + longSonicNAT + p.each(func(r longRule) string {
		action := r.does("allow", "deny")
		return fmt.Sprintf("access-rule ipv4 from WAN to DMZ action %s rule %d\n    name \"r%d\"\n    enable\n    from WAN\n    to DMZ\n    action %s\n    source address %s\n    source port any\n    service %s\n    destination address any\n    schedule always-on\n    users included all\n    users excluded none\n    priority manual %d\n    exit\n",
			action, r.n, r.n, action, r.source(from), r.ports("group ranges", "name port-%d"), r.n+1)
	})
}

func longUniFi(p *longPlan) string {
	group := func(name, kind, members string) string {
		return fmt.Sprintf(`{"_id":%q,"name":%q,"group_type":%q,"group_members":[%s]}`, name, name, kind, members) + "\n"
	}
	from := map[string]string{
		fromMany: `"src_firewallgroup_ids":["many"]`, fromSeveral: `"src_address":"45.0.0.0/8","src_firewallgroup_ids":["many"]`, fromHost: `"src_address":"%s"`, fromRegion: `"src_firewallgroup_ids":["region"]`,
	}
	return group("many", "address-group", addrsAs(`"%s"`, ",")) + group("ranges", "port-group", rangesAs(`"%a-%z"`, ",")) + group("region", "address-group", `"103.13.69.0/24","124.47.150.0/24"`) +
		p.each(func(r longRule) string {
			return fmt.Sprintf(`{"ruleset":"WAN_IN","rule_index":%d,"name":"r%d","enabled":true,"action":%q,"protocol":"tcp",%s,"dst_address":"10.0.0.25",%s}`+"\n",
				20000+r.n, r.n, r.does("accept", "drop"), r.source(from), r.ports(`"dst_firewallgroup_ids":["ranges"]`, `"dst_port":"%d"`))
		}) + fmt.Sprintf(`{"ruleset":"WAN_IN","rule_index":%d,"name":"rest","enabled":true,"action":"drop","protocol":"all"}`+"\n", 20001+longRules) +
		`{"name":"mail","enabled":true,"pfwd_interface":"wan","src":"any","dst_port":"25","fwd":"10.0.0.25","fwd_port":"25","proto":"tcp"}` + "\n" +
		`{"_id":"n1","name":"LAN","purpose":"corporate","ip_subnet":"10.0.0.1/24"}` + "\n"
}

func longCheckPoint(p *longPlan) string {
	from := map[string]string{fromMany: `["many"]`, fromSeveral: `["many","few"]`, fromOthers: `["many"]`, fromHost: `["h%d"]`, fromRegion: `["m1","m2"]`}
	network := func(name, addr string) string {
		return fmt.Sprintf(`{"uid":%q,"name":%q,"type":"network","subnet4":%q,"mask-length4":24},`+"\n", name, name, addr)
	}
	objects := `{"uid":"any","name":"Any","type":"CpmiAnyObject"},{"uid":"acc","name":"Accept","type":"RulebaseAction"},{"uid":"drop","name":"Drop","type":"RulebaseAction"},` +
		`{"uid":"pt","name":"Policy Targets","type":"Global"},` + "\n" + network("m1", "103.13.69.0") + network("m2", "124.47.150.0") + network("few", "198.51.100.0") +
		addrsAs(`{"uid":"e%d","name":"e%d","type":"host","ipv4-address":"%s"},`+"\n", "") + hostsAs(`{"uid":"h%d","name":"h%d","type":"host","ipv4-address":"%s"},`+"\n") +
		rangesAs(`{"uid":"s%d","name":"s%d","type":"service-tcp","port":"%a-%z"},`+"\n", "") +
		`{"uid":"many","name":"many","type":"group","members":[` + addrsAs(`"e%d"`, ",") + "]},\n"
	for _, port := range []int{7, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29} {
		objects += fmt.Sprintf(`{"uid":"port-%d","name":"port-%d","type":"service-tcp","port":"%d"},`+"\n", port, port, port)
	}
	rules := p.each(func(r longRule) string {
		return fmt.Sprintf(`{"uid":"r%d","name":"r%d","type":"access-rule","rule-number":%d,"source":%s,"source-negate":%t,"destination":["any"],"destination-negate":false,"service":%s,"service-negate":false,"vpn":["any"],"content":["any"],"time":["any"],"action":%q,"enabled":true,"install-on":["pt"]},`+"\n",
			r.n, r.n, r.n+1, r.source(from), r.from == fromOthers, r.ports(`["ranges"]`, `["port-%d"]`), r.does("acc", "drop"))
	})
	return `{"uid":"L1","name":"Network","rulebase":[` + "\n" + rules + fmt.Sprintf(`{"uid":"last","name":"last","type":"access-rule","rule-number":%d,"source":["any"],"destination":["any"],"service":["any"],"vpn":["any"],"content":["any"],"time":["any"],"action":"drop","enabled":true,"install-on":["pt"]}],`+"\n", longRules+2) +
		`"objects-dictionary":[` + objects + `{"uid":"ranges","name":"ranges","type":"service-group","members":[` + rangesAs(`"s%d"`, ",") + fmt.Sprintf("]}],\"from\":1,\"to\":%d,\"total\":%d}\n", longRules+2, longRules+2)
}

// longList are addresses and ports as JSON has them.
func longList(r longRule) (addrs, ports string) {
	from := map[string]string{fromHost: `"%s/32"`, fromRegion: `"103.13.69.0/24","124.47.150.0/24"`}
	if r.from != fromListed {
		return r.source(from), fmt.Sprintf(`"%d"`, r.port)
	}
	return addrsAs(`"%s/32"`, ","), rangesAs(`"%a-%z"`, ",")
}

func longWindows(p *longPlan) string {
	var b strings.Builder
	for _, name := range []string{"Domain", "Private", "Public"} {
		fmt.Fprintf(&b, `{"ProfileName":%q,"Enabled":"True","DefaultInboundAction":"NotConfigured","DefaultOutboundAction":"NotConfigured","AllowInboundRules":"NotConfigured","AllowLocalFirewallRules":"NotConfigured","DisabledInterfaceAliases":["NotConfigured"]}`+"\n", name)
	}
	b.WriteString(`{"NetworkCategory":"DomainAuthenticated","InterfaceAlias":"Ethernet0"}` + "\n" + `{"IPAddress":"203.0.113.25","PrefixLength":24,"InterfaceAlias":"Ethernet0"}` + "\n")
	return b.String() + p.each(func(r longRule) string {
		addrs, ports := longList(r)
		return fmt.Sprintf(`{"Name":"r%d","DisplayName":"r%d","Enabled":"True","Direction":"Inbound","Action":%q,"Profile":"Any","PolicyStoreSourceType":"Local","Owner":"","Protocol":"TCP","LocalPort":[%s],"RemotePort":["Any"],"IcmpType":["Any"],"LocalAddress":["Any"],"RemoteAddress":[%s],"RemoteDynamicKeywordAddresses":"","Program":"Any","Package":"","Service":"Any","InterfaceAlias":["Any"],"InterfaceType":"Any","Authentication":"NotRequired","Encryption":"NotRequired","OverrideBlockRules":false,"LocalUser":"Any","RemoteUser":"Any","RemoteMachine":"Any"}`+"\n",
			r.n, r.n, r.does("Allow", "Block"), ports, addrs)
	})
}

func longAzure(p *longPlan) string {
	rules := p.each(func(r longRule) string {
		addrs, ports := longList(r)
		return fmt.Sprintf(`{"name":"r%d","access":%q,"destinationAddressPrefix":"*","destinationAddressPrefixes":[],"destinationPortRanges":[%s],"direction":"Inbound","priority":%d,"protocol":"Tcp","sourceAddressPrefixes":[%s],"sourcePortRange":"*","sourcePortRanges":[]},`+"\n",
			r.n, r.does("Allow", "Deny"), ports, 100+r.n, addrs)
	})
	return `{"name":"mail-nsg","location":"australiaeast","securityRules":[` + "\n" + strings.TrimSuffix(rules, ",\n") + "]}\n"
}

func longAWS(p *longPlan) string {
	lists := func(ids ...string) string {
		var out []string
		for _, id := range ids {
			out = append(out, `{"PrefixListId":"pl-0`+id+`"}`)
		}
		return `"PrefixListIds":[` + strings.Join(out, ",") + "]"
	}
	from := map[string]string{fromMany: lists("many"), fromSeveral: lists("many", "few"), fromOthers: lists("few"), fromHost: `"IpRanges":[{"CidrIp":"%s/32"}]`, fromRegion: lists("region")}
	// a group only lets in: what it lets the long list reach is beside the point
	rules := p.each(func(r longRule) string {
		lo, hi := r.port, r.port
		if !r.allow {
			lo, hi = 1000+r.n, 1030+r.n
		}
		return fmt.Sprintf(`{"IpProtocol":"tcp","FromPort":%d,"ToPort":%d,%s},`+"\n", lo, hi, r.source(from))
	})
	entries := func(id, cidrs string) string {
		return `{"PrefixListId":"pl-0` + id + `","Entries":[` + cidrs + "]}\n"
	}
	return `{"SecurityGroups":[{"GroupId":"sg-0mail","GroupName":"mail","IpPermissions":[` + "\n" + strings.TrimSuffix(rules, ",\n") +
		`],"IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}]}` + "\n" +
		entries("many", addrsAs(`{"Cidr":"%s/32"}`, ",")) + entries("few", `{"Cidr":"198.51.100.0/28"}`) + entries("region", `{"Cidr":"103.13.69.0/24"},{"Cidr":"124.47.150.0/24"}`)
}

func longGCP(p *longPlan) string {
	rules := p.each(func(r longRule) string {
		addrs, ports := longList(r)
		return fmt.Sprintf(`{"name":"r%d","kind":"compute#firewall","network":"https://www.googleapis.com/compute/v1/projects/p/global/networks/default","direction":"INGRESS","disabled":false,"priority":%d,"sourceRanges":[%s],%q:[{"IPProtocol":"tcp","ports":[%s]}]},`+"\n",
			r.n, 100+r.n, addrs, r.does("allowed", "denied"), ports)
	})
	return "[" + strings.TrimSuffix(rules, ",\n") + "]\n"
}
