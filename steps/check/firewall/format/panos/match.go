package panos

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// harmless are settings of rules that do not bear on whether packets pass:
// notes, logs, marks, and the inspection of what connections carry.
var harmless = map[string]bool{
	"description": true, "tag": true, "group-tag": true, "uuid": true, "loc": true, "log-setting": true, "log-start": true, "log-end": true,
	"profile-setting": true, "option": true, "qos": true, "icmp-unreachable": true, "disable-inspect": true, "audit-comment": true,
	"active-active-device-binding": true, "nat-type": true,
}

// understood are the settings that lowering looks at.
var understood = map[string]bool{
	"from": true, "to": true, "source": true, "destination": true, "source-user": true, "application": true, "service": true,
	"category": true, "hip-profiles": true, "source-hip": true, "destination-hip": true, "negate-source": true, "negate-destination": true,
	"action": true, "disabled": true, "schedule": true, "rule-type": true, "target": true, "source-translation": true,
	"destination-translation": true, "dynamic-destination-translation": true, "to-interface": true,
}

// narrowing are settings whose values, other than any, are known only while a
// connection is open.
var narrowing = []struct{ name, why string }{
	{"source-user", "the user"},
	{"category", "the URL category"},
	{"hip-profiles", "the host information profile"},
	{"source-hip", "the host information profile"},
	{"destination-hip", "the host information profile"},
	{"source-device", "the kind of device"},
	{"destination-device", "the kind of device"},
	{"source-imsi", "the subscriber"},
	{"source-imei", "the subscriber"},
	{"source-nw-slice", "the network slice"},
}

// maybes are the reasons why a rule is met perhaps by packets that its
// addresses, zones and services name.
func (c *config) maybes(r *ruleRef) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if apps := r.Kid("application").Names(); len(apps) > 0 && !anyOnly(apps) {
		add("App-ID: whether the firewall takes the connection for %s", source.Few(apps))
	}
	known := map[string]bool{}
	for _, n := range narrowing {
		known[n.name] = true
		if v := r.Kid(n.name).Names(); len(v) > 0 && !anyOnly(v) {
			add("%s (%s)", n.why, source.Few(v))
		}
	}
	if t := r.Kid("target"); len(t.Kid("devices").Live()) > 0 || t.Text("negate") == "yes" {
		add("which firewalls the rule is for (target)")
	}
	if s := r.Text("schedule"); s != "" {
		add("the schedule %s", s)
	}
	for _, k := range r.Live() {
		if !understood[k.Name] && !harmless[k.Name] && !known[k.Name] {
			c.unknown[k.Line] = true
			add("its setting %q, whose effect is not known here", clip(k.Name))
		}
	}
	return out
}

// ended reports that a rule's schedule has run out for good.
func (c *config) ended(r *ruleRef, now time.Time) bool {
	name := r.Text("schedule")
	if name == "" || now.IsZero() {
		return false
	}
	for s := r.scope; s != nil; s = s.around {
		n := s.node.At("schedule", name)
		if n == nil {
			continue
		}
		dates := n.At("schedule-type", "non-recurring").Names()
		for _, d := range dates {
			_, end, _ := strings.Cut(d, "-")
			t, err := time.Parse("2006/01/02@15:04", end)
			if err != nil || !t.Add(24*time.Hour).Before(now) { // in the firewall's own time zone, which is not known
				return false
			}
		}
		return len(dates) > 0
	}
	return false
}

// lacking are settings without which a rule cannot be installed.
func lacking(r *ruleRef, names ...string) []string {
	var out []string
	for _, n := range names {
		if len(r.Kid(n).Live()) == 0 {
			out = append(out, fmt.Sprintf("what it has for %q, which the file does not say", n))
		}
	}
	return out
}

// addresses narrows boxes by the addresses of a rule; dst places the condition
// on destinations.
func (c *config) addresses(boxes []ir.Box, r *ruleRef, dst func([]ir.Box, *objects.Addrs) []ir.Box) []ir.Box {
	for _, side := range []struct {
		name string
		put  func([]ir.Box, *objects.Addrs) []ir.Box
	}{{"source", objects.Source}, {"destination", dst}} {
		names := r.Kid(side.name).Names()
		if len(names) == 0 {
			continue
		}
		not := r.Text("negate-"+side.name) == "yes"
		boxes = side.put(boxes, c.store.members(r.scope, names, not))
	}
	return boxes
}

// services narrows boxes by the services of a rule. Ports are those that a
// connection was opened to, before any translation.
func (c *config) services(boxes []ir.Box, r *ruleRef, original bool) []ir.Box {
	names := r.Kid("service").Names()
	if len(names) == 0 {
		return boxes
	}
	list, ok := c.usualServices(r)
	if !ok {
		list = c.store.servicesOf(r.scope, names)
	}
	boxes = list.Of(boxes)
	if !original {
		return boxes
	}
	for i := range boxes {
		boxes[i].OrigDPort, boxes[i].DPort = boxes[i].DPort, nil
	}
	return boxes
}

func or(list []string, otherwise string) string {
	if len(list) == 0 {
		return otherwise
	}
	return source.Few(list)
}

// gist is a rule in one line.
func gist(kind string, r *ruleRef, then string) ir.At {
	var b strings.Builder
	fmt.Fprintf(&b, "%s rule %q: from %s to %s, ", kind, r.Name, or(r.Kid("from").Names(), "?"), or(r.Kid("to").Names(), "?"))
	for i, side := range []string{"source", "destination"} {
		if i == 1 {
			b.WriteString(" -> ")
		}
		if r.Text("negate-"+side) == "yes" {
			b.WriteString("not ")
		}
		b.WriteString(or(r.Kid(side).Names(), "?"))
	}
	fmt.Fprintf(&b, ", service %s", or(r.Kid("service").Names(), "?"))
	if apps := r.Kid("application").Names(); len(apps) > 0 && !anyOnly(apps) {
		fmt.Fprintf(&b, ", application %s", source.Few(apps))
	}
	fmt.Fprintf(&b, ": %s", then)
	if r.from != "" {
		fmt.Fprintf(&b, " (%s)", r.from)
	}
	return ir.At{Line: r.Line, Text: b.String()}
}

// nameIn takes the name of a rule out of its gist.
func nameIn(at ir.At) (string, bool) {
	_, rest, ok := strings.Cut(at.Text, ` rule "`)
	if !ok {
		return "", false
	}
	q, err := strconv.QuotedPrefix(`"` + rest)
	if err != nil {
		return "", false
	}
	name, err := strconv.Unquote(q)
	return name, err == nil
}

func disabled(n *wordtree.Node) bool { return n.Text("disabled") == "yes" }
