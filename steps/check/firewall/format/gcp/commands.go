package gcp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/source"
)

// harmless are options that decide nothing.
var harmless = []string{"description", "enable-logging", "no-enable-logging", "logging-metadata", "quiet", "q", "format", "project", "verbosity"}

// command carries out one command of gcloud. Those that only show change
// nothing.
func (f *file) command(c cloud.Command) {
	rest, opt := cloud.Options(c.Words)
	rest = slices.DeleteFunc(slices.Clone(rest), func(w string) bool { return w == "beta" || w == "alpha" })
	line := strings.Join(rest, " ")
	changes := slices.ContainsFunc(rest, func(w string) bool {
		return slices.Contains([]string{"create", "update", "delete", "import", "associations", "clone-rules", "move"}, w)
	})
	switch {
	case !changes || !strings.Contains(line, "firewall"):
		return
	case c.Fault != "":
		f.Problem(c.Line, "line %d: %s; the command is not known.", c.Line, c.Fault)
		f.Doubt(c.Line, "a command")
		return
	case len(rest) < 5 || rest[2] != "firewall-rules" || !slices.Contains([]string{"create", "update", "delete"}, rest[3]):
		f.Problem(c.Line, "line %d: expected gcloud compute firewall-rules create, update or delete, came %s; what it changes is not known.", c.Line, line)
		f.Doubt(c.Line, "the command "+source.Redact(line))
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
func (f *file) set(r *rule, opt map[string][]string) {
	names := make([]string, 0, len(opt))
	for k := range opt {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		v := parts(opt[k])
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
			if !slices.Contains(harmless, k) {
				r.doubt = fmt.Sprintf("the option --%s in line %d, which is not known here", source.Redact(k), r.line)
				f.Problem(r.line, "line %d: the option --%s is not known; whether the rule is met cannot be decided.", r.line, k)
			}
		}
	}
}

func parts(list []string) []string {
	var out []string
	for _, v := range list {
		out = append(out, strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	return out
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
