package aws

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/source"
)

// changing are words by which commands that change rules begin; all others
// only show.
var changing = []string{"authorize-", "revoke-", "modify-", "replace-", "create-network-acl", "delete-network-acl", "delete-security-group", "update-"}

// command carries out one command of the AWS CLI.
func (f *file) command(c cloud.Command) {
	rest, opt := c.Options()
	if len(rest) < 3 || rest[1] != "ec2" || !slices.ContainsFunc(changing, func(w string) bool { return strings.HasPrefix(rest[2], w) }) {
		return
	}
	verb := rest[2]
	if f.Faulty(c) {
		return
	}
	id := opt.First("group-id", "group-name")
	var take bool
	switch verb {
	case "authorize-security-group-ingress", "authorize-security-group-egress":
	case "revoke-security-group-ingress", "revoke-security-group-egress":
		take = true
	default:
		f.Strange(c, "a command that authorizes or revokes rules of a security group", verb, "the command "+verb)
		return
	}
	g, there := f.named(id, c.Line)
	if !there {
		g.commands, g.inTold = true, true
		f.Note("The group %s is known from commands alone: it is taken to have no rules for what comes in but these.", id)
	}
	list, ok := f.permissions(c, opt, strings.HasSuffix(verb, "egress"))
	if !ok {
		f.Problem(c.Line, "line %d: expected --ip-permissions as JSON, or --protocol, --port and --cidr; came something else, so what the command changes is not known.", c.Line)
		f.Doubt(c.Line, "the command "+verb)
		return
	}
	for _, e := range list {
		if take {
			f.revoke(g, e)
		} else {
			g.add(e)
		}
	}
}

// permissions are the rules that a command names.
func (f *file) permissions(c cloud.Command, opt cloud.Options, out bool) ([]*entry, bool) {
	var list []*entry
	if ids := opt["security-group-rule-ids"]; len(ids) > 0 {
		for _, id := range ids {
			list = append(list, &entry{line: c.Line, out: out, ruleID: id})
		}
		return list, true
	}
	if text := strings.Join(opt["ip-permissions"], " "); text != "" {
		nodes, err := jsontree.Parse(text)
		if err != nil || !json.Valid([]byte(text)) {
			return nil, false
		}
		for _, n := range nodes {
			for _, p := range n.Items() {
				list = append(list, permission(p, out)...)
			}
		}
		for _, e := range list {
			e.line = c.Line
		}
		return list, len(list) > 0
	}
	e := &entry{line: c.Line, out: out, proto: opt.First("protocol"), from: -1, to: -1, cidr: opt.First("cidr"), group: opt.First("source-group")}
	if ports := opt.First("port"); ports != "" && ports != "all" {
		lo, hi, span := strings.Cut(ports, "-")
		if !span {
			hi = lo
		}
		a, err1 := strconv.Atoi(lo)
		b, err2 := strconv.Atoi(hi)
		if err1 != nil || err2 != nil || a < 0 || a > b || b > 65535 {
			return nil, false
		}
		e.from, e.to = a, b
	}
	return []*entry{e}, e.proto != "" && e.cidr+e.group != ""
}

// revoke takes a rule away.
func (f *file) revoke(g *group, e *entry) {
	list := &g.in
	if e.out {
		list = &g.out
	}
	if e.out && g.commands && !g.outTold && e.proto == "-1" { // the one that AWS makes
		g.outTold = true
		return
	}
	match := e.same
	if e.ruleID != "" {
		match = func(o *entry) bool { return o.ruleID == e.ruleID }
	}
	before := len(*list)
	g.seen = nil
	*list = slices.DeleteFunc(*list, match)
	switch {
	case len(*list) < before:
	case e.ruleID != "":
		f.Problem(e.line, "line %d: the rule %s is not in the file, so which rule is revoked is not known.", e.line, e.ruleID)
		for _, o := range *list {
			o.doubt = "whether the command in line " + strconv.Itoa(e.line) + " revoked the rule " + source.Redact(e.ruleID)
		}
	default:
		f.Problem(e.line, "line %d: there is no such rule in %s to revoke.", e.line, g.id)
	}
}
