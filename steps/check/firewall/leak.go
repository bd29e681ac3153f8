package firewall

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// smtp is the port that lock-down is about.
const smtp = 25

// leakPart is sources that reach the mail server by one rule.
type leakPart struct {
	hit     *engine.Hit
	outcome engine.Outcome
	query   engine.Query
	point   engine.Point
	to      []string
	why     string // beside the rule, what leaves it open
	builder netipx.IPSetBuilder
	ways    []leakWay
}

// lockdown asks who reaches the mail server on port 25, by whichever address
// and port leads there, and takes away who may.
func (c *checker) lockdown() error {
	var parts []*leakPart
	done := map[netip.AddrPort]bool{}
	ends := c.leakTargets()
	for _, server := range ends {
		if done[server] || c.bothFamilies() && c.silent(server.Addr()) != "" || !c.use(server.Addr()) {
			continue
		}
		if c.strandedBy(server.Addr(), server.Port()) != "" { // untold says it
			done[server] = true
			continue
		}
		done[server] = true
		found, err := c.reachers(server)
		if err != nil {
			return err
		}
		c.filteredLeaks(found)
		parts = append(parts, found...)
	}
	lock := &Lockdown{Verdict: Proven, Leaks: []Leak{}}
	c.known = c.knownSources(ends)
	var everybody netipx.IPSetBuilder
	for _, p := range merged(parts) {
		c.leaks(lock, p)
		if set, err := p.builder.IPSet(); err == nil && p.outcome == engine.Permit {
			everybody.AddSet(set)
		}
	}
	everybody.Intersect(c.internet(true))
	if set, err := everybody.IPSet(); err == nil && len(set.Ranges()) > 0 {
		lock.Share = c.share(set)
	}
	c.overV6(lock)
	sortLeaks(lock.Leaks)
	internet := 0
	for _, l := range lock.Leaks {
		if l.Category == "internet" {
			lock.Verdict = worse(lock.Verdict, l.Verdict)
			internet++
		}
	}
	untold := c.untold()
	if untold != "" {
		lock.Verdict = worse(lock.Verdict, CannotTell)
	}
	switch {
	case len(done) == 0:
		lock.Verdict = CannotTell
		lock.Summary = "who else can reach port 25 cannot be told: the file is not about the mail server's address"
	case lock.Verdict == Proven:
		lock.Summary = "nobody else on the internet can reach the mail server on port 25"
	case lock.Verdict == Disproven:
		lock.Summary = fmt.Sprintf("others can reach the mail server on port 25, in %s", plural(internet, "way"))
	case untold != "":
		lock.Summary = "whether others can reach the mail server on port 25 cannot be told: " + untold
	default:
		lock.Summary = "whether others can reach the mail server on port 25 cannot be told from this file"
	}
	c.report.Lockdown, c.report.Leaks = lock, lock.Leaks
	return nil
}

