package windows

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// settings are those of one profile.
type settings struct {
	line           int
	known          bool
	off            bool
	allowIn        bool // what comes in is let in by default
	blockOut       bool
	inTold         bool // the default action is in the file
	outTold        bool
	shut           bool // all incoming connections are blocked, allow rules or not
	groupOnly      bool // rules of the computer itself do not count
	openInterfaces []string
}

// file gathers what a file holds.
type file struct {
	set      *ir.Ruleset
	rules    []*rule
	profiles map[profile]*settings
	active   profile // 0: not told
	nets     []netip.Prefix
	ifaces   map[string]*ir.Iface
	doubts   []doubt
	assumed  bool // defaults of profiles are those that Windows has from the start
	sets     map[string]*objects.Addrs
	notes    map[string]bool
	picked   int // commands that looked rules up
}

// doubt is a part of the file that could not be read and may hold any rule.
type doubt struct {
	line int
	what string
}

func newFile() *file {
	return &file{
		set:      &ir.Ruleset{Format: ID, Label: "Windows Firewall", Stands: ir.In},
		profiles: map[profile]*settings{}, ifaces: map[string]*ir.Iface{}, sets: map[string]*objects.Addrs{}, notes: map[string]bool{},
	}
}

// Bounds of what is said of one file.
const (
	maxProblems = 200
	maxDoubts   = 20
)

func (f *file) problem(line int, format string, args ...any) {
	if len(f.set.Problems) < maxProblems {
		f.set.Problems = append(f.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
	}
}

func (f *file) note(text string) {
	if !f.notes[text] && len(f.set.Notes) < maxProblems {
		f.notes[text] = true
		f.set.Notes = append(f.set.Notes, text)
	}
}

func (f *file) keep(line int, text string, known bool) {
	f.set.Statements = append(f.set.Statements, ir.Statement{Line: line, Text: text, Known: known})
}

// unread notes a part that could not be read. As block beats allow, what it
// held may undo any allow rule.
func (f *file) unread(line int, what string) {
	f.problem(line, "%s. What it held is not known, so no answer is certain; export again.", what)
	if len(f.doubts) < maxDoubts {
		f.doubts = append(f.doubts, doubt{line, fmt.Sprintf("line %d, which could not be read", line)})
	}
}

// lower makes the program.
func (f *file) lower() {
	if len(f.rules) == 0 && len(f.profiles) == 0 && len(f.doubts) == 0 && !f.assumed {
		return
	}
	p := &ir.Program{Stateful: true}
	in, out := f.direction(p, false), f.direction(p, true)
	p.Local = []ir.Gate{{Stage: "inbound", Chain: in, Primary: true, NoOut: true}}
	p.Leave = []ir.Gate{{Stage: "outbound", Chain: out, Primary: true, NoIn: true}}
	p.Chains = append(p.Chains, ir.Chain{Name: "forwarding", Policy: ir.Rule{
		Boxes: ir.Always(), Action: ir.Undecided,
		Why: "the firewall before the computer: Windows Firewall decides about packets to and from the computer itself alone",
		At:  ir.At{Text: "(packets passing through)"},
	}})
	p.Through = []ir.Gate{{Stage: "forwarding", Chain: len(p.Chains) - 1, Primary: true}}
	f.set.Programs = []*ir.Program{p}
	f.set.Rules = len(f.rules)
	for _, name := range sortedKeys(f.ifaces) {
		f.set.Ifaces = append(f.set.Ifaces, *f.ifaces[name])
	}
}

func sortedKeys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// direction makes the chains of one direction and returns the one to start at.
// Profiles in which the same rules hold share one chain. Where more than one
// may be active, each may be the one that decides.
func (f *file) direction(p *ir.Program, out bool) int {
	name := "inbound"
	if out {
		name = "outbound"
	}
	candidates := f.active
	if candidates == 0 {
		candidates = anyProfile
	}
	groups := map[string]profile{}
	var keys []string
	for _, x := range []profile{domain, private, public} {
		if candidates&x == 0 {
			continue
		}
		k := f.signature(x, out)
		if groups[k] == 0 {
			keys = append(keys, k)
		}
		groups[k] |= x
	}
	boxes := make(map[*rule][]ir.Box)
	if len(keys) == 1 {
		p.Chains = append(p.Chains, f.chain(name, candidates, out, boxes))
		return len(p.Chains) - 1
	}
	start := ir.Chain{Name: name, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: "a profile that is not known", At: ir.At{Text: "(a profile decides)"}}}
	why := "which profile is active (" + profileList(candidates) + "); run Get-NetConnectionProfile, or export with the PowerShell line given, which says it"
	if len(f.profiles) == 0 && !f.assumed {
		why += "; and on the default action of the profiles, which is not in the file"
	}
	for i, k := range keys {
		c := f.chain(fmt.Sprintf("%s, profile %s", name, profileList(groups[k])), groups[k], out, boxes)
		c.Rules = append(c.Rules, c.Policy) // so that it decides where the chain is gone to
		p.Chains = append(p.Chains, c)
		r := ir.Rule{Boxes: ir.Always(), Action: ir.Goto, Target: len(p.Chains) - 1, At: ir.At{Text: "(profile " + profileList(groups[k]) + ")"}}
		if i < len(keys)-1 {
			r.Boxes = []ir.Box{{Maybe: []string{why}}}
		}
		start.Rules = append(start.Rules, r)
	}
	p.Chains = append(p.Chains, start)
	return len(p.Chains) - 1
}

