package sonicwall

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// rule is one access rule.
type rule struct {
	line              int
	text, name        string
	from, to          string // "" for any
	action            string
	src, dst, service []string
	sport             []string
	off               bool
	six, four         bool
	priority          int // 0: not told
	maybe             []string
}

// harmless are the first words of lines that change nothing about which
// packets a rule takes and whether it lets them pass.
var harmless = map[string]bool{
	"uuid": true, "id": true, "comment": true, "fragments": true, "logging": true, "flow-reporting": true, "packet-monitoring": true,
	"management": true, "tcp": true, "udp": true, "quality-of-service": true, "cos": true, "dpi": true, "dpi-ssl": true, "dpi-ssl-client": true,
	"dpi-ssl-server": true, "single-sign-on": true, "block": true, "redirect-unauthenticated-users": true, "redirect-unauthenticated-users-to-log-in": true,
	"block-traffic-for-single-sign-on": true, "cos-override": true, "auto-rule": true, "h323": true,
	"sip": true, "bandwidth-management": true, "ipfix": true, "tag": true, "dscp": true, "connection-counter": true, "geo-location": true,
	"position": true, "auto-added": true, "priority": true, "allow-fragments": true, "reflexive": true, "create-reflexive": true,
}

// limiting are lines that bind a rule to more than the text tells.
var limiting = map[string]string{
	"geo-ip-filter": "the Geo-IP filter of the rule", "botnet-filter": "the botnet filter of the rule", "connection-limit": "a limit on connections",
	"match-operation": "conditions of security policies", "application": "the application", "url": "the web address", "country": "the country",
	"webcategory": "the category of the web address", "dns-profile": "a profile of the rule",
}

func (d *device) readRule(n *node) {
	r := &rule{line: n.line, four: true, action: ""}
	w := n.words[1:]
	if len(w) > 0 && (w[0] == "ipv4" || w[0] == "ipv6") {
		r.six, r.four = w[0] == "ipv6", w[0] == "ipv4"
		w = w[1:]
	}
	r.header(w)
	for _, k := range n.kids {
		r.setting(k, d)
	}
	r.text = r.gist()
	d.rules = append(d.rules, r)
}

// header reads the first line, which repeats some of what stands below it.
func (r *rule) header(w []string) {
	for len(w) > 1 {
		n := 2
		switch {
		case w[0] == "from":
			r.from = zoneName(w[1])
		case w[0] == "to":
			r.to = zoneName(w[1])
		case w[0] == "action":
			r.action = w[1]
		case w[0] == "service":
			r.service, n = reference(w[1:]), 1+len(reference(w[1:]))
		case begins(w, "source", "address"):
			r.src, n = reference(w[2:]), 2+len(reference(w[2:]))
		case begins(w, "source", "port"):
			r.sport, n = reference(w[2:]), 2+len(reference(w[2:]))
		case begins(w, "destination", "address"):
			r.dst, n = reference(w[2:]), 2+len(reference(w[2:]))
		default:
			n = 1
		}
		w = w[min(n, len(w)):]
	}
}

func zoneName(s string) string {
	if s == "any" {
		return ""
	}
	return s
}

// reference is the words that name an object: any, name X, group X, host A,
// network A MASK, range A B.
func reference(w []string) []string {
	if len(w) == 0 {
		return nil
	}
	n := map[string]int{"name": 2, "group": 2, "host": 2, "network": 3, "range": 3, "protocol": 4}[w[0]]
	return w[:min(max(n, 1), len(w))]
}

func (r *rule) setting(k *node, d *device) {
	w := k.words
	depends := func(what string) {
		r.maybe = append(r.maybe, fmt.Sprintf("%s (line %d)", what, k.line))
	}
	switch {
	case w[0] == "no" && len(w) > 1:
		r.off = r.off || w[1] == "enable"
		return
	case w[0] == "enable":
		return
	case w[0] == "name" && len(w) > 1:
		r.name = w[1]
	case w[0] == "from", w[0] == "to", w[0] == "action", w[0] == "service", begins(w, "source", "address"), begins(w, "source", "port"), begins(w, "destination", "address"):
		r.header(w)
	case w[0] == "schedule" && len(w) > 1:
		if s := strings.Join(w[1:], " "); s != "always-on" && s != "any" {
			depends("the schedule " + shorten(s))
		}
	case begins(w, "users", "included") && len(w) > 2:
		if w[2] != "all" {
			depends("the user")
		}
	case begins(w, "users", "excluded") && len(w) > 2:
		if w[2] != "none" {
			depends("the user")
		}
	case begins(w, "priority", "manual") && len(w) > 2:
		r.priority, _ = strconv.Atoi(w[2])
	case w[0] == "max-connections" && len(w) > 1:
		if w[1] != "100" {
			depends("a limit on connections")
		}
	case harmless[w[0]]:
	case limiting[w[0]] != "":
		depends(limiting[w[0]])
	default:
		d.strange(k)
		depends("setting " + shorten(w[0]) + ", which is not known here")
	}
}

