package firewall

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// checker answers for one file.
type checker struct {
	opt       CheckOptions
	set       *ir.Ruleset
	scenes    map[*engine.Engine]*scene
	scene     *scene // of the engine now asked
	report    Report
	reads     int // samples taken
	fix       fixer
	known     knownSources
	world     map[bool]*netipx.IPSet // the internet beside who may, of IPv4 and not
	worldSize map[bool]*big.Int
	later     map[laterKey][]string // rules that packets after the first lack
	lines     map[string]string     // long lines of the file as they are shown
	landings  map[landingKey]map[*ir.Rule]netip.AddrPort
}

// CheckFile answers the firewall question for one exported ruleset. The name
// is shown only. An error is a sentence about the file or the options: what
// was expected, what came, what to do.
func CheckFile(name string, content []byte, opt CheckOptions) (Report, error) {
	set, err := readAt(name, content, opt.Format, opt.Now)
	if err != nil {
		return Report{}, err
	}
	if set.Added.Text == SuggestionMark && !opt.Whole {
		return Report{}, Exported(set)
	}
	sum := sha256.Sum256(content)
	c := newChecker(set, opt)
	c.report.File, c.report.SHA256 = name, hex.EncodeToString(sum[:])
	r, err := c.run()
	if err != nil {
		return r, err
	}
	c.tryFixes(content)
	return c.report, nil
}

func newChecker(set *ir.Ruleset, opt CheckOptions) *checker {
	if len(opt.Needs) == 0 {
		opt.Needs = DefaultNeeds()
	}
	c := &checker{opt: opt, set: set, scenes: map[*engine.Engine]*scene{}, later: map[laterKey][]string{}, landings: map[landingKey]map[*ir.Rule]netip.AddrPort{}, lines: map[string]string{}, world: map[bool]*netipx.IPSet{}, worldSize: map[bool]*big.Int{}, fix: fixer{set, map[*ir.Rule]netip.Prefix{}, map[*ir.Chain]map[string]int{}}}
	c.report = Report{
		Schema: Schema, Format: set.Format, Label: set.Label, Rules: set.Rules, Region: opt.Region,
		Servers: addrStrings(opt.Servers), Notes: slices.Clone(set.Notes), Problems: set.Problems,
		Requirements: []Requirement{}, Leaks: []Leak{},
	}
	if opt.Whole && set.Added.Line > 0 && !opt.trial {
		c.report.Notes = append(c.report.Notes, "The rules are to be added to those of a firewall; they are taken for all rules of a firewall, as was asked.")
	}
	for _, p := range set.Programs {
		e := engine.New(p)
		c.scenes[e] = newScene(e, &c.opt, set)
	}
	return c
}

// run asks everything and sums up.
func (c *checker) run() (Report, error) {
	if len(c.opt.Servers) == 0 {
		return c.report, fmt.Errorf("no address of the mail server given; the question needs to know where mail is to arrive, for example 203.0.113.25")
	}
	if err := checkInterface(c.set, c.opt.Interface); err != nil {
		return c.report, err
	}
	if err := CheckExceptions(c.opt.Exceptions); c.opt.Lockdown && err != nil {
		return c.report, err
	}
	for i, n := range c.opt.Needs {
		if err := c.goOn(n.Label, i); err != nil {
			return c.report, err
		}
		if err := c.need(n); err != nil {
			return c.report, err
		}
	}
	if c.opt.Lockdown {
		if err := c.goOn("who else reaches port 25", len(c.opt.Needs)); err != nil {
			return c.report, err
		}
		if err := c.lockdown(); err != nil {
			return c.report, err
		}
	}
	if !c.opt.trial {
		c.dead()
	}
	if c.report.Instead = c.insteadOf(); c.report.Instead != "" {
		c.report.Notes = append(c.report.Notes, fmt.Sprintf("No line names %s; the rules for mail are about %s. It may be the file of another firewall.",
			series(c.report.Servers), c.report.Instead))
	}
	c.families()
	c.defaults()
	for _, s := range c.scenes {
		c.report.Assumptions = append(c.report.Assumptions, s.assumed...)
	}
	slices.Sort(c.report.Assumptions)
	c.report.Assumptions = slices.Compact(c.report.Assumptions)
	c.report.unknowns()
	c.conclude()
	return c.report, nil
}

// note says something of the file beside the answers, once.
func (c *checker) note(text string) {
	if !slices.Contains(c.report.Notes, text) {
		c.report.Notes = append(c.report.Notes, text)
	}
}

// goOn tells what is asked next, unless the run was cancelled.
func (c *checker) goOn(what string, done int) error {
	if c.opt.stopped != nil {
		if err := c.opt.stopped(); err != nil {
			return err
		}
	}
	if c.opt.step != nil {
		total := len(c.opt.Needs)
		if c.opt.Lockdown {
			total++
		}
		c.opt.step(what, done, total)
	}
	return nil
}

// use turns to the rules of an address's family; false when the file has none.
func (c *checker) use(a netip.Addr) bool {
	f := ir.V4
	if a.Is6() {
		f = ir.V6
	}
	for e, s := range c.scenes {
		if p := e.Program(); p.Family == f || p.Family == ir.Any {
			c.scene = s
			return true
		}
	}
	return false
}

