package iptables

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/pattern"
)

// Lines that cannot be read are never passed over: the kernel refuses a file
// with such a line, so what it was to do may be anything. From its place on,
// every chain that it may belong to stays undecided.

// unread keeps a line that could not be read. A line that looks like the rest
// of the rule before it makes that rule the undecided one.
func (p *parser) unread(at ir.At, t *table, what string) {
	if p.restOf(at) {
		return
	}
	p.problem(at.Line, "line %d %s. What it was to do is not known, so from there on table *%s cannot be decided.", at.Line, what, t.name)
	for _, c := range builtins[t.name] {
		t.chain(c)
	}
	for _, name := range t.order {
		c := t.chains[name]
		c.rules = append(c.rules, &rule{at: at, doubt: true, maybe: fmt.Sprintf("line %d, which could not be read", at.Line)})
	}
}

// restOf reports a line that continues the one before it, and makes both one
// rule that could not be read.
func (p *parser) restOf(at ir.At) bool {
	r := p.prev
	if r == nil || gluedCommand.MatchString(at.Text) {
		return false
	}
	indented := p.raw != "" && (p.raw[0] == ' ' || p.raw[0] == '\t')
	if !indented && !strings.HasPrefix(at.Text, "-") && slices.ContainsFunc(r.words, isTarget) {
		return false
	}
	p.problem(at.Line, "line %d looks like the rest of line %d; join the two lines. Until then what reaches line %d in chain %s cannot be decided.",
		at.Line, r.at.Line, r.at.Line, p.prevChain)
	r.doubt = true
	r.maybe = fmt.Sprintf("lines %d and %d, which look like one line broken in two", r.at.Line, at.Line)
	return true
}

// gluedCommand is a command with the chain right behind it.
var gluedCommand = pattern.New(`^-[ADIRNPFXELSZC]\w`)

func isTarget(w string) bool { return w == "-j" || w == "--jump" || w == "-g" || w == "--goto" }

// place is the table that a line outside any command belongs to; nil when
// there is none.
func (p *parser) place() *table {
	if p.now != nil {
		return p.now
	}
	for _, t := range p.tables {
		if t.script && t.name == "filter" && t.asked == 0 {
			return t
		}
	}
	return nil
}

// misplaced says why a change cannot be applied to the chain it names; empty
// when it can. In a dump a chain is declared before it is used.
func (p *parser) misplaced(word, arg string, t *table) string {
	switch word {
	case "-A", "--append", "-I", "--insert", "-R", "--replace", "-D", "--delete", "-P", "--policy":
	case "-F", "--flush", "-X", "--delete-chain":
		if arg == "" {
			return ""
		}
	case "-Z", "--zero", "-L", "--list", "-S", "--list-rules", "-C", "--check":
		if t == p.now {
			return "is no part of a dump"
		}
		return ""
	default:
		return ""
	}
	switch c := t.chains[arg]; {
	case arg == "" || isOption(arg) || strings.ContainsAny(arg, "$`"):
		return fmt.Sprintf("names no chain after %s", word)
	case t == p.now && !builtin(t.name, arg) && (c == nil || !c.declared):
		return fmt.Sprintf("is about chain %q, which is not declared before it by a line such as :%s - [0:0]", arg, arg)
	}
	return ""
}

// declare notes that a chain exists. One declared again starts empty, but for
// those of the kernel, whose rules stay (iptables-restore, found by trying).
func (p *parser) declare(c *chain, at ir.At) {
	if c.declared && !c.base && len(c.rules) > 0 {
		p.problem(at.Line, "line %d declares chain %s again, after line %d: the rules that it had are dropped, as iptables-restore does.",
			at.Line, c.name, c.policyAt.Line)
		c.rules = nil
	}
	if !c.declared {
		c.since = at.Line
	}
	c.declared, c.policyAt = true, at
}
