package firewalld

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/source"
)

// richRule is one rich rule (firewalld.richlanguage(5)).
type richRule struct {
	priority int
	family   string           // ipv4, ipv6 or ""
	parts    map[string]attrs // source, destination, service, port, ...
	action   string           // accept, reject, drop, mark or ""
	limited  bool             // of the action
	bad      string           // why it could not be read
}

type attrs map[string]string

// element words that may stand in a rich rule.
var elements = map[string]bool{
	"source": true, "destination": true, "service": true, "port": true, "protocol": true, "icmp-block": true, "icmp-type": true, "masquerade": true,
	"forward-port": true, "source-port": true, "log": true, "nflog": true, "audit": true, "accept": true, "reject": true, "drop": true, "mark": true, "limit": true, "tcp-mss-clamp": true,
}

// parseRich reads the words of a rich rule.
func parseRich(text string) richRule {
	r := richRule{parts: map[string]attrs{}}
	words, err := source.Words(text)
	if err != nil || len(words) == 0 || words[0] != "rule" {
		r.bad = "a rich rule that could not be read"
		return r
	}
	now := "rule"
	r.parts[now] = attrs{}
	for _, w := range words[1:] {
		key, value, has := strings.Cut(w, "=")
		switch {
		case has:
			r.parts[now][key] = value
		case strings.EqualFold(w, "not"):
			r.parts[now]["invert"] = "yes"
		case w == "limit":
			if now == "accept" || now == "reject" || now == "drop" || now == "mark" {
				r.limited = true
			}
			now = "limit of " + now
			r.parts[now] = attrs{}
		case elements[w]:
			now = w
			r.parts[now] = attrs{}
			switch w {
			case "accept", "reject", "drop", "mark":
				r.action = w
			}
		default:
			r.bad = fmt.Sprintf("%q in a rich rule, which is not known here", w)
		}
	}
	if r.family = r.parts["rule"]["family"]; r.family != "" && r.family != "ipv4" && r.family != "ipv6" {
		r.bad, r.family = "the family of a rich rule", ""
	}
	if p, ok := r.parts["rule"]["priority"]; ok {
		if r.priority, err = strconv.Atoi(p); err != nil {
			r.bad = "the priority of a rich rule"
		}
	}
	return r
}

func (r *richRule) has(part string) bool { _, ok := r.parts[part]; return ok }

// conditions are what a rich rule asks of packets, as rules of nft: one of the
// texts has to be met. A reason says why that is not certain.
func (r *richRule) conditions() (texts []string, maybe string) {
	head := ""
	for _, side := range []struct{ part, word string }{{"source", "saddr"}, {"destination", "daddr"}} {
		a, ok := r.parts[side.part]
		if !ok {
			continue
		}
		not := ""
		if v := a["invert"]; v == "yes" || strings.EqualFold(v, "true") {
			not = "!= "
		}
		text, why := address(a, side.word, not, r.family)
		if why != "" {
			maybe = why
		}
		head += text
	}
	if head == "" && r.family != "" {
		head = "meta nfproto " + r.family + " "
	}
	texts, why := r.element()
	if why != "" {
		maybe = why
	}
	for i := range texts {
		texts[i] = strings.TrimSpace(head + texts[i])
	}
	if r.bad != "" {
		maybe = r.bad
	}
	return texts, maybe
}

// address is one side of a rule as a condition of nft.
func address(a attrs, word, not, family string) (text, maybe string) {
	switch {
	case a["address"] != "":
		ip, ok := ipOf(a["address"])
		if !ok {
			return "", fmt.Sprintf("the address %q, which could not be read", clip(a["address"]))
		}
		return fmt.Sprintf("%s %s %s%s ", ip, word, not, a["address"]), ""
	case a["ipset"] != "":
		ip := "ip"
		if family == "ipv6" {
			ip = "ip6"
		}
		return fmt.Sprintf("meta nfproto %s ", map[string]string{"ip": "ipv4", "ip6": "ipv6"}[ip]),
			fmt.Sprintf("the content of the ipset %s, which is not in the file; the output of firewall-cmd --info-ipset=%s shows it", a["ipset"], a["ipset"])
	case a["mac"] != "":
		return "", "the hardware address of the sender"
	}
	return "", ""
}

