package pf

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// maxTokens bounds what macros expand to in one file.
const maxTokens = 2_000_000

// reader reads one file.
type reader struct {
	set    *ir.Ruleset
	macros map[string][]token
	tables map[string]*tableDef
	ifaces []*iface
	named  []string // interfaces that rules name
	groups []string // and groups
	outer  outward
	old    bool // rules of FreeBSD that translate: nat, rdr, binat
	spec   pfrules.Spec
	skip   []string
	binatO []pfrules.Rule    // the side of binat that hides sources
	binatI []pfrules.Rule    // and the side that translates destinations
	lists  []*[]pfrules.Rule // the rules at hand, of anchors within anchors
	frames []pfrules.Rule    // the anchors that are open
	noted  map[string]bool
	tokens int
	rules  int
}

// Read reads pf.conf or what pfctl -sr and -sn print.
func Read(doc *source.Doc) *ir.Ruleset {
	r := &reader{
		set: &ir.Ruleset{}, macros: map[string][]token{}, tables: map[string]*tableDef{}, noted: map[string]bool{},
	}
	r.lists = []*[]pfrules.Rule{&r.spec.Filter}
	lines := doc.Lines()
	var told map[int]bool
	r.ifaces, told = ifconfigs(lines)
	all := statements(trim(lines, told))
	r.prepare(all)
	section := ""
	for i := range all {
		r.statement(&all[i], &section)
	}
	for len(r.frames) > 0 {
		r.problem(all[len(all)-1].line, "The braces of the anchor in line %d are not closed; the rules after it were read as its own.", r.frames[len(r.frames)-1].At.Line)
		r.leave()
	}
	r.lower()
	return r.set
}

// trim leaves out lines that were read as something else.
func trim(lines []source.Line, told map[int]bool) []source.Line {
	if len(told) == 0 {
		return lines
	}
	var out []source.Line
	for _, l := range lines {
		if !told[l.Number] {
			out = append(out, l)
		}
	}
	return out
}

func (r *reader) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !r.noted[text] && len(r.noted) < 50 {
		r.noted[text] = true
		r.set.Notes = append(r.set.Notes, text)
	}
}

