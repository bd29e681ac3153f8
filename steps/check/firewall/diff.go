package firewall

import (
	"fmt"
	"math/big"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// DiffSchema names the JSON form of a Difference.
const DiffSchema = "mxodus.firewall.diff/1"

// State of a connection under one ruleset.
type State string

// States.
const (
	Open State = "open"
	Shut State = "shut"
	Told State = "cannot tell" // the file does not tell
)

// Change is a set of addresses whose connections fare otherwise after than
// before.
type Change struct {
	Label     string   `json:"label"` // of the port and direction: "mail in 25"
	Direction string   `json:"direction"`
	Proto     string   `json:"proto"`
	Port      uint16   `json:"port"`
	Server    string   `json:"server"`
	To        string   `json:"to,omitempty"` // the address and port that leads to it, if another
	Who       string   `json:"who"`          // provider, old_region, declared, internal, internet
	Before    State    `json:"before"`
	After     State    `json:"after"`
	CIDRs     []string `json:"cidrs"` // largest first
	More      int      `json:"more,omitempty"`
	Addresses string   `json:"addresses"` // how many
	By        Decision `json:"by"`        // what decides after
	// Worse says that the change stands against the move: a range that must be
	// open is not any more, or somebody new reaches port 25.
	Worse bool `json:"worse"`
}

// Difference is what two exports of one firewall answer otherwise.
type Difference struct {
	Schema  string   `json:"schema"`
	Before  string   `json:"before"`
	After   string   `json:"after"`
	Summary string   `json:"summary"`
	Changes []Change `json:"changes"`
	Notes   []string `json:"notes,omitempty"`
}

// Diff compares two exports of one firewall in terms of the question: which
// addresses can be reached, or can reach the server, on the ports of opt, and
// could not before; and which could. An error is a sentence about a file or
// the options.
func Diff(before, after check.File, opt CheckOptions) (Difference, error) {
	d := Difference{Schema: DiffSchema, Before: before.Name, After: after.Name, Changes: []Change{}}
	var sides [2]*checker
	for i, f := range []check.File{before, after} {
		set, err := readAt(f.Name, f.Bytes, opt.Format, opt.Now)
		if err != nil {
			return d, fmt.Errorf("%s: %w", f.Name, err)
		}
		if err := Exported(set); err != nil && !opt.Whole {
			return d, fmt.Errorf("%s: %w", f.Name, err)
		}
		if len(opt.Servers) == 0 {
			return d, fmt.Errorf("no address of the mail server given; the question needs to know where mail is to arrive, for example 203.0.113.25")
		}
		if err := checkInterface(set, opt.Interface); err != nil {
			return d, fmt.Errorf("%s: %w", f.Name, err)
		}
		sides[i] = newChecker(set, opt)
		sides[i].known = sides[i].knownSources(nil)
	}
	if a, b := sides[0].set.Format, sides[1].set.Format; a != b {
		d.Notes = append(d.Notes, fmt.Sprintf("The files are of different kinds (%s and %s): are they of one firewall?", a, b))
	}
	for _, n := range sides[0].opt.Needs {
		subjects := sides[1].subjects(n)
		if sends(n) {
			subjects = append(subjects, opt.Senders...)
		}
		for _, server := range subjects {
			was, err := sides[0].reach(n, server)
			if err != nil {
				return d, err
			}
			is, err := sides[1].reach(n, server)
			if err != nil {
				return d, err
			}
			d.Changes = append(d.Changes, sides[1].changes(n, server, was, is)...)
		}
	}
	d.overV6(sides[0].openV6(), sides[1].openV6())
	d.conclude()
	return d, nil
}

// overV6 tells of port 25 opened or shut over IPv6, where no IPv6 address of the
// server was given.
func (d *Difference) overV6(was, is *wayV6) {
	if (was == nil) == (is == nil) {
		return
	}
	x := Change{Label: "mail in 25", Direction: "in", Proto: "tcp", Port: smtp, Who: "internet", Before: Shut, After: Open}
	w := is
	if is == nil {
		w, x.Before, x.After = was, Open, Shut
		x.By = Decision{Text: "(nothing lets them in any more)"}
	} else {
		x.By, x.Worse = decision(is.hit), is.host
	}
	if x.Server = "some IPv6 address behind the firewall"; w.host {
		x.Server = hostV6
	}
	x.CIDRs, x.More = blocks(w.set)
	x.Addresses = size(w.set).String()
	d.Changes = append(d.Changes, x)
}

// reach is which addresses can surely, and which perhaps, connect.
type reach struct {
	sure, perhaps *netipx.IPSet
	by            []decided
	why           string // that nothing is told of the way itself
}

// decided is a rule with the addresses that it decides about.
type decided struct {
	set *netipx.IPSet
	hit *engine.Hit
	to  string // where they connect, if not to the server's address
}

// reach asks about everybody. What holds in every case that the file leaves is
// sure; of several ways to the server any will do.
func (c *checker) reach(n check.PortNeed, server netip.Addr) (reach, error) {
	var sure, perhaps netipx.IPSetBuilder
	var r reach
	if r.why = c.untoldWay(n, server); r.why != "" {
		for _, x := range everyone(server) {
			perhaps.AddRange(x)
		}
	} else if c.use(server) {
		ways, either := c.ways(n, server)
		if either {
			ways = ways[:1]
		}
		for _, w := range ways {
			dirs := []ir.Dir{w.dir}
			if either {
				dirs = []ir.Dir{ir.In, ir.Forward}
			}
			cases, err := c.cases(n, server, w.local, w.door, dirs, everyone(server))
			if err != nil {
				return r, err
			}
			if real := c.realCases(cases, server, n.In); len(real) > 0 {
				cases = real
			}
			s, p := inAll(cases)
			sure.AddSet(s)
			perhaps.AddSet(p)
			for _, k := range cases {
				r.by = append(r.by, k.decided()...)
			}
		}
	}
	if isMailIn(n) && r.why == "" && c.use(server) {
		if err := c.otherDoors(&r, server, &sure, &perhaps); err != nil {
			return r, err
		}
	}
	r.sure, _ = sure.IPSet() // of sets that are valid
	perhaps.RemoveSet(r.sure)
	r.perhaps, _ = perhaps.IPSet()
	return r, nil
}

// untoldWay says why the rules do not tell who connects: no translation in
// force leads to the server, or from its public address.
func (c *checker) untoldWay(n check.PortNeed, server netip.Addr) string {
	if !c.use(server) {
		return ""
	}
	if why := c.strandedBy(server, n.Port); why != "" || !n.In {
		return why
	}
	return c.hidden(server, n.Port)
}

// otherDoors adds who reaches the mail server by another address or port that
// is translated to it.
func (c *checker) otherDoors(r *reach, server netip.Addr, sure, perhaps *netipx.IPSetBuilder) error {
	var mine CheckOptions
	mine, c.opt.Servers = c.opt, []netip.Addr{server}
	ends := c.leakTargets()
	c.opt = mine
	var doors []decided
	for _, end := range ends {
		parts, err := c.reachers(end)
		if err != nil {
			return err
		}
		for _, p := range parts {
			set, err := p.builder.IPSet()
			if err != nil {
				continue // parts of checked sets are valid
			}
			if p.outcome == engine.Permit {
				sure.AddSet(set)
			} else {
				perhaps.AddSet(set)
			}
			if p.hit != nil {
				to := ""
				if len(p.to) > 0 && p.to[0] != server.String()+" port 25" {
					to = p.to[0]
				}
				doors = append(doors, decided{set, p.hit, to})
			}
		}
	}
	r.by = append(doors, r.by...) // one door that is open decides, whatever shuts another
	return nil
}

func (c *checker) realCases(cases []legCase, server netip.Addr, in bool) []legCase {
	if len(cases) == 0 {
		return nil
	}
	return c.real(cases, server, in)
}

func (k legCase) decided() []decided {
	var out []decided
	for _, g := range k.cov.good {
		out = append(out, decided{set: g.set, hit: g.hit})
	}
	for i := range k.cov.holes {
		if h := &k.cov.holes[i]; h.hit != nil {
			out = append(out, decided{set: h.set, hit: h.hit})
		}
	}
	return out
}

// inAll is who gets through in all cases, and who in some or perhaps.
func inAll(cases []legCase) (sure, perhaps *netipx.IPSet) {
	var all, any netipx.IPSetBuilder
	for i, k := range cases {
		var open, doubt netipx.IPSetBuilder
		for _, g := range k.cov.good {
			open.AddSet(g.set)
		}
		for _, h := range k.cov.holes {
			open.RemoveSet(h.set)
			if h.outcome == engine.Unknown {
				doubt.AddSet(h.set)
			}
		}
		for _, h := range k.cov.holes {
			if h.outcome == engine.Deny {
				doubt.RemoveSet(h.set)
			}
		}
		o, err1 := open.IPSet()
		d, err2 := doubt.IPSet()
		if err1 != nil || err2 != nil {
			continue // parts of checked sets are valid
		}
		any.AddSet(o)
		any.AddSet(d)
		if i == 0 {
			all.AddSet(o)
		} else {
			all.Intersect(o)
		}
	}
	sure, _ = all.IPSet()
	any.RemoveSet(sure)
	perhaps, _ = any.IPSet()
	return sure, perhaps
}

// changes splits what differs by how it fared and by who it is.
func (c *checker) changes(n check.PortNeed, server netip.Addr, was, is reach) []Change {
	states := func(r reach) map[State]*netipx.IPSet {
		var shut netipx.IPSetBuilder
		for _, x := range everyone(server) {
			shut.AddRange(x)
		}
		shut.RemoveSet(r.sure)
		shut.RemoveSet(r.perhaps)
		s, _ := shut.IPSet()
		return map[State]*netipx.IPSet{Open: r.sure, Told: r.perhaps, Shut: s}
	}
	from, to := states(was), states(is)
	var out []Change
	for _, a := range []State{Open, Shut, Told} {
		for _, b := range []State{Open, Shut, Told} {
			if a == b {
				continue
			}
			both := meet(from[a], to[b])
			if both == nil {
				continue
			}
			for _, g := range c.whoIs(both) {
				if was.why+is.why != "" && g.who != "provider" {
					continue // of everybody else nothing is told either
				}
				x := Change{
					Label: n.Label, Direction: dirWord(n.In), Proto: n.Proto, Port: n.Port, Server: server.String(),
					Who: g.who, Before: a, After: b, Addresses: size(g.set).String(),
				}
				x.By, x.To = is.decision(g.set)
				x.CIDRs, x.More = blocks(g.set)
				x.Worse = g.who == "provider" && b != Open ||
					isMailIn(n) && g.who == "internet" && b != Shut && a != Open
				out = append(out, x)
			}
		}
	}
	return out
}

// decision is what decides about the largest block of a set.
func (r reach) decision(set *netipx.IPSet) (by Decision, to string) {
	if r.why != "" {
		return Decision{Text: r.why}, ""
	}
	a := largest(set).From()
	for _, d := range r.by {
		if d.set.Contains(a) {
			return decision(d.hit), d.to
		}
	}
	return Decision{Text: "(no rule of the file)"}, ""
}

type group struct {
	who string
	set *netipx.IPSet
}

// whoIs tells apart whose addresses a set holds.
func (c *checker) whoIs(set *netipx.IPSet) []group {
	var provider, old []netip.Prefix
	for _, r := range c.opt.Ranges {
		if r.Kind.Required() {
			provider = append(provider, r.CIDR)
		} else {
			old = append(old, r.CIDR)
		}
	}
	var out []group
	var rest netipx.IPSetBuilder
	rest.AddSet(set)
	rest.RemoveSet(c.known.never)
	for _, g := range []group{
		{"provider", setOf(provider...)}, {"old_region", setOf(old...)}, {"declared", setOf(c.opt.Exceptions...)}, {"internal", c.known.private},
	} {
		left, err := rest.IPSet()
		if err != nil {
			return out
		}
		if x := meet(left, g.set); x != nil {
			out = append(out, group{g.who, x})
			rest.RemoveSet(x)
		}
	}
	if left, err := rest.IPSet(); err == nil && len(left.Ranges()) > 0 {
		out = append(out, group{"internet", left})
	}
	return out
}

// conclude puts what is worse first and sums up.
func (d *Difference) conclude() {
	slices.SortStableFunc(d.Changes, func(a, b Change) int {
		if a.Worse != b.Worse {
			if a.Worse {
				return -1
			}
			return 1
		}
		return 0
	})
	worse := 0
	for _, x := range d.Changes {
		if x.Worse {
			worse++
		}
	}
	switch {
	case len(d.Changes) == 0:
		d.Summary = "nothing that the move asks about has changed"
	case worse == 0:
		d.Summary = fmt.Sprintf("%s, none against the move", plural(len(d.Changes), "change"))
	default:
		d.Summary = fmt.Sprintf("%s, %d against the move", plural(len(d.Changes), "change"), worse)
	}
}

// Words say what changed, in one sentence without a full stop.
func (x Change) Words() string {
	who := map[string]string{
		"provider": "ranges of the region", "old_region": "ranges of the region left or no longer in use",
		"declared": "senders that you declared", "internal": "addresses of your own networks", "internet": "others on the internet",
	}[x.Who]
	n, _ := new(big.Int).SetString(x.Addresses, 10)
	count := "1 address"
	if n == nil || n.Cmp(big.NewInt(1)) != 0 {
		count = x.Addresses + " addresses"
	}
	did := map[[2]State]string{
		{Shut, Open}: "can connect now", {Open, Shut}: "can connect no longer",
		{Open, Told}: "could connect; whether that is still so, the file does not tell",
		{Shut, Told}: "could not connect; whether that is still so, the file does not tell",
		{Told, Open}: "can connect now; before, the file did not tell",
		{Told, Shut}: "cannot connect now; before, the file did not tell",
	}[[2]State{x.Before, x.After}]
	if x.Direction == "out" {
		return fmt.Sprintf("%s, %s: to %s (%s), your server %s", x.Label, x.Server, who, count, did)
	}
	if x.To != "" && x.After == Open {
		return fmt.Sprintf("%s, %s by %s: %s (%s) %s", x.Label, x.Server, x.To, who, count, did)
	}
	return fmt.Sprintf("%s, %s: %s (%s) %s", x.Label, x.Server, who, count, did)
}
