package cloud

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Bounds of what is said of one file.
const (
	maxProblems = 200
	maxDoubts   = 20
)

// Book gathers what a file of rules becomes.
type Book struct {
	Set    *ir.Ruleset
	Prog   *ir.Program
	Doubts []ir.Rule // of parts that could not be read and may hold any rule
	// Private and Public are the addresses that the internet does not carry,
	// and those that it does.
	Private, Public *objects.Addrs

	noted  map[string]bool
	sets   map[string]*objects.Addrs
	sealed map[int]bool
}

// NewBook begins a ruleset of the mail server's own place.
func NewBook(id, label string) *Book {
	private := objects.OfPrefixes(PrivateNets()...)
	return &Book{
		Private: private, Public: objects.Minus(objects.Anywhere(), private), sealed: map[int]bool{},
		Set:   &ir.Ruleset{Format: id, Label: label, Stands: ir.In},
		Prog:  &ir.Program{Stateful: true},
		noted: map[string]bool{}, sets: map[string]*objects.Addrs{},
	}
}

// Open begins a ruleset with all that a file holds: JSON, and commands of a
// tool.
func Open(doc *source.Doc, id, label, tool string) (*Book, Text) {
	b, t := NewBook(id, label), Split(doc, tool)
	b.keep(doc, t)
	return b, t
}

// Problem notes something that could not be read.
func (b *Book) Problem(line int, format string, args ...any) {
	if len(b.Set.Problems) < maxProblems {
		b.Set.Problems = append(b.Set.Problems, ir.Problem{Line: line, Text: source.Redact(fmt.Sprintf(format, args...))})
	}
}

// Note says something once.
func (b *Book) Note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !b.noted[text] && len(b.Set.Notes) < maxProblems {
		b.noted[text] = true
		b.Set.Notes = append(b.Set.Notes, text)
	}
}

// Doubt notes a part that could not be read and may hold rules of any kind.
func (b *Book) Doubt(line int, what string) {
	if len(b.Doubts) < maxDoubts {
		b.Doubts = append(b.Doubts, ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("%s (line %d), which could not be read; export again", what, line),
			At: ir.At{Line: line, Text: "(could not be read)"},
		})
	}
}

// failure is how the platforms' tools begin when they fail.
var failure = pattern.New(`^\s*(An error occurred|ERROR:|\([A-Z]\w+\) )`)

