package windows

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// write writes PowerShell commands. As block beats allow, everybody else is
// kept out by a block rule whose addresses leave out those that are let in: it
// holds whatever other rules allow, and never shuts out the ranges allowed.
func write(job format.Job) (format.Script, error) {
	if len(job.Flows) == 0 {
		return format.Script{}, format.ErrNothing
	}
	var text, undo []string
	lock := false
	for i, f := range job.Flows {
		remote := f.Src
		if !f.In {
			remote = f.Dst
		}
		addresses := list(remote)
		if f.Deny {
			rest, err := others(f, job.Flows[:i])
			if err != nil {
				return format.Script{}, err
			}
			addresses, lock = rest, true
		}
		if f.Deny && len(addresses) == 0 {
			continue
		}
		text = append(text, command1(f, addresses))
		undo = append(undo, "Remove-NetFirewallRule -DisplayName "+quote(f.Label))
	}
	slices.Sort(undo)
	undo = slices.Compact(undo)
	s := format.Script{Text: strings.Join(text, "\n") + "\n", Undo: strings.Join(undo, "\n") + "\n"}
	s.Notes = append(s.Notes,
		"Enter the commands in PowerShell as administrator on the mail server. Where group policy sets the rules (AllowLocalFirewallRules False), put the same rules into the policy.")
	if b := blocks(job); b != "" {
		s.Text = "# " + b + "\n" + s.Text
		s.Notes = append(s.Notes, b)
	}
	if n := job.NotOwn(); n != "" {
		s.Notes = append(s.Notes, n)
	}
	if lock {
		s.Notes = append(s.Notes,
			"A block rule beats every allow rule, so the one for lock-down names all addresses but the allowed ones. When a range is added later, write the rules again: the old block rule would shut it out.")
	}
	return s, nil
}

// blocks says that a block rule decides now, which no allow rule beats.
func blocks(job format.Job) string {
	if job.Set == nil || job.Above.Line == 0 {
		return ""
	}
	for _, p := range job.Set.Programs {
		for _, c := range p.Chains {
			for _, r := range c.Rules {
				if r.At == job.Above && r.Action == ir.Deny {
					return fmt.Sprintf("The block rule in line %d beats every allow rule: take the ranges out of its remote addresses, or disable it.", r.At.Line)
				}
			}
		}
	}
	return ""
}

// command1 is one rule.
func command1(f format.Flow, remote []string) string {
	w := []string{"New-NetFirewallRule", "-DisplayName", quote(f.Label), "-Group", quote("mxodus")}
	port, local := "-LocalPort", f.Dst
	if f.In {
		w = append(w, "-Direction", "Inbound")
	} else {
		w = append(w, "-Direction", "Outbound")
		port, local = "-RemotePort", f.Src
	}
	action := "Allow"
	if f.Deny {
		action = "Block"
	}
	w = append(w, "-Action", action, "-Profile", "Any", "-Protocol", strings.ToUpper(f.Proto), port, fmt.Sprint(f.Port))
	if len(remote) > 0 {
		w = append(w, "-RemoteAddress", strings.Join(quoteAll(remote), ","))
	}
	if len(local) > 0 {
		w = append(w, "-LocalAddress", strings.Join(quoteAll(list(local)), ","))
	}
	return strings.Join(w, " ")
}

func list(in []netip.Prefix) []string {
	var out []string
	for _, p := range in {
		out = append(out, format.Short(p.Masked()))
	}
	return out
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoteAll(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = quote(s)
	}
	return out
}

// everyone is every address that a packet from another computer can have as
// its source (RFC 1122 section 3.2.1.3): not this network, the computer
// itself, multicast or reserved.
func everyone(f ir.Family) []string {
	v4 := []string{"1.0.0.0-126.255.255.255", "128.0.0.0-223.255.255.255"}
	v6 := []string{"::2-feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}
	switch f {
	case ir.V4:
		return v4
	case ir.V6:
		return v6
	}
	return append(v4, v6...)
}

// others are the addresses of a refusal without those that earlier flows let
// in on the same port. Without any of those the rule would shut out everybody,
// the provider too, so it is not written.
func others(f format.Flow, before []format.Flow) ([]string, error) {
	remote := func(x format.Flow) []netip.Prefix {
		if x.In {
			return x.Src
		}
		return x.Dst
	}
	var set netipx.IPSetBuilder
	for _, p := range remote(f) {
		set.AddPrefix(p)
	}
	if len(remote(f)) == 0 {
		for _, r := range everyone(f.Family) {
			set.AddRange(netipx.MustParseIPRange(r))
		}
	}
	let := f.Family == ir.V6 // over IPv4 the provider still comes in
	for _, x := range before {
		if x.Deny || x.In != f.In || x.Proto != f.Proto || x.Port != f.Port {
			continue
		}
		for _, p := range remote(x) {
			if f.Family == ir.Any || p.Addr().Is4() == (f.Family == ir.V4) {
				let = true
			}
			set.RemovePrefix(p)
		}
	}
	if !let && len(remote(f)) == 0 {
		return nil, fmt.Errorf("a block rule for port %d would shut out everybody, as block beats allow in Windows Firewall; give the ranges that are to be let in", f.Port)
	}
	s, err := set.IPSet()
	if err != nil {
		return nil, fmt.Errorf("addresses of %s: %w", f.Label, err)
	}
	var out []string
	for _, r := range s.Ranges() {
		if r.From() == r.To() {
			out = append(out, r.From().String())
		} else {
			out = append(out, r.String())
		}
	}
	return out, nil
}
