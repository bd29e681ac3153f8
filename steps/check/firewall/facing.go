package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/engine"
)

// perhapsOutside are packets that get in by an interface which was taken not to
// face the internet, though no rule shows that it does not: whether they are a
// leak depends on it.
func (c *checker) perhapsOutside(q engine.Query, end netip.AddrPort, parts []engine.Part, onlySent bool) []*leakPart {
	if c.opt.Interface != "" || len(c.scene.outerZones()) > 0 || len(c.scene.toldOutside()) > 0 {
		return nil
	}
	inside := c.scene.shownInside(end)
	byName := map[string]*leakPart{}
	var out []*leakPart
	for _, p := range parts {
		if p.Outcome == engine.Deny || p.In == engine.OtherIface || slices.Contains(inside, p.In) || insideName(p.In) || c.scene.toldInside(p.In) ||
			onlySent && !arrives(p, end) {
			continue
		}
		h := deciding(p)
		key := p.In
		if h != nil {
			key += fmt.Sprintf(" %p", h.Rule)
		}
		l := byName[key]
		if l == nil {
			w := wayOf(q, p)
			l = &leakPart{
				hit: h, outcome: engine.Unknown, query: w.query, point: p.Point, to: []string{entry(p, onlySent && len(q.Dst) == 0)},
				why: fmt.Sprintf("%s, and whether %s does (--interface)", outsideUnknown, shownIface(p.In)),
			}
			byName[key] = l
			out = append(out, l)
		}
		l.builder.AddSet(p.Set)
		l.ways = append(l.ways, wayOf(q, p))
	}
	return out
}

// shownInside lists the interfaces that rules show to lead to one's own
// network: private sources come in or private destinations go out by them, or
// the server is behind them.
func (s *scene) shownInside(end netip.AddrPort) []string {
	_, in := s.sidesShown()
	list := slices.Clone(s.sides(end.Addr(), netip.Addr{}, end.Port()).inside)
	for n := range in {
		list = append(list, ifaceName(n))
	}
	return list
}

// insideName reports names that systems give to networks within a host.
func insideName(n string) bool {
	return slices.ContainsFunc([]string{"lo", "docker", "br-", "veth", "virbr", "lxc", "lxd", "cni", "podman", "lan", "vmbr"}, func(p string) bool {
		return strings.HasPrefix(n, p)
	})
}