// strange marks a line that is not understood.
func (d *device) strange(k *node) {
	i, ok := slices.BinarySearchFunc(d.set.Statements, k.line, func(s ir.Statement, line int) int { return s.Line - line })
	if ok {
		d.set.Statements[i].Known = false
	}
	if len(d.set.Problems) < 200 {
		d.set.Problems = append(d.set.Problems, problem(k.line, fmt.Sprintf("the setting %s of a rule is not known", shorten(k.words[0]))))
	}
}

func (r *rule) gist() string {
	name := "access rule"
	if r.name != "" {
		name += fmt.Sprintf(" %q", r.name)
	}
	zone := func(s string) string {
		if s == "" {
			return "any"
		}
		return s
	}
	what := func(w []string) string {
		if len(w) > 1 {
			return strings.Join(w[1:], " ")
		}
		return "any"
	}
	return fmt.Sprintf("%s: %s from %s to %s, source %s, destination %s, service %s", name, r.action, zone(r.from), zone(r.to), what(r.src), what(r.dst), what(r.service))
}

// addresses is what a reference to addresses stands for.
func (d *device) addresses(w []string, at string) *objects.Addrs {
	switch {
	case len(w) == 0:
		return objects.UnknownAddrs(at + ", which names no address")
	case w[0] == "any":
		return objects.Anywhere()
	case w[0] == "name" || w[0] == "group":
		if len(w) < 2 {
			break
		}
		if !d.addrs.Has(w[1]) && dynamic(w[1]) {
			return objects.UnknownAddrs(fmt.Sprintf("%s, which the device makes of its interfaces; print them with show interfaces", w[1]))
		}
		return d.addrs.Get(w[1])
	}
	return ranged(w, at)
}

// kinds is what a reference to services stands for.
func (d *device) kinds(w []string, at string) objects.Services {
	switch {
	case len(w) == 0:
		return objects.UnknownService(at + ", which names no service")
	case w[0] == "any":
		return objects.AnyService()
	case (w[0] == "name" || w[0] == "group") && len(w) > 1:
		return d.services.Get(w[1])
	case w[0] == "protocol" && len(w) > 1:
		return served(w[1:], at+", whose protocol is not known here")
	}
	return objects.UnknownService(at + ", whose service is not known here")
}

// boxes are what an access rule takes. The destination is that before
// translation.
func (d *device) boxes(r *rule) []ir.Box {
	at := fmt.Sprintf("the access rule in line %d", r.line)
	list := []ir.Box{{In: d.side(r.from), Out: d.side(r.to), Maybe: r.maybe}}
	list = objects.Source(list, d.addresses(r.src, at))
	list = objects.OriginalDestination(list, d.addresses(r.dst, at))
	if len(r.sport) > 0 && r.sport[0] != "any" {
		list = perhaps(list, fmt.Sprintf("the source port of the access rule in line %d", r.line))
	}
	kinds := d.kinds(r.service, at)
	if !d.changesPorts() {
		return kinds.Of(list)
	}
	return d.eitherPort(list, kinds, r)
}

func perhaps(boxes []ir.Box, why string) []ir.Box {
	out := slices.Clone(boxes)
	for i := range out {
		out[i].Maybe = append(slices.Clone(out[i].Maybe), why)
	}
	return out
}

// eitherPort takes packets whose port is of the service before and after
// translation; with one of them alone, perhaps.
func (d *device) eitherPort(list []ir.Box, kinds objects.Services, r *rule) []ir.Box {
	why := fmt.Sprintf("whether the service of the access rule in line %d is that before or after the port is translated", r.line)
	var out []ir.Box
	for _, k := range kinds {
		one := objects.Services{k}.Of(list)
		if k.DPort == nil {
			out = append(out, one...)
			continue
		}
		both, before := slices.Clone(one), slices.Clone(one)
		for i := range one {
			both[i].OrigDPort = k.DPort
			before[i].OrigDPort, before[i].DPort = k.DPort, nil
		}
		out = append(out, both...)
		out = append(out, perhaps(one, why)...)
		out = append(out, perhaps(before, why)...)
	}
	return out
}

// side are the names of a zone and its interfaces; nil for any.
func (d *device) side(zone string) *ir.Ifaces {
	if zone == "" {
		return nil
	}
	list := []string{zone}
	for _, i := range d.ifaces {
		if i.zone == zone {
			list = append(list, i.name)
		}
	}
	return &ir.Ifaces{Patterns: list}
}
