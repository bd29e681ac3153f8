package firewall

import (
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// fixer words the smallest change, in the syntax of the file's format.
type fixer struct {
	set    *ir.Ruleset
	named  map[*ir.Rule]netip.Prefix    // rules to be corrected, and the range that each is to name
	counts map[*ir.Chain]map[string]int // rules as written
}

// fixCase is a gap to be closed.
type fixCase struct {
	need   check.PortNeed
	server netip.AddrPort
	leg    leg
	hole   *hole
	set    *netipx.IPSet
	rng    Range
	scene  *scene
}

// undecidedFix is what to do about a rule that cannot be decided.
const undecidedFix = "Give what this line depends on and check again, or add a rule above it that does not depend on that."

func (f fixer) gap(x fixCase) Fix {
	if x.hole.outcome == engine.Unknown {
		return Fix{Text: undecidedFix}
	}
	meant := ""
	if m := nearMiss(x.scene, x); m != nil {
		if fix, ok := f.correct(x, m); ok && f.free(m.rule, x.rng.CIDR) {
			return fix
		}
		meant = f.inObject(m, x.rng.CIDR)
	}
	fix := f.add(x)
	if meant != "" && fix.Text != "" {
		fix.Text = meant + strings.ToLower(fix.Text[:1]) + fix.Text[1:]
	}
	return fix
}

// add is a rule for what is missing.
func (f fixer) add(x fixCase) Fix {
	switch f.set.Format {
	case source.Table:
		return f.row(x)
	case source.IPTables:
		return f.iptables(x)
	}
	return f.write(x)
}

// inObject says where a group or an object, which a rule stands for, nearly
// names a range; empty where that is no one line.
func (f fixer) inObject(m *miss, to netip.Prefix) string {
	found := ir.Statement{}
	names := networkWords(m.prefix)
	for _, s := range f.set.Statements {
		if s.Line == m.rule.At.Line || !strings.Contains(s.Text, m.prefix.Addr().String()) || !names.MatchString(s.Text) {
			continue
		}
		if found.Line > 0 {
			return ""
		}
		found = s
	}
	if found.Line == 0 {
		return ""
	}
	return fmt.Sprintf("Line %d names %s, nearly %s: if that is a slip, correct it there and leave the rest as it is. Otherwise ", found.Line, m.prefix, to)
}

// networkWords finds a network as vendors write it: with its length, its mask,
// its wildcard mask, or as one address.
func networkWords(p netip.Prefix) *regexp.Regexp {
	forms := []string{regexp.QuoteMeta("/" + strconv.Itoa(p.Bits()))}
	if p.Addr().Is4() {
		mask := net.IP(net.CIDRMask(p.Bits(), 32))
		wild := net.IPv4(^mask[0], ^mask[1], ^mask[2], ^mask[3])
		for _, m := range []net.IP{mask, wild} {
			forms = append(forms, `[ /]`+regexp.QuoteMeta(m.String()))
		}
	}
	end := `(` + strings.Join(forms, "|") + `)`
	if p.IsSingleIP() {
		end += "?"
	}
	return regexp.MustCompile(`(^|[^0-9.])` + regexp.QuoteMeta(p.Addr().String()) + end + `($|[^0-9./])`)
}

// free reports that a rule may be corrected to name a range: no other is to
// stand in its place.
func (f fixer) free(r *ir.Rule, to netip.Prefix) bool {
	if p, ok := f.named[r]; ok {
		return p == to
	}
	f.named[r] = to
	return true
}

// correct words the correction of a rule that nearly names a range. Of a table
// the row is given anew; of iptables the commands that take the wrong rule away
// and put the right one at the head of its chain.
func (f fixer) correct(x fixCase, m *miss) (Fix, bool) {
	line, ok := replaceNet(m.rule.At.Text, m.prefix, x.rng.CIDR)
	if !ok || source.Redact(m.rule.At.Text) != m.rule.At.Text {
		return Fix{}, false
	}
	fix := Fix{Text: fmt.Sprintf("On line %d, change %s to %s.", m.rule.At.Line, m.prefix, x.rng.CIDR), Copy: line, Corrects: true}
	switch f.set.Format {
	case source.Table:
		return fix, true
	case source.IPTables:
	default:
		fix.Copy = ""
		return fix, true
	}
	was, ok := asWritten(m.rule.At.Text)
	now, also := asWritten(line)
	if !ok || !also {
		return Fix{}, false
	}
	cmd := commandFor(x.rng.CIDR.Addr(), m.chain.Group)
	lines := slices.Repeat([]string{cmd + " -D " + m.chain.Name + was}, max(1, f.copies(m.chain)[was]))
	fix.Copy = strings.Join(append(lines, cmd+" -I "+m.chain.Name+now), "\n")
	return fix, true
}

// row is a row to be added to a table.
func (f fixer) row(x fixCase) Fix {
	dir, from, to := "in", x.rng.CIDR.String(), x.server.Addr().String()
	if !x.leg.in {
		dir, from, to = "out", to, from
	}
	line, where := 0, "at the end of the table"
	if h := x.hole.hit; h != nil && h.Rule.At.Line > 0 {
		line, where = h.Rule.At.Line, fmt.Sprintf("above line %d", h.Rule.At.Line)
	}
	row := f.set.Compose(line, ir.Row{
		Action: "allow", Direction: dir, Protocol: x.need.Proto, Source: from, Destination: to, Port: strconv.Itoa(int(x.need.Port)),
	})
	return Fix{Text: fmt.Sprintf("Add a rule %s that lets %s through, in the firewall first and then in the table.", where, x.rng.CIDR), Copy: row}
}

// iptables is a command that puts a rule before the one that decides.
func (f fixer) iptables(x fixCase) Fix {
	h := x.hole.hit
	if h == nil {
		return Fix{}
	}
	cmd := commandFor(x.rng.CIDR.Addr(), h.Chain.Group) + f.inChain(h)
	switch {
	case x.hole.step != "opens" && x.hole.query.State == ir.Established:
		return Fix{
			Text: "Let the packets of connections that are already accepted pass.",
			Copy: cmd + " -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		}
	case x.hole.step != "opens":
		q := x.hole.query
		return Fix{
			Text: "These connections are kept out of connection tracking (NOTRACK), so their packets need a rule of their own this way too.",
			Copy: cmd + fmt.Sprintf(" -s %s -d %s -p %s --sport %d -j ACCEPT", one(q.Src, x), one(q.Dst, x), x.need.Proto, q.SPorts[0].Lo),
		}
	}
	local := netip.PrefixFrom(x.server.Addr(), x.server.Addr().BitLen())
	port := x.server.Port()
	if h.Gate != nil && strings.HasSuffix(h.Gate.Stage, "PREROUTING") {
		local, port = netip.PrefixFrom(x.leg.local, x.leg.local.BitLen()), x.need.Port
	}
	from, to := x.rng.CIDR, local
	if !x.leg.in {
		from, to = to, from
	}
	spec := fmt.Sprintf(" -s %s -d %s -p %s -m %s --dport %d -j ACCEPT", from, to, x.need.Proto, x.need.Proto, port)
	where := fmt.Sprintf("above line %d, at the head of chain %s,", h.Rule.At.Line, h.Chain.Name)
	if h.Policy {
		where = "at the end of chain " + h.Chain.Name
	} else if at := f.line(h.Chain, spec); at > 0 {
		return Fix{
			Text: fmt.Sprintf("Line %d lets %s through but stands below line %d, which decides first: move it to the head of chain %s, then save the rules.",
				at, x.rng.CIDR, h.Rule.At.Line, h.Chain.Name),
			Copy: commandFor(x.rng.CIDR.Addr(), h.Chain.Group) + " -D " + h.Chain.Name + spec + "\n" + cmd + spec,
		}
	}
	return Fix{
		Text: fmt.Sprintf("Add a rule %s that lets %s through, then save the rules.", where, x.rng.CIDR),
		Copy: cmd + spec,
	}
}

// line is where a rule stands in a chain as it would be added; 0 if nowhere.
func (f fixer) line(c *ir.Chain, spec string) int {
	if f.copies(c)[spec] == 0 {
		return 0
	}
	for i := range c.Rules {
		if s, ok := asWritten(c.Rules[i].At.Text); ok && s == spec {
			return c.Rules[i].At.Line
		}
	}
	return 0
}

// one is the side of a later packet as a network: the range, or the server.
func one(side []netipx.IPRange, x fixCase) string {
	if len(side) == 1 && side[0].From() == side[0].To() && !x.rng.CIDR.Contains(side[0].From()) {
		return netip.PrefixFrom(side[0].From(), side[0].From().BitLen()).String()
	}
	return x.rng.CIDR.String()
}

func commandFor(a netip.Addr, table string) string {
	cmd := "iptables"
	if a.Is6() {
		cmd = "ip6tables"
	}
	if table != "" && table != "filter" {
		cmd += " -t " + table
	}
	return cmd
}

// inChain is the insertion before the rule that decides, or the appending where
// the end of a chain does. It goes to the head of the chain rather than to a
// number, so that the fixes of a report may be put in place in any order.
func (f fixer) inChain(h *engine.Hit) string {
	name := h.Chain.Name
	if strings.HasPrefix(name, dockerChain) && f.hasChain(dockerUser) {
		return " -I " + dockerUser // Docker writes its own chains anew; this one is left to the user, and comes before them
	}
	if h.Policy {
		return " -A " + name
	}
	return " -I " + name
}

const dockerChain, dockerUser = "DOCKER", "DOCKER-USER"

func (f fixer) hasChain(name string) bool {
	return slices.ContainsFunc(f.set.Programs, func(p *ir.Program) bool {
		return slices.ContainsFunc(p.Chains, func(c ir.Chain) bool { return c.Name == name })
	})
}

// confirm is a command by which the user sees for themselves. A packet to a
// public address ends at to, where that is known.
func (f fixer) confirm(h *engine.Hit, w Packet, to netip.AddrPort, file string) string {
	if f.set.Format == source.IPTables && h != nil && w.Src != "" {
		a, err := netip.ParseAddr(w.Src)
		if err == nil {
			return commandFor(a, h.Chain.Group) + fmt.Sprintf(" -nvL %s --line-numbers", h.Chain.Name)
		}
	}
	if cmd := f.vendorTest(h, w, to); cmd != "" {
		return cmd
	}
	if file == "" {
		file = "FILE"
	}
	b, err := json.Marshal(struct {
		Dir   string `json:"dir"`
		InIf  string `json:"in_if,omitempty"`
		OutIf string `json:"out_if,omitempty"`
		Src   string `json:"src"`
		Dst   string `json:"dst"`
		Proto string `json:"proto"`
		SPort uint16 `json:"sport"`
		DPort uint16 `json:"dport"`
	}{w.Dir, w.InIf, w.OutIf, w.Src, w.Dst, w.Proto, w.SPort, w.DPort})
	if err != nil {
		return ""
	}
	return fmt.Sprintf("echo '%s' | mxodus firewall eval %s", b, shellQuote(file))
}

func shellQuote(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
