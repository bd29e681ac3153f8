package asa

import (
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// smtp is the port that mail is sent on to a host by.
const smtp = 25

// noteSends tells of hosts that mail from outside is sent on to, and that no
// line gives a public address when they send themselves.
func (r *reader) noteSends() {
	if len(r.olds)+len(r.dynamic) > 0 || slices.ContainsFunc(r.nats, func(n *nat) bool { return n.src == "?" }) {
		return
	}
	told, asked := map[netip.Addr]bool{}, 0
	for _, n := range r.nats {
		if len(told) == sends.MaxHosts || asked == sends.MaxAsked {
			return
		}
		if n.dynamic || n.dst != "" || !r.takesMail(n) {
			continue
		}
		asked++
		host, ok1 := single(r.word(n.src, n.real))
		public, ok2 := single(r.word(n.srcMapped, n.mapped))
		if !ok1 || !ok2 || told[host] || !sends.Hidden(host, public) || r.givesSource(host, n) {
			continue
		}
		told[host] = true
		r.Note("%s", sends.Note(n.at.Line, public.String(), host))
	}
}

// takesMail reports a translation of port 25 alone.
func (r *reader) takesMail(n *nat) bool {
	if n.svc1 != "" {
		p, ok := r.twiceService(n, true)
		return ok && p.ports() && p.from.Lo == smtp && p.from.Hi == smtp
	}
	p, _, ok := cisco.Port(n.mport)
	return n.proto == "tcp" && ok && p == smtp
}

// givesSource reports that some line translates what a host sends by the way
// that a translation leads, or may do so.
func (r *reader) givesSource(host netip.Addr, by *nat) bool {
	return slices.ContainsFunc(r.nats, func(n *nat) bool {
		if n.off || n.proto != "" || n.svc1 != "" || n.dst != "" || n.src == n.srcMapped || n.mapped != "" && by.mapped != "" && n.mapped != by.mapped ||
			n.real != "" && by.real != "" && n.real != by.real {
			return false
		}
		set := r.word(n.src, n.real)
		return len(set.Maybe) > 0 || objects.Minus(objects.Of(source.One(host)), set).Empty()
	})
}

// single is the one address of a set.
func single(a *objects.Addrs) (netip.Addr, bool) {
	if a.Any || a.Not || len(a.Maybe) > 0 || len(a.Ranges) != 1 || a.Ranges[0].From() != a.Ranges[0].To() {
		return netip.Addr{}, false
	}
	return a.Ranges[0].From(), true
}