// signature tells profiles apart by what holds in them.
func (f *file) signature(x profile, out bool) string {
	var b strings.Builder
	s := f.profiles[x]
	if s == nil {
		s = &settings{}
	}
	if out {
		fmt.Fprint(&b, s.off, s.blockOut, s.outTold, s.openInterfaces)
	} else {
		fmt.Fprint(&b, s.off, s.allowIn, s.inTold, s.shut, s.openInterfaces)
	}
	fmt.Fprint(&b, s.groupOnly)
	for i, r := range f.rules {
		if r.enabled && r.out == out && r.profiles&x != 0 {
			fmt.Fprint(&b, ",", i)
		}
	}
	return b.String()
}

// chain is what one profile does to packets of a direction.
func (f *file) chain(name string, x profile, out bool, boxes map[*rule][]ir.Box) ir.Chain {
	s := f.settingsOf(x)
	c := ir.Chain{Name: name, Policy: f.policy(x, s, out)}
	if s.off {
		return c
	}
	if len(s.openInterfaces) > 0 {
		c.Rules = append(c.Rules, ir.Rule{
			Boxes:  []ir.Box{{Maybe: []string{fmt.Sprintf("by which interface packets come: line %d turns the firewall off on %s", s.line, short(s.openInterfaces))}}},
			Action: ir.Accept, At: ir.At{Line: s.line, Text: fmt.Sprintf("(off on %s)", short(s.openInterfaces))},
		})
	}
	for _, d := range f.doubts {
		c.Rules = append(c.Rules, ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: d.what, At: ir.At{Line: d.line, Text: "(could not be read)"}})
	}
	var over, blocks, allows []ir.Rule
	for _, r := range f.rules {
		if !r.enabled || r.out != out || r.profiles&x == 0 {
			continue
		}
		low, counts := f.lowerRule(r, s, boxes)
		switch {
		case !counts:
		case r.action == block:
			blocks = append(blocks, low)
		case s.shut && !out:
			// passed over: the profile blocks all incoming connections
		case r.override:
			over = append(over, low)
		default:
			allows = append(allows, low)
		}
	}
	c.Rules = slices.Concat(c.Rules, over, blocks, allows)
	return c
}

// settingsOf are the settings that profiles share.
func (f *file) settingsOf(x profile) *settings {
	for _, one := range []profile{domain, private, public} {
		if s := f.profiles[one]; x&one != 0 && s != nil {
			return s
		}
	}
	return &settings{}
}

// lowerRule is one rule; false when it does not count in a profile.
func (f *file) lowerRule(r *rule, s *settings, boxes map[*rule][]ir.Box) (ir.Rule, bool) {
	b, done := boxes[r]
	if !done {
		b = f.match(r)
		if r.override {
			b = maybe(b, fmt.Sprintf("whether the connection is secured as line %d asks for", r.line))
		}
		boxes[r] = b
	}
	if s.groupOnly {
		switch strings.ToLower(r.source) {
		case "local", "1", "local setting":
			return ir.Rule{}, false
		case "":
			b = maybe(b, fmt.Sprintf("where the rule of line %d comes from: rules of the computer itself do not count (line %d)", r.line, s.line))
		}
	}
	low := ir.Rule{Boxes: b, Action: ir.Accept, At: ir.At{Line: r.line, Text: source.Redact(r.shown())}}
	if r.action == block {
		low.Action = ir.Deny
	}
	return low, true
}

// policy is the default of a profile.
func (f *file) policy(x profile, s *settings, out bool) ir.Rule {
	r := ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Line: s.line}}
	who := "profile " + profileList(x)
	accept, told := s.allowIn, s.inTold
	way := "inbound"
	if out {
		accept, told, way = !s.blockOut, s.outTold, "outbound"
	}
	switch {
	case s.off:
		r.Action = ir.Accept
		r.At.Text = fmt.Sprintf("(%s: the firewall is off)", who)
		return r
	case s.shut && !out:
		r.At.Text = fmt.Sprintf("(%s: all incoming connections are blocked)", who)
		return r
	case !told && !f.assumed:
		r.Action = ir.Undecided
		r.Why = fmt.Sprintf("the default action of the %s, which is not in the file; put the output of netsh advfirewall show allprofiles before the rules", who)
		r.At.Text = fmt.Sprintf("(default of the %s: not in the file)", who)
		return r
	}
	word := "block"
	if accept {
		r.Action, word = ir.Accept, "allow"
	}
	r.At.Text = fmt.Sprintf("(default of the %s: %s what is %s)", who, word, way)
	return r
}