// merged joins parts that one rule lets in, whichever address they connect to.
func merged(parts []*leakPart) []*leakPart {
	type key struct {
		rule    *ir.Rule
		outcome engine.Outcome
		why     string
	}
	seen := map[key]*leakPart{}
	var out []*leakPart
	for _, p := range parts {
		k := key{outcome: p.outcome, why: p.why}
		if p.hit != nil {
			k.rule = p.hit.Rule
		}
		o := seen[k]
		if o == nil {
			seen[k] = p
			out = append(out, p)
			continue
		}
		if set, err := p.builder.IPSet(); err == nil {
			o.builder.AddSet(set)
		}
		o.ways = append(o.ways, p.ways...)
		for _, to := range p.to {
			if !slices.Contains(o.to, to) {
				o.to = append(o.to, to)
			}
		}
	}
	return out
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// leakTargets are the ends to guard: every address of the server on port 25,
// and where the rules translate that to.
func (c *checker) leakTargets() []netip.AddrPort {
	var out []netip.AddrPort
	for _, a := range c.opt.Servers {
		out = append(out, netip.AddrPortFrom(a, smtp))
		if !c.use(a) {
			continue
		}
		c.scene.rules(c.scene.e.Program().Arrive, func(_ *ir.Chain, r *ir.Rule) {
			if r.Action != ir.Translate || !r.To.HasAddr() || r.To.Addr.From() != r.To.Addr.To() {
				return
			}
			for i := range r.Boxes {
				b := &r.Boxes[i]
				if (b.Dst == nil || inSet(b.Dst, a)) && (b.DPort == nil || portIn(b.DPort, smtp)) {
					port := uint16(smtp)
					if to := r.To.PortFor(ir.PortRange{Lo: smtp, Hi: smtp}); to.Lo == to.Hi {
						port = to.Lo
					}
					out = append(out, netip.AddrPortFrom(r.To.Addr.From(), port))
				}
			}
		})
	}
	return out
}

// knownSources are groups of sources told apart among those that get in.
type knownSources struct {
	never   *netipx.IPSet // no packet comes from there
	allowed *netipx.IPSet // the provider's ranges of every region of the move, declared exceptions, the servers themselves
	private *netipx.IPSet
	retired *netipx.IPSet
}

// knownSources tells sources apart. The servers themselves are nobody else:
// what they send to themselves never crosses the firewall, and a rule for what
// they send out lets nobody in.
func (c *checker) knownSources(ends []netip.AddrPort) knownSources {
	var may, old []netip.Prefix
	for _, a := range c.opt.Servers {
		may = append(may, netip.PrefixFrom(a, a.BitLen()))
	}
	for _, e := range ends {
		may = append(may, netip.PrefixFrom(e.Addr(), e.Addr().BitLen()))
	}
	for _, r := range c.opt.Ranges {
		if r.Kind == Retired {
			old = append(old, r.CIDR)
		} else {
			may = append(may, r.CIDR)
		}
	}
	return knownSources{setOf(neverSources...), setOf(append(may, c.opt.Exceptions...)...), setOf(privateNets...), setOf(old...)}
}

// reachers asks for every destination that leads to one end.
func (c *checker) reachers(end netip.AddrPort) ([]*leakPart, error) {
	var parts []*leakPart
	base := engine.Query{Protos: []uint8{ir.TCP}, SPorts: anySource, Src: everyone(end.Addr())}
	translated := c.translating(end)
	if !isPrivate(end.Addr()) || !slices.ContainsFunc(translated, func(d doorway) bool { return d.moved }) {
		var sets []*netipx.IPSet
		for _, d := range c.scene.paths(end.Addr(), end.Port()) {
			q := base
			q.Dir, q.Dst = d, []netipx.IPRange{netipx.IPRangeFrom(end.Addr(), end.Addr())}
			q.DPorts = []ir.PortRange{{Lo: end.Port(), Hi: end.Port()}}
			if d == ir.In {
				q.Own = []netip.Addr{end.Addr()}
			}
			found, set, err := c.reached(q, end, false)
			if err != nil {
				return nil, err
			}
			parts, sets = append(parts, found...), append(sets, set)
		}
		doubt(parts, sets, fmt.Sprintf("whether %s lies behind this firewall or is its host", end.Addr()))
	}
	for _, t := range translated {
		q := base
		q.Dir, q.EntryOnly, q.Dst, q.DPorts = ir.In, true, t.dst, t.ports
		found, _, err := c.reached(q, end, true)
		if err != nil {
			return nil, err
		}
		parts = append(parts, found...)
	}
	return parts, nil
}

// everyone is every address of the family of one.
func everyone(a netip.Addr) []netipx.IPRange {
	if a.Is4() {
		return []netipx.IPRange{netipx.RangeOfPrefix(netip.PrefixFrom(netip.IPv4Unspecified(), 0))}
	}
	return []netipx.IPRange{netipx.RangeOfPrefix(netip.PrefixFrom(netip.IPv6Unspecified(), 0))}
}

// doubt makes parts open that do not reach the end in every case: sets are
// what certainly reaches it in each.
func doubt(parts []*leakPart, sets []*netipx.IPSet, why string) {
	if len(sets) < 2 {
		return
	}
	var b netipx.IPSetBuilder
	b.AddSet(sets[0])
	for _, s := range sets[1:] {
		b.Intersect(s)
	}
	sure, err := b.IPSet()
	if err != nil {
		sure = &netipx.IPSet{}
	}
	for _, p := range parts {
		set, err := p.builder.IPSet()
		if err != nil {
			continue
		}
		for _, r := range set.Ranges() {
			if p.outcome == engine.Permit && !sure.ContainsRange(r) {
				p.outcome, p.why = engine.Unknown, why
			}
		}
	}
}

// reached asks one question and keeps the parts that arrive at the end.
func (c *checker) reached(q engine.Query, end netip.AddrPort, onlySent bool) ([]*leakPart, *netipx.IPSet, error) {
	if told := c.scene.toldOutside(); len(told) > 0 && len(q.InIfs) == 0 {
		q.InIfs = told // what comes in elsewhere is set aside below
	}
	parts, err := c.scene.e.Ask(q)
	if err != nil {
		return nil, nil, fmt.Errorf("who reaches %s: %w", end, err)
	}
	type key struct {
		rule *ir.Rule
		out  engine.Outcome
		to   string
	}
	byKey := map[key]*leakPart{}
	var order []*leakPart
	keep := c.realIfaces(parts, end)
	sure := map[combo]*netipx.IPSetBuilder{}
	var aside []engine.Part
	for _, p := range parts {
		if !keep(combo{p.In, p.Out}) {
			aside = append(aside, p)
			continue
		}
		if sure[combo{p.In, p.Out}] == nil {
			sure[combo{p.In, p.Out}] = &netipx.IPSetBuilder{}
		}
		c.sample(q, p)
		if p.Outcome == engine.Deny || onlySent && !arrives(p, end) && !strays(p) {
			continue
		}
		h := deciding(p)
		if p.Outcome == engine.Permit {
			sure[combo{p.In, p.Out}].AddSet(p.Set)
		}
		k := key{out: p.Outcome, to: entry(p, onlySent && len(q.Dst) == 0)}
		if h != nil {
			k.rule = h.Rule
		}
		l := byKey[k]
		if l == nil {
			one := q
			one.InIfs, one.OutIfs = []string{p.In}, []string{p.Out}
			l = &leakPart{hit: h, outcome: p.Outcome, query: one, point: p.Point, to: []string{k.to}}
			byKey[k] = l
			order = append(order, l)
		}
		l.builder.AddSet(p.Set)
		l.ways = append(l.ways, wayOf(q, p))
	}
	sets, all, err := sureSets(sure, c.scene.homeOf(q))
	doubt(order, sets, outsideUnknown)
	order = append(order, c.perhapsOutside(q, end, aside, onlySent)...)
	return order, all, err
}

// sureSets are the sources that each pair of interfaces surely lets in, those of
// home alone where it is told, and all of them together.
func sureSets(sure map[combo]*netipx.IPSetBuilder, home []string) (sets []*netipx.IPSet, all *netipx.IPSet, err error) {
	var whole netipx.IPSetBuilder
	for k, b := range sure {
		s, err := b.IPSet()
		if err != nil {
			continue
		}
		whole.AddSet(s)
		if home == nil || slices.Contains(home, k.in) {
			sets = append(sets, s)
		}
	}
	if home != nil && len(sets) == 1 {
		sets = append(sets, sets[0]) // what comes in elsewhere is compared with it
	}
	all, err = whole.IPSet()
	return sets, all, err
}

// arrives reports that some packets of a part are translated to the end.
func arrives(p engine.Part, end netip.AddrPort) bool {
	return slices.ContainsFunc(p.Sent, func(s engine.Sent) bool {
		if end.Port() < s.Port.Lo || s.Port.Hi < end.Port() {
			return false
		}
		if s.Addr.IsValid() {
			return s.Addr.Contains(end.Addr())
		}
		return s.To.Own || p.Other.Contains(end.Addr())
	})
}

// strays reports that some packets of a part go a way that is not known.
func strays(p engine.Part) bool {
	return slices.ContainsFunc(p.Hits, func(h engine.Hit) bool {
		return h.Effect == engine.Left && !h.Policy && h.Gate != nil && h.Gate.Diverts
	})
}

// entry names where a sender connects to.
func entry(p engine.Part, anyDoor bool) string {
	addr := p.Other.From().String()
	if p.Other.From() != p.Other.To() {
		addr = ofFamily(p.Other, p.Set).String()
		if anyDoor {
			addr = "any address of the firewall"
		}
	}
	port := strconv.Itoa(int(p.DPort.Lo))
	if p.DPort.Hi != p.DPort.Lo {
		port += "-" + strconv.Itoa(int(p.DPort.Hi))
	}
	return addr + " port " + port
}

// realIfaces keeps the parts that come in by an interface that faces the
// internet, where the file shows which that is and it makes a difference.
func (c *checker) realIfaces(parts []engine.Part, end netip.AddrPort) func(combo) bool {
	pairs := make([]combo, len(parts))
	differ := false
	for i, p := range parts {
		pairs[i] = combo{p.In, p.Out}
		differ = differ || pairs[i] != pairs[0]
	}
	if !differ {
		return func(combo) bool { return true }
	}
	return c.scene.sides(end.Addr(), netip.Addr{}, end.Port()).filter(pairs, true)
}

// leaks splits one part by who the sources are and describes each.
func (c *checker) leaks(lock *Lockdown, p *leakPart) {
	p.builder.RemoveSet(c.known.allowed)
	p.builder.RemoveSet(c.known.never)
	rest, err := p.builder.IPSet()
	if err != nil || len(rest.Ranges()) == 0 {
		return
	}
	public := rest
	if in := meet(rest, c.known.private); in != nil {
		c.leak(lock, p, "internal", in)
		var b netipx.IPSetBuilder
		b.AddSet(rest)
		b.RemoveSet(c.known.private)
		if public, err = b.IPSet(); err != nil || len(public.Ranges()) == 0 {
			return
		}
	}
	if in := meet(public, setOf(c.set.Platform...)); in != nil && size(public).Cmp(size(in)) == 0 {
		c.leak(lock, p, "internal", in)
		return
	}
	if in := meet(public, c.known.retired); in != nil && size(public).Cmp(size(in)) == 0 {
		c.leak(lock, p, "retired", in)
		return
	}
	c.leak(lock, p, "internet", public)
}

func (c *checker) leak(lock *Lockdown, p *leakPart, category string, set *netipx.IPSet) {
	l := Leak{Verdict: Disproven, Category: category, To: list(p.to), By: decision(p.hit), Addresses: size(set).String()}
	l.Around = c.around(l.By.Line)
	if p.outcome == engine.Unknown {
		l.Verdict = CannotTell
		l.By.Why = "cannot be told from this file: it depends on " + p.why
		if p.why == "" {
			l.By.Why = "cannot be told from this file: it " + dependsOn(p.hit)
		}
	} else if p.hit != nil && p.hit.Policy {
		l.By.Why = "no rule refuses them, so " + c.endWord() + " lets them in"
	} else {
		l.By.Why = "the first rule that fits lets them in"
	}
	l.By.Why += p.onlyFrom()
	l.CIDRs, l.More = blocks(set)
	l.Sources = c.sources(l, set)
	l.Whole = l.Category == "internet" && c.share(set) > shareMost
	l.Witness = c.scene.shown(c.witness(p, set), "opens")
	l.Hint = c.leakHint(set)
	l.Fix = c.fix.leak(c, p, set)
	if p.why == noFilter {
		l.Fix = Fix{Text: exportAll}
	}
	var to netip.AddrPort
	if c.set.Format == "srx" { // its command alone asks for it, and to find it takes time
		to = netip.AddrPortFrom(landing(c, p))
	}
	l.Confirm = c.fix.confirm(p.hit, l.Witness, to, c.report.File)
	lock.Leaks = append(lock.Leaks, l)
}

// example is a source to show for a leak: of the largest block, and of one's
// own network where there are such.
func example(set *netipx.IPSet) netip.Addr {
	if lan := meet(set, setOf(lanNets...)); lan != nil {
		return largest(lan).From()
	}
	return largest(set).From()
}

// leakHint recognises a provider's range mistyped.
func (c *checker) leakHint(set *netipx.IPSet) string {
	prefixes := set.Prefixes()
	if len(prefixes) > 16 {
		return ""
	}
	for _, p := range prefixes {
		for _, r := range c.opt.Ranges {
			if r.Kind != Retired && near(p, r.CIDR) {
				return fmt.Sprintf("%s looks like a mistyped %s", p, r.CIDR)
			}
		}
	}
	return ""
}

// sortLeaks puts the internet before retired ranges and internal sources, then
// the largest first.
func sortLeaks(leaks []Leak) {
	rank := map[string]int{"internet": 0, "retired": 1, "internal": 2}
	slices.SortStableFunc(leaks, func(a, b Leak) int {
		if x := cmp.Compare(rank[a.Category], rank[b.Category]); x != 0 {
			return x
		}
		if x := cmp.Compare(order(a.Verdict), order(b.Verdict)); x != 0 {
			return x
		}
		if x := cmp.Compare(len(b.Addresses), len(a.Addresses)); x != 0 {
			return x
		}
		return cmp.Compare(b.Addresses, a.Addresses)
	})
}