// ipOf is ip or ip6 for an address or network.
func ipOf(s string) (string, bool) {
	a, err := netip.ParseAddr(strings.SplitN(s, "/", 2)[0])
	if _, ok := source.Net(s); err != nil || !ok {
		return "", false
	}
	if a.Is6() {
		return "ip6", true
	}
	return "ip", true
}

// element is what a rich rule names beside addresses.
func (r *richRule) element() (texts []string, maybe string) {
	switch {
	case r.has("service"):
		return service(r.parts["service"]["name"])
	case r.has("port"):
		return portText(r.parts["port"]["port"], r.parts["port"]["protocol"], "dport")
	case r.has("source-port"):
		return portText(r.parts["source-port"]["port"], r.parts["source-port"]["protocol"], "sport")
	case r.has("protocol"):
		return protocolText(r.parts["protocol"]["value"])
	case r.has("icmp-type"):
		return icmpText(r.parts["icmp-type"]["name"])
	case r.has("icmp-block"):
		return icmpText(r.parts["icmp-block"]["name"])
	}
	return []string{""}, ""
}

func portText(port, proto, side string) (texts []string, maybe string) {
	lo, hi, span := strings.Cut(port, "-")
	_, ok1 := source.Port(lo)
	ok2 := true
	if span {
		_, ok2 = source.Port(hi)
	}
	switch proto {
	case "tcp", "udp", "sctp", "dccp":
	default:
		ok1 = false
	}
	if !ok1 || !ok2 {
		return []string{""}, fmt.Sprintf("the port %q, which could not be read", clip(port+"/"+proto))
	}
	return []string{fmt.Sprintf("%s %s %s", proto, side, port)}, ""
}

func protocolText(proto string) (texts []string, maybe string) {
	n, ok := source.Protocol(proto)
	if !ok {
		return []string{""}, fmt.Sprintf("the protocol %q, which is not known here", clip(proto))
	}
	return []string{fmt.Sprintf("meta l4proto %d", n)}, ""
}

// service is what a service opens, one text for each port.
func service(name string) (texts []string, maybe string) {
	list, ok := services[name]
	if !ok {
		return []string{""}, fmt.Sprintf("what the service %s opens; the output of firewall-cmd --info-service=%s shows it", clip(name), clip(name))
	}
	to := ""
	for _, p := range list {
		if a, ok := strings.CutPrefix(p, "to "); ok {
			ip, _ := ipOf(a)
			to = ip + " daddr " + a + " "
		}
	}
	for _, p := range list {
		port, proto, cut := strings.Cut(p, "/")
		switch {
		case strings.HasPrefix(p, "to "), !cut:
		case port == "":
			t, _ := protocolText(proto)
			texts = append(texts, to+t[0])
		default:
			texts = append(texts, fmt.Sprintf("%s%s dport %s", to, proto, port))
		}
	}
	return texts, ""
}

// icmpTypes are names of firewalld with those of nft, of IPv4 and IPv6.
var icmpTypes = map[string][2]string{
	"echo-request": {"echo-request", "echo-request"}, "echo-reply": {"echo-reply", "echo-reply"},
	"destination-unreachable": {"destination-unreachable", "destination-unreachable"}, "time-exceeded": {"time-exceeded", "time-exceeded"},
	"parameter-problem": {"parameter-problem", "parameter-problem"}, "source-quench": {"source-quench", ""}, "packet-too-big": {"", "packet-too-big"},
	"timestamp-request": {"timestamp-request", ""}, "timestamp-reply": {"timestamp-reply", ""}, "redirect": {"redirect", "nd-redirect"},
	"router-advertisement": {"router-advertisement", "nd-router-advert"}, "router-solicitation": {"router-solicitation", "nd-router-solicit"},
	"neighbour-advertisement": {"", "nd-neighbor-advert"}, "neighbour-solicitation": {"", "nd-neighbor-solicit"},
	"address-mask-request": {"address-mask-request", ""}, "address-mask-reply": {"address-mask-reply", ""},
}

func icmpText(name string) (texts []string, maybe string) {
	t, ok := icmpTypes[name]
	if !ok {
		return []string{"meta l4proto { icmp, ipv6-icmp }"}, fmt.Sprintf("the ICMP type %s, which is not known here", clip(name))
	}
	if t[0] != "" {
		texts = append(texts, "icmp type "+t[0])
	}
	if t[1] != "" {
		texts = append(texts, "icmpv6 type "+t[1])
	}
	return texts, ""
}