// defaults states what a file leaves unsaid: what becomes of the rest.
func (c *checker) defaults() {
	in, out := c.opt.Lockdown, false
	for _, n := range c.opt.Needs {
		in, out = in || n.In, out || !n.In
	}
	var open []string
	for e, s := range c.scenes {
		p := e.Program()
		for _, g := range []struct {
			name  string
			asked bool
			gates []ir.Gate
		}{{"in", in, p.Local}, {"out", out, p.Leave}} {
			for _, gate := range g.gates {
				if ch := &p.Chains[gate.Chain]; c.set.Format == source.Table && g.asked && ch.Policy.At.Line == 0 && !settled(ch) {
					open = append(open, g.name)
				}
			}
		}
		if len(open) > 0 {
			s.assume("The table has no last row for all the rest (%s): what no row allows is taken to be denied. "+
				"If your firewall lets the rest through, add a last row that says so and check again.", strings.Join(open, " and "))
		}
	}
}

// settled reports that some rule of a chain decides about whatever comes to it.
func settled(c *ir.Chain) bool {
	return slices.ContainsFunc(c.Rules, func(r ir.Rule) bool {
		return (r.Action == ir.Accept || r.Action == ir.Deny) &&
			slices.ContainsFunc(r.Boxes, func(b ir.Box) bool { return reflect.DeepEqual(b, ir.Box{}) })
	})
}

// families says which rules were not handed over.
func (c *checker) families() {
	v4, v6 := false, false
	for _, p := range c.set.Programs {
		v4 = v4 || p.Family != ir.V6
		v6 = v6 || p.Family != ir.V4
	}
	switch {
	case !v6:
		c.report.Notes = append(c.report.Notes,
			"The file holds IPv4 rules alone. If the host has IPv6 addresses, check "+rulesOf(c.set, ir.V6)+" too.")
	case !v4:
		c.report.Notes = append(c.report.Notes,
			"The file holds IPv6 rules alone. The provider's ranges are IPv4: check "+rulesOf(c.set, ir.V4)+" too.")
	}
}

// required lists the ranges of a family that must be open.
func (c *checker) required(v4 bool) []Range {
	var out []Range
	for _, r := range c.opt.Ranges {
		if (r.Kind.Required() || c.opt.KeepOther && r.Kind == Other) && r.CIDR.Addr().Is4() == v4 {
			out = append(out, r)
		}
	}
	return out
}

// disagree records that the two readers of the rules differ.
func (c *checker) disagree(p interp.Packet, o engine.Outcome) {
	if len(c.report.SelfCheck.Disagreements) < 20 {
		c.report.SelfCheck.Disagreements = append(c.report.SelfCheck.Disagreements,
			fmt.Sprintf("%s %s to %s port %d: %s by sets, not so packet by packet", p.Dir, p.Src, p.Dst, p.DPort, o))
	}
}

// conclude sums the parts up into verdict and summary.
func (c *checker) conclude() {
	r := &c.report
	v, bad, open := Proven, 0, 0
	for _, q := range r.Requirements {
		v = worse(v, q.Verdict)
		switch q.Verdict {
		case Disproven:
			bad++
		case CannotTell:
			open++
		}
	}
	switch {
	case len(r.Requirements) == 0:
		v = CannotTell
		r.Summary = "no range of the region is known here; ask Mimecast for its ranges"
	case bad > 0:
		r.Summary = fmt.Sprintf("%d of %d requirements %s not met", bad, len(r.Requirements), be(bad))
		if open > 0 {
			r.Summary += fmt.Sprintf(", %d cannot be told", open)
		}
	case open > 0:
		r.Summary = fmt.Sprintf("%d of %d requirements cannot be told from this file", open, len(r.Requirements))
	default:
		r.Summary = fmt.Sprintf("all %d requirements are met in full", len(r.Requirements))
	}
	if r.Lockdown != nil {
		if but := exceptionWords(c.opt.Exceptions); r.Lockdown.Verdict == Proven && but != "" {
			r.Lockdown.Summary = strings.Replace(r.Lockdown.Summary, " can reach", but+", can reach", 1)
		} else if but != "" {
			r.Lockdown.Summary += ", beside" + strings.TrimPrefix(but, " but")
		}
		v = worse(v, r.Lockdown.Verdict)
		r.Summary += "; " + r.Lockdown.Summary
	}
	if n := len(r.SelfCheck.Disagreements); n > 0 {
		v = CannotTell
		r.Summary = "internal error, do not rely on this: two ways of reading the rules disagree. " + r.Summary
		if r.Lockdown != nil {
			r.Lockdown.Verdict = CannotTell
		}
	}
	if err := Exported(c.set); err != nil && !c.opt.Whole && v != CannotTell {
		v = CannotTell
		r.Summary = "not proven, " + err.Error() + ". As far as the file goes: " + r.Summary
	}
	r.Verdict = v
}

// protoNumber is the number of a need's protocol.
func protoNumber(n check.PortNeed) uint8 {
	if n.Proto == "udp" {
		return ir.UDP
	}
	return ir.TCP
}
