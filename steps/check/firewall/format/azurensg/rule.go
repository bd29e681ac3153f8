package azurensg

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/source"
)

// rule is one security rule. Lists that are empty are no condition.
type rule struct {
	line               int
	name, id, full     string
	out                bool
	access             string // allow, deny
	priority           int    // 0: could not be read
	protocol           string
	sports, dports     []string
	src, dst           []string
	srcASG, dstASG     []string
	srcExact, dstExact []string // what effective rules say that tags stand for
	doubt              string   // why it is not known what the rule is
	bothWays           bool     // its direction is not known
}

// Bounds of priorities that users may give.
const (
	firstPriority = 100
	lastPriority  = 4096
)

// rule reads a rule from JSON.
func (f *file) rule(n *jsontree.Node) *rule {
	r := &rule{line: cloud.LineOf(n, "name"), full: n.Get("name").Str(), id: n.Get("id").Str(), access: strings.ToLower(f.text(member(n, "access")))}
	r.name = ruleName(f.text(n.Get("name")))
	switch dir := f.text(member(n, "direction")); {
	case strings.EqualFold(dir, "Inbound"):
	case strings.EqualFold(dir, "Outbound"):
		r.out = true
	default:
		r.bothWays = true
		r.doubt = f.doubtful(r, "direction", "Inbound or Outbound", dir)
	}
	if p, err := strconv.Atoi(f.text(member(n, "priority"))); err == nil && p > 0 {
		r.priority = p
	} else {
		r.doubt = f.doubtful(r, "priority", "a number from 100 to 4096", f.text(member(n, "priority")))
	}
	r.protocol = f.text(member(n, "protocol"))
	r.sports = f.list(n, "sourcePortRange")
	r.dports = f.list(n, "destinationPortRange")
	r.src = f.list(n, "sourceAddressPrefix")
	r.dst = f.list(n, "destinationAddressPrefix")
	r.srcASG, r.dstASG = f.asgs(n, "sourceApplicationSecurityGroups"), f.asgs(n, "destinationApplicationSecurityGroups")
	r.srcExact, r.dstExact = member(n, "expandedSourceAddressPrefix").Strs(), member(n, "expandedDestinationAddressPrefix").Strs()
	return r
}

// ruleName is the last part of a name that may be a path or an expression of a
// template.
func ruleName(s string) string {
	if expression(s) {
		if i := strings.LastIndexByte(s, '/'); i >= 0 {
			s = strings.TrimRight(s[i+1:], "')] ")
		}
	}
	if s == "" {
		return "rule"
	}
	return path.Base(s)
}

// doubtful notes a member that could not be read.
func (f *file) doubtful(r *rule, what, want, came string) string {
	f.Problem(r.line, "line %d: expected the %s to be %s, came %q; whether the rule is met cannot be decided.", r.line, what, want, came)
	return fmt.Sprintf("the %s of the rule %s in line %d, which could not be read", what, source.Redact(r.name), r.line)
}

// list joins the single value of a member and the list of its plural.
func (f *file) list(n *jsontree.Node, name string) []string {
	var out []string
	for _, key := range []string{name, plural(name)} {
		for _, k := range member(n, key).Items() {
			for _, v := range strings.Split(f.text(k), ",") {
				if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

func plural(name string) string {
	if strings.HasSuffix(name, "x") {
		return name + "es"
	}
	return name + "s"
}

func (f *file) asgs(n *jsontree.Node, name string) []string {
	var out []string
	for _, k := range member(n, name).Items() {
		if id := f.text(k.Get("id")); id != "" {
			out = append(out, path.Base(id))
		}
	}
	return out
}

// anyValue reports a list that is no condition.
func anyValue(list []string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(s string) bool { return s == "*" || strings.EqualFold(s, "any") })
}

func words(list, groups []string) string {
	var out []string
	for _, g := range groups {
		out = append(out, "group "+g)
	}
	if !anyValue(list) {
		out = append(out, list...)
	}
	if len(out) == 0 {
		return "any"
	}
	return cloud.List(out)
}

// gist is what a rule does, without its name.
func (r *rule) gist() string {
	dir, access := "Inbound", r.access
	if r.out {
		dir = "Outbound"
	}
	if access != "" {
		access = strings.ToUpper(access[:1]) + access[1:]
	}
	proto := r.protocol
	if proto == "*" || proto == "" {
		proto = "any protocol"
	}
	return fmt.Sprintf("priority %d, %s %s, %s, from %s to %s, port %s", r.priority, dir, access, proto,
		words(r.src, r.srcASG), words(r.dst, r.dstASG), words(r.dports, nil))
}

// shown is one line that tells the rule.
func (r *rule) shown() string { return source.Redact(fmt.Sprintf("%s (%s)", r.name, r.gist())) }
