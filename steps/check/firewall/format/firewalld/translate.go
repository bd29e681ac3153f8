package firewalld

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// translated lets through what is translated, as the rule after it does for
// all, so that the line that translates is the one that is named.
func (c *composer) translated(chain string) {
	put := func(e entry, toAddr, toPort, proto string) {
		ip, ok := ipOf(toAddr)
		if _, bad := portText(toPort, proto, "dport"); !ok || bad != "" || chain != "FORWARD" {
			return
		}
		c.from(e, "", fmt.Sprintf("ct status dnat %s daddr %s %s dport %s accept", ip, toAddr, proto, toPort))
	}
	for _, m := range []map[string]*zone{c.r.conf.zones, c.r.conf.policies} {
		for _, z := range sorted(m) {
			for _, e := range z.forwardPorts {
				f := forwardPort(e.text)
				put(e, f["toaddr"], cmp.Or(f["toport"], f["port"]), f["proto"])
			}
			for _, e := range z.rich {
				r := parseRich(e.text)
				if f, ok := r.parts["forward-port"]; ok {
					put(e, f["to-addr"], cmp.Or(f["to-port"], f["port"]), f["protocol"])
				}
			}
		}
	}
}

// forwardPort reads port=25:proto=tcp:toport=25:toaddr=10.0.0.25.
func forwardPort(s string) map[string]string {
	f := map[string]string{}
	for _, part := range strings.SplitN(s, ":", 4) {
		k, v, _ := strings.Cut(part, "=")
		f[k] = v
	}
	return f
}

// translates reports a zone that sends packets on to other addresses or ports.
func translates(z *zone) bool {
	return len(z.forwardPorts) > 0 || slices.ContainsFunc(z.rich, func(e entry) bool { return strings.Contains(e.text, "forward-port") })
}

// forwardPorts are the translations of a zone or a policy.
func (c *composer) forwardPorts(chain string, z *zone) {
	c.put("chain %s {", chain)
	for _, e := range z.rich {
		r := parseRich(e.text)
		f, ok := r.parts["forward-port"]
		if !ok {
			continue
		}
		delete(r.parts, "port")
		texts, why := r.conditions()
		for _, t := range texts {
			c.translate(e, why, t, f["port"], f["protocol"], f["to-port"], f["to-addr"])
		}
	}
	for _, e := range z.forwardPorts {
		f := forwardPort(e.text)
		c.translate(e, "", "", f["port"], f["proto"], f["toport"], f["toaddr"])
	}
	c.put("}")
}

func (c *composer) translate(e entry, why, cond, port, proto, toPort, toAddr string) {
	texts, bad := portText(port, proto, "dport")
	if bad != "" {
		why = bad
	}
	if toPort != "" {
		if _, bad := portText(toPort, proto, "dport"); bad != "" {
			why, toPort = bad, ""
		}
	}
	head := cond + " " + texts[0]
	switch ip, ok := ipOf(toAddr); {
	case toAddr == "" && toPort != "":
		c.from(e, why, fmt.Sprintf("meta nfproto ipv4 %s redirect to :%s", head, toPort))
	case toAddr == "" || !ok:
		c.from(e, "where it is sent on to, which could not be read", fmt.Sprintf("%s dnat ip to 0.0.0.0", head))
	case toPort == "":
		c.from(e, why, fmt.Sprintf("%s dnat %s to %s", head, ip, toAddr))
	default:
		if ip == "ip6" {
			toAddr = "[" + toAddr + "]"
		}
		c.from(e, why, fmt.Sprintf("%s dnat %s to %s:%s", head, ip, toAddr, toPort))
	}
}
