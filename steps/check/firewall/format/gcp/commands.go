package gcp

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
)

// harmless are options that decide nothing.
var harmless = []string{"description", "enable-logging", "no-enable-logging", "logging-metadata", "quiet", "q", "format", "project", "verbosity"}

// command carries out one command of gcloud. Those that only show change
// nothing.
func (f *file) command(c cloud.Command) {
	rest, opt := c.Options()
	rest = slices.DeleteFunc(slices.Clone(rest), func(w string) bool { return w == "beta" || w == "alpha" })
	line := strings.Join(rest, " ")
	changes := slices.ContainsFunc(rest, func(w string) bool {
		return slices.Contains([]string{"create", "update", "delete", "import", "associations", "clone-rules", "move"}, w)
	})
	switch {
	case !changes || !strings.Contains(line, "firewall"):
		return
	case f.Faulty(c):
		return
	case len(rest) < 5 || rest[2] != "firewall-rules" || !slices.Contains([]string{"create", "update", "delete"}, rest[3]):
		f.Strange(c, "gcloud compute firewall-rules create, update or delete", line, "the command "+line)
		return
	}
	if rest[3] == "delete" {
		for _, name := range rest[4:] {
			f.drop(name, c.Line)
		}
		return
	}
	name := rest[4]
	list, at := f.find(name)
	if rest[3] == "update" {
		if list == nil {
			f.Problem(c.Line, "line %d: there is no rule %s to update.", c.Line, name)
			return
		}
		r := *(*list)[at]
		r.line = c.Line
		f.set(&r, opt)
		(*list)[at] = &r
		return
	}
	r := &rule{line: c.Line, name: name, network: "default", action: "allow", priority: 1000}
	f.set(r, opt)
	r.whole()
	if list != nil {
		f.Problem(c.Line, "line %d: there is a rule %s already, so this one is not made.", c.Line, name)
		return
	}
	if len(f.rules)+len(f.effective) == 0 {
		f.Note("The file begins with commands: the network %s is taken to have no rules but these and the implied ones.", r.network)
	}
	f.made = r.network
	f.rules = append(f.rules, r)
}

// find finds a VPC rule by name.
func (f *file) find(name string) (*[]*rule, int) {
	lists := []*[]*rule{&f.rules}
	for _, s := range f.effective {
		lists = append(lists, &s.rules)
	}
	for _, l := range lists {
		if i := slices.IndexFunc(*l, func(r *rule) bool { return r.name == name }); i >= 0 {
			return l, i
		}
	}
	return nil, -1
}

func (f *file) drop(name string, line int) {
	list, at := f.find(name)
	if list == nil {
		f.Problem(line, "line %d: there is no rule %s to delete.", line, name)
		return
	}
	*list = slices.Delete(*list, at, at+1)
}

// set sets what options say.
func (f *file) set(r *rule, opt cloud.Options) {
	for _, k := range slices.Sorted(maps.Keys(opt)) {
		v := cloud.Items(opt[k])
		switch k {
		case "direction":
			r.out = len(v) > 0 && strings.HasPrefix(strings.ToUpper(v[0]), "EGRESS") || len(v) > 0 && strings.EqualFold(v[0], "OUT")
		case "action":
			r.action = strings.ToLower(strings.Join(v, " "))
		case "rules":
			r.layer4 = specs(v)
		case "allow":
			r.action, r.layer4 = "allow", specs(v)
		case "priority":
			if n, err := strconv.Atoi(strings.Join(v, "")); err == nil && n >= 0 && n <= 65535 {
				r.priority = n
			} else {
				r.doubt = fmt.Sprintf("the priority in line %d, which could not be read", r.line)
				f.Problem(r.line, "line %d: expected the priority to be 0 to 65535, came %q.", r.line, strings.Join(v, " "))
			}
		case "network":
			r.network = netName(strings.Join(v, ""))
		case "source-ranges":
			r.src = v
		case "destination-ranges":
			r.dst = v
		case "source-tags":
			r.srcTags = v
		case "source-service-accounts":
			r.srcSA = v
		case "target-tags":
			r.tags = v
		case "target-service-accounts":
			r.accounts = v
		case "disabled":
			r.disabled = true
		case "no-disabled":
			r.disabled = false
		default:
			if why := f.Unknown(r.line, k, harmless); why != "" {
				r.doubt = why
			}
		}
	}
}

// specs reads protocols with ports, such as tcp:25 or tcp:80-90.
func specs(list []string) []layer4 {
	var out []layer4
	for _, v := range list {
		proto, port, has := strings.Cut(v, ":")
		l := layer4{proto: proto}
		if has {
			l.ports = []string{port}
		}
		out = append(out, l)
	}
	return out
}
