package ufw

import (
	"fmt"
	"net/netip"
	"strings"

	"mxodus/steps/check/firewall/source"
)

// side is one end of a rule: an address ("" for any), ports as written and the
// name of an application profile.
type side struct {
	addr  string
	ports string
	app   string
}

// rule is one rule of ufw, for one family.
type rule struct {
	line    int
	text    string
	v6      bool
	both    bool // it was given for both families
	every   bool // it names everybody of one family: 0.0.0.0/0 or ::/0
	route   bool
	out     bool
	action  string // allow, deny, reject, limit
	log     string
	proto   string // tcp, udp, esp, ...; "" for any
	in, via string // interfaces: coming in, going out
	src     side
	dst     side
	maybe   string
	comment string
	service string // named in the place of a port
}

// same reports rules that ufw takes for one, whatever they do
// (common.py, UFWRule.match).
func (r *rule) same(o *rule) bool {
	return r.v6 == o.v6 && r.route == o.route && r.out == o.out && r.proto == o.proto && r.in == o.in && r.via == o.via && r.src == o.src && r.dst == o.dst
}

// address brings an address into the form in which ufw compares them; "" for
// any. False when it is none.
func address(s string) (norm string, v6, ok bool) {
	switch strings.ToLower(s) {
	case "any", "anywhere", "0.0.0.0/0", "::/0":
		return "", s == "::/0", true
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		p = p.Masked()
		if p.IsSingleIP() {
			return p.Addr().String(), p.Addr().Is6(), true
		}
		return p.String(), p.Addr().Is6(), true
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return a.String(), a.Is6(), true
	}
	if addr, mask, cut := strings.Cut(s, "/"); cut {
		if r, ok := source.Masked(addr, mask); ok {
			if p, ok := r.Prefix(); ok {
				return p.String(), false, true
			}
		}
	}
	return "", false, false
}

// ports brings ports into numbers: 25, 80,443, 8000:8100. False when some name
// is not known.
func ports(s string) (string, bool) {
	if s == "" || strings.EqualFold(s, "any") {
		return "", true
	}
	var out []string
	for _, part := range strings.Split(s, ",") {
		lo, hi, span := strings.Cut(part, ":")
		a, ok1 := source.Port(lo)
		b, ok2 := a, true
		if span {
			b, ok2 = source.Port(hi)
		}
		if !ok1 || !ok2 || a > b {
			return "", false
		}
		if span {
			out = append(out, fmt.Sprintf("%d:%d", a, b))
		} else {
			out = append(out, fmt.Sprint(a))
		}
	}
	return strings.Join(out, ","), true
}

// chain is where the rules of a kind stand.
func (r *rule) chain() string {
	name := "ufw-user-input"
	switch {
	case r.route:
		name = "ufw-user-forward"
	case r.out:
		name = "ufw-user-output"
	}
	if r.v6 {
		return strings.Replace(name, "ufw-", "ufw6-", 1)
	}
	return name
}

// match is what a rule asks of packets, as ufw writes it for iptables
// (backend_iptables.py).
func (r *rule) match(proto string) string {
	var w []string
	if r.in != "" {
		w = append(w, "-i", r.in)
	}
	if r.via != "" {
		w = append(w, "-o", r.via)
	}
	if proto != "" {
		w = append(w, "-p", proto)
	}
	port := func(many, one, list string) {
		if strings.ContainsAny(list, ",:") {
			w = append(w, "-m multiport", many, list)
		} else if list != "" {
			w = append(w, one, list)
		}
	}
	if r.dst.addr != "" {
		w = append(w, "-d", r.dst.addr)
	}
	if r.src.addr != "" {
		w = append(w, "-s", r.src.addr)
	}
	port("--dports", "--dport", r.dst.ports)
	port("--sports", "--sport", r.src.ports)
	return strings.Join(w, " ")
}

// lines are the rules of iptables that a rule becomes.
func (r *rule) lines() []string {
	protos := []string{r.proto}
	if r.proto == "" && (r.dst.ports != "" || r.src.ports != "") {
		protos = []string{"tcp", "udp"}
	}
	var out []string
	for _, p := range protos {
		m := r.match(p)
		switch r.action {
		case "allow":
			out = append(out, m+" -j ACCEPT")
		case "limit":
			out = append(out, m+" -m conntrack --ctstate NEW -m recent --update --seconds 30 --hitcount 6 -j REJECT", m+" -j ACCEPT")
		default:
			out = append(out, m+" -j DROP")
		}
	}
	return out
}