func (r *reader) problem(line int, format string, args ...any) {
	if len(r.set.Problems) < 1000 {
		r.set.Problems = append(r.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
	}
}

// prepare takes macros, tables and the names of interfaces, which rules may
// use before they are defined.
func (r *reader) prepare(all []statement) {
	seen := map[string]bool{}
	for i := range all {
		s := &all[i]
		s.tokens = prompt(s.tokens)
		if len(s.tokens) > 2 && s.tokens[0].kind == word && s.tokens[1].is("=") {
			r.define1(s)
			continue
		}
		s.tokens = r.expand(s.tokens)
		if len(s.tokens) == 0 {
			continue
		}
		switch s.tokens[0].text {
		case "nat", "rdr", "binat", "nat-anchor", "rdr-anchor", "binat-anchor", "scrub", "no":
			r.old = true
		}
		for k, t := range s.tokens {
			if !t.is("on") || k+1 >= len(s.tokens) {
				continue
			}
			for _, n := range s.tokens[k+1:] {
				if n.kind == mark && !n.is("}") {
					continue
				}
				if n.kind == word || n.kind == quoted {
					if !seen[n.text] && n.text != "any" {
						seen[n.text] = true
						r.name(n.text)
					}
				}
				if !s.tokens[k+1].is("{") || n.is("}") {
					break
				}
			}
		}
	}
	for i := range all {
		if t := all[i].tokens; len(t) > 1 && t[0].is("table") {
			r.define(all[i])
		}
	}
}

func (r *reader) name(n string) {
	switch {
	case ifaceName(n) == "lo":
	case ifaceWord.MatchString(n):
		r.named = append(r.named, n)
	case groupWord.MatchString(n):
		r.groups = append(r.groups, n)
	}
}

// define1 takes a macro.
func (r *reader) define1(s *statement) {
	var v []token
	for _, t := range r.expand(s.tokens[2:]) {
		if t.kind == quoted {
			inner, _ := scan(t.text)
			v = append(v, r.expand(inner)...)
		} else {
			v = append(v, t)
		}
	}
	r.macros[s.tokens[0].text] = v
}

// expand puts the values of macros in. One that is not defined stays, and makes
// undecided what uses it.
func (r *reader) expand(in []token) []token {
	if !slices.ContainsFunc(in, func(t token) bool { return t.kind == macro }) {
		return in
	}
	var out []token
	for i, t := range in {
		v, ok := r.macros[t.text]
		switch {
		case t.kind == macro && ok && r.tokens+len(v) < maxTokens:
			r.tokens += len(v)
			out = append(out, v...)
		case i > 0 && in[i-1].kind == macro && t.kind == word && (t.text[0] == ':' || t.text[0] == '/') && len(out) > 0:
			out[len(out)-1].text += t.text
		default:
			out = append(out, t)
		}
	}
	return out
}

// prompt takes a shell's prompt off, and the number that pfctl -vv prints.
func prompt(t []token) []token {
	if len(t) > 1 && strings.HasPrefix(t[0].text, "@") {
		t = t[1:]
		if len(t) > 3 && t[0].is("(") && t[2].is(")") {
			t = t[3:]
		}
	}
	return t
}

// heads are the sections of pfctl -s all.
var heads = pattern.New(`^(TRANSLATION RULES|FILTER RULES|No queue in use|STATES|INFO|LABEL COUNTERS|TIMEOUTS|LIMITS|TABLES|OS FINGERPRINTS|SOURCE TRACKING NODES|QUEUES):?$`)

// noise are lines of pfctl and of a shell that say nothing about packets.
var noise = pattern.New(`^(No ALTQ support|ALTQ related|\[ (Evaluations|Inserted)|pfctl\b|(cat|ifconfig|netstat|exit|script|doas|sudo)\b|set timeout|Script (started|done)|---)|[#$%>]\s*(doas |sudo )?(pfctl|cat|ifconfig|netstat|exit|less|more)\b`)

// harmless begin statements that let through and stop no packet by themselves.
var harmless = map[string]bool{
	"set": true, "altq": true, "queue": true, "oldqueue": true, "scrub": true, "scrub-anchor": true, "nat-anchor": true, "binat-anchor": true,
	"dummynet-anchor": true, "table": true, "dummynet": true,
}

// statement reads one.
func (r *reader) statement(s *statement, section *string) {
	known := true
	defer func() {
		r.set.Statements = append(r.set.Statements, ir.Statement{Line: s.line, Text: s.text, Known: known})
	}()
	if m := heads.FindStringSubmatch(s.text); m != nil {
		*section = m[1]
		return
	}
	switch *section {
	case "", "TRANSLATION RULES", "FILTER RULES":
	default:
		return
	}
	t := s.tokens
	if len(t) == 0 || noise.MatchString(s.text) || len(t) > 2 && t[0].kind == word && t[1].is("=") {
		return
	}
	p := &parser{r: r, s: s, t: t, at: ir.At{Line: s.line, Text: source.Redact(s.text)}}
	switch first := p.next(); {
	case s.broken:
		known = false
		r.open(p, "line %d, which has a quotation or a brace that is not closed", "Line %d has a quotation or a brace that is not closed; close it.")
	case first.is("}"):
		if len(r.frames) > 0 {
			r.leave()
		}
	case first.is("set"):
		r.skips(p)
	case first.is("anchor"), first.is("rdr-anchor"), first.is("nat-anchor"):
		r.anchor(p, first.text)
	case harmless[first.text]:
	case first.is("load"):
		// what is loaded into an anchor: the anchor's own line is where it counts
	case first.is("pass"), first.is("block"), first.is("match"):
		known = r.filter(p, first.text)
	case first.is("antispoof"):
		r.antispoof(p)
	case first.is("nat"), first.is("rdr"), first.is("binat"), first.is("no"):
		known = r.translation(p, first.text)
	default:
		known = false
		r.open(p, "line %d, which is not understood", "Line %d does not begin with a word of pf.conf (pass, block, match, anchor, table and so on); take it out if it is no rule.")
	}
}

// open keeps a line that is not understood as a rule that may do anything.
func (r *reader) open(p *parser, why, problem string) {
	r.problem(p.s.line, problem, p.s.line)
	r.add(pfrules.Rule{
		At: p.at, Act: pfrules.Open, In: true, Out: true, Boxes: ir.Always(), Why: fmt.Sprintf(why, p.s.line), Diverts: !r.old,
	})
}

func (r *reader) add(x ...pfrules.Rule) {
	r.rules++
	l := r.lists[len(r.lists)-1]
	*l = append(*l, x...)
}

// skips takes the interfaces that are not filtered.
func (r *reader) skips(p *parser) {
	if !p.take("skip") || !p.take("on") {
		return
	}
	r.spec.SkipAt = p.at
	for _, n := range p.words() {
		if n == "lo" {
			n = "lo0"
		}
		if ifaceWord.MatchString(n) {
			r.skip = append(r.skip, ifaceName(n))
			continue
		}
		for _, on := range r.on(n) {
			if on.Maybe == "" {
				r.skip = append(r.skip, on.Set.Patterns...)
			}
		}
	}
}

// lower makes the program.
func (r *reader) lower() {
	r.set.Rules = r.rules
	if r.rules == 0 {
		return
	}
	if len(r.skip) > 0 {
		r.spec.Skip = &ir.Ifaces{Patterns: r.skip}
	}
	r.spec.Nat = append(r.binatO, r.spec.Nat...)
	r.spec.Rdr = append(r.spec.Rdr, r.binatI...)
	r.spec.Default = ir.At{Text: "(what no rule matches passes)"}
	r.set.Programs = []*ir.Program{pfrules.Lower(r.spec)}
	r.set.Ifaces = r.told()
	if !slices.ContainsFunc(r.spec.Filter, hidesUnseen) && !slices.ContainsFunc(r.spec.Nat, hidesUnseen) {
		for _, n := range sends.Notes(r.set.Programs[0], nil) {
			r.note("%s", n)
		}
	}
	r.set.Label = "pf.conf or pfctl -sr"
	r.set.Object = r.object
	if !r.old && len(r.spec.Rdr) == 0 && !usesRdrTo(r.set) && !hides(r.set) {
		r.note("No line translates addresses. On FreeBSD, pfctl -sr does not show translations: give the output of pfctl -sn before it.")
	}
}

// hidesUnseen reports rules that may hide sources without showing whose: those
// that the file does not hold, and translations within anchors.
func hidesUnseen(r pfrules.Rule) bool {
	return r.Act == pfrules.Open || slices.ContainsFunc(r.Kids, func(k pfrules.Rule) bool { return k.Nat != nil || hidesUnseen(k) })
}

// object finds a table, for probes of who is in it.
func (r *reader) object(name string) ([]ir.Box, ir.At, bool) {
	name = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(name, "table "), "<"), ">")
	t := r.tables[name]
	if t == nil {
		return nil, ir.At{}, false
	}
	var out []ir.Box
	for _, h := range r.table(name) {
		out = append(out, ir.Box{Src: h.set, SrcLocal: h.local, Maybe: h.maybe})
	}
	return out, ir.At{Line: t.line, Text: "table <" + name + ">"}, true
}
