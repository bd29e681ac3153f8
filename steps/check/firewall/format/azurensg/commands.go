package azurensg

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
)

// harmless are options of az network nsg rule that decide nothing.
var harmless = []string{"resource-group", "g", "nsg-name", "name", "n", "description", "no-wait", "output", "o", "subscription", "only-show-errors", "debug", "verbose"}

// command carries out one command of az: rules made, changed and taken away.
// Commands that only show change nothing.
func (f *file) command(c cloud.Command) {
	rest, opt := c.Options()
	line := strings.Join(rest, " ")
	verb := ""
	if len(rest) > 0 {
		verb = rest[len(rest)-1]
	}
	switch {
	case slices.Contains([]string{"show", "list", "list-effective-nsg", "wait"}, verb) || !strings.HasPrefix(line, "az network nsg"):
		return
	case f.Faulty(c):
		return
	case strings.HasPrefix(line, "az network nsg rule "):
		f.ruleCommand(c, verb, opt)
	case line == "az network nsg create":
		f.named(opt.First("name", "n"), c.Line)
	default:
		f.Strange(c, "az network nsg rule create, update or delete", line, "the command "+line)
	}
}

// named finds a group by name, or begins one.
func (f *file) named(name string, line int) *group {
	for _, g := range f.groups {
		if strings.EqualFold(g.name, name) {
			return g
		}
	}
	for _, set := range f.sets {
		for _, g := range set {
			if strings.EqualFold(g.name, name) {
				return g
			}
		}
	}
	if len(f.groups)+len(f.sets) == 0 {
		f.Note("The file holds commands alone: the group %s is taken to have no rules but these and the default rules.", name)
	}
	g := &group{line: line, name: name}
	if name == "" {
		g.name = "network security group"
	}
	f.groups = append(f.groups, g)
	return g
}

func (f *file) ruleCommand(c cloud.Command, verb string, opt cloud.Options) {
	g := f.named(opt.First("nsg-name"), c.Line)
	name := opt.First("name", "n")
	at := slices.IndexFunc(g.rules, func(r *rule) bool { return strings.EqualFold(r.name, name) })
	switch verb {
	case "delete":
		if at >= 0 {
			g.rules = slices.Delete(g.rules, at, at+1)
		} else {
			f.Problem(c.Line, "line %d: there is no rule %s to delete.", c.Line, name)
		}
		return
	case "create", "update":
	default:
		f.Strange(c, "create, update or delete", verb, "a command about the rule "+name)
		return
	}
	r := &rule{line: c.Line, name: name, access: "allow", dports: []string{"80"}} // as az has them where they are not given
	if verb == "update" && at < 0 {
		f.Problem(c.Line, "line %d: there is no rule %s to update.", c.Line, name)
		return
	}
	if verb == "update" {
		was := *g.rules[at]
		r = &was
		if moved := len(opt) == 4 && opt["priority"] != nil; !moved {
			r.line = c.Line
		}
	}
	f.set(r, opt)
	if at >= 0 {
		g.rules[at] = r
		return
	}
	g.rules = append(g.rules, r)
}

// set sets what options say.
func (f *file) set(r *rule, opt cloud.Options) {
	for _, k := range slices.Sorted(maps.Keys(opt)) {
		v := opt[k]
		switch k {
		case "priority":
			if n, err := strconv.Atoi(opt.First(k)); err == nil && n >= firstPriority && n <= lastPriority {
				r.priority = n
			} else {
				r.doubt = f.doubtful(r, k, "a number from 100 to 4096", strings.Join(v, " "))
			}
		case "direction":
			r.out = strings.EqualFold(opt.First(k), "Outbound")
			if !r.out && !strings.EqualFold(opt.First(k), "Inbound") {
				r.bothWays, r.doubt = true, f.doubtful(r, k, "Inbound or Outbound", strings.Join(v, " "))
			}
		case "access":
			r.access = strings.ToLower(opt.First(k))
		case "protocol":
			r.protocol = opt.First(k)
		case "source-address-prefixes", "source-address-prefix":
			r.src, r.srcExact = cloud.Items(v), nil
		case "destination-address-prefixes", "destination-address-prefix":
			r.dst, r.dstExact = cloud.Items(v), nil
		case "source-port-ranges", "source-port-range":
			r.sports = cloud.Items(v)
		case "destination-port-ranges", "destination-port-range":
			r.dports = cloud.Items(v)
		case "source-asgs":
			r.srcASG = v
		case "destination-asgs":
			r.dstASG = v
		default:
			if why := f.Unknown(r.line, k, harmless); why != "" {
				r.doubt = why
			}
		}
	}
	if r.priority == 0 && r.doubt == "" {
		r.doubt = f.doubtful(r, "priority", "a number from 100 to 4096", "")
	}
}