// keep keeps every line of a file as a statement.
func (b *Book) keep(doc *source.Doc, t Text) {
	lines := doc.Lines()
	b.Set.Statements = make([]ir.Statement, 0, len(lines))
	for _, l := range lines {
		if t.Odd[l.Number] && failure.MatchString(l.Text) {
			b.Problem(l.Number, "line %d is an error message: what the command was to print is not in the file. Export it again.", l.Number)
			b.Doubt(l.Number, "the output of a command that failed")
		}
		known := !t.Odd[l.Number] && (t.Fault == "" || l.Number < t.FaultLine)
		b.Set.Statements = append(b.Set.Statements, ir.Statement{Line: l.Number, Text: l.Text, Known: known})
	}
	if t.Fault != "" {
		b.Problem(t.FaultLine, "%s. What came after it is not known, so no answer is certain.", capital(t.Fault))
		b.Doubt(t.FaultLine, "the rest of the file")
	}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Add adds a chain to the program and returns its index.
func (b *Book) Add(c ir.Chain) int {
	if c.Policy.Action != ir.Return { // of others the caller has them
		c.Rules = append(slices.Clone(b.Doubts), c.Rules...)
	}
	b.Prog.Chains = append(b.Prog.Chains, c)
	return len(b.Prog.Chains) - 1
}

// seal puts the policy of a chain at its end as a rule, so that it decides
// where the chain is gone to.
func (b *Book) seal(chain int) {
	if c := &b.Prog.Chains[chain]; c.Policy.Action != ir.Return && !b.sealed[chain] {
		b.sealed[chain] = true
		c.Rules = append(c.Rules, c.Policy)
	}
}

// Goto is a rule that leaves the decision to a chain.
func (b *Book) Goto(chain int, boxes []ir.Box, at ir.At) ir.Rule {
	b.seal(chain)
	return ir.Rule{Boxes: boxes, Action: ir.Goto, Target: chain, At: at}
}

// Part is a chain that decides about the connections of some addresses.
type Part struct {
	Chain int
	Local *ir.Addrs // of the mail server's side; nil: not told
	At    ir.At
}

// Choose makes the chain that packets of a direction begin in: those of known
// addresses go where the file says; of all others each of rest may be the
// chain that decides, which only an answer that is the same in all settles.
// ask completes "depends on ...". With one part for everything it is that.
func (b *Book) Choose(name string, out bool, known, rest []Part, ask string) int {
	if len(known) == 0 && len(rest) == 1 {
		return rest[0].Chain
	}
	start := ir.Chain{Name: name, Policy: ir.Rule{
		Boxes: ir.Always(), Action: ir.Undecided, Why: ask, At: ir.At{Text: "(" + name + ": what applies is not in the file)"},
	}}
	for _, k := range known {
		box := ir.Box{Dst: k.Local}
		if out {
			box = ir.Box{Src: k.Local}
		}
		start.Rules = append(start.Rules, b.Goto(k.Chain, []ir.Box{box}, k.At))
	}
	for i, r := range rest {
		boxes := ir.Always()
		if i < len(rest)-1 || len(rest) == 1 && len(known) > 0 {
			boxes = []ir.Box{{Maybe: []string{ask}}}
		}
		start.Rules = append(start.Rules, b.Goto(r.Chain, boxes, r.At))
	}
	b.Prog.Chains = append(b.Prog.Chains, start)
	return len(b.Prog.Chains) - 1
}

// through says that packets which pass through are not decided here.
func (b *Book) through(why string) {
	b.Prog.Chains = append(b.Prog.Chains, ir.Chain{Name: "forwarding", Policy: ir.Rule{
		Boxes: ir.Always(), Action: ir.Undecided, Why: why, At: ir.At{Text: "(packets passing through)"},
	}})
	b.Prog.Through = []ir.Gate{{Stage: "forwarding", Chain: len(b.Prog.Chains) - 1, Primary: true}}
}

// Decide makes the program of the chains that packets to and from the mail
// server begin in. stage is what decides, for people; why, of packets that pass
// through, completes "depends on ...". data is for those who write rules.
func (b *Book) Decide(stage string, in, out int, why string, data any) {
	b.Prog.Local = []ir.Gate{{Stage: stage, Chain: in, Primary: true, NoOut: true}}
	b.Prog.Leave = []ir.Gate{{Stage: stage, Chain: out, Primary: true, NoIn: true}}
	b.through(why)
	b.Set.Programs = []*ir.Program{b.Prog}
	b.Set.Source = data
}

// Nets reads a list of networks. Lists that are the same share one set. What
// is no network is given to other; nil from it is a problem.
func (b *Book) Nets(list []string, line int, other func(string) *objects.Addrs) *objects.Addrs {
	key := strings.Join(list, ",")
	if a := b.sets[key]; a != nil {
		return a
	}
	known := objects.Of()
	var parts []*objects.Addrs
	shared := true
	for _, v := range list {
		if r, ok := source.Net(v); ok {
			known.Ranges = append(known.Ranges, r)
			continue
		}
		var a *objects.Addrs
		if other != nil {
			a, shared = other(v), false
		}
		if a == nil {
			b.Problem(line, "line %d: expected an address or a network such as 192.0.2.0/24, came %q; whether the rule is met cannot be decided.", line, v)
			a, shared = objects.UnknownAddrs(fmt.Sprintf("the address %q in line %d, which could not be read", source.Redact(v), line)), false
		}
		parts = append(parts, a)
	}
	a := objects.Union(append(parts, known)...)
	if shared {
		b.sets[key] = a
	}
	return a
}

// PrivateNets are the networks that the internet does not carry (RFC 1918,
// RFC 6598, RFC 3927, RFC 4193, RFC 4291), and the host itself.
func PrivateNets() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "0.0.0.0/8", "fc00::/7", "fe80::/10", "::/127",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Perhaps narrows boxes by a reason.
func Perhaps(boxes []ir.Box, reason string) []ir.Box {
	out := slices.Clone(boxes)
	for i := range out {
		out[i].Maybe = append(slices.Clip(out[i].Maybe), reason)
	}
	return out
}

// Narrow is objects.Source or objects.Destination.
type Narrow func([]ir.Box, *objects.Addrs) []ir.Box

// Having narrows boxes to hosts of the network that have something, such as a
// tag: those of the file for certain (sure, nil for none), and perhaps any
// that is near.
func Having(boxes []ir.Box, put Narrow, sure, near *objects.Addrs, why string) []ir.Box {
	var out []ir.Box
	if sure != nil {
		out = put(boxes, sure)
	}
	return append(out, Perhaps(put(boxes, near), why)...)
}

// Near are the addresses that hosts of a network may have: private ones, those
// of its own address space, and all of IPv6, which clouds give out from public
// space.
func (b *Book) Near(space ...netip.Prefix) *objects.Addrs {
	return objects.Union(b.Private, objects.OfPrefixes(space...), objects.OfPrefixes(netip.MustParsePrefix("2000::/3")))
}

// Hosts is a condition on single addresses.
func Hosts(addrs []netip.Addr) *ir.Addrs {
	a := &ir.Addrs{}
	for _, x := range addrs {
		a.Ranges = append(a.Ranges, source.One(x))
	}
	return a
}

// List words a list, the first few of it.
func List(items []string) string {
	if len(items) > 4 {
		return strings.Join(items[:4], " ") + " ..."
	}
	return strings.Join(items, " ")
}

// Networks words networks as platforms take them: always with a length.
func Networks(list []netip.Prefix, any string) []string {
	if len(list) == 0 {
		return []string{any}
	}
	var out []string
	for _, p := range list {
		out = append(out, p.Masked().String())
	}
	return out
}
