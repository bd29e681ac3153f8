package pf

import (
	"fmt"
	"net/netip"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// Marks around the lines that are written, by which they are taken away again.
const (
	begin = "# mxodus begin"
	end   = "# mxodus end"
)

// write writes rules for the head of the filter rules: quick, so that they
// decide before all others, and for both passes of a packet passing through.
func write(job format.Job) (format.Script, error) {
	if err := narrow(job); err != nil {
		return format.Script{}, err
	}
	var b strings.Builder
	fmt.Fprintln(&b, begin)
	modern := job.Set == nil || usesRdrTo(job.Set)
	for _, f := range job.Flows {
		fmt.Fprintf(&b, "# %s\n", f.Label)
		for _, fam := range []ir.Family{ir.V4, ir.V6} {
			for _, l := range lines(f, fam, job, modern) {
				fmt.Fprintln(&b, l)
			}
		}
	}
	fmt.Fprintln(&b, end)
	s := format.Script{
		Text:  b.String(),
		Undo:  fmt.Sprintf("sed -i.bak '/^%s/,/^%s/d' /etc/pf.conf && pfctl -nf /etc/pf.conf && pfctl -f /etc/pf.conf\n", begin, end),
		Notes: append(place(job), "Then load the file: pfctl -nf /etc/pf.conf && pfctl -f /etc/pf.conf"),
	}
	if len(job.Translate) > 0 && job.Set == nil {
		s.Notes = append(s.Notes, "The lines name the inner address and translate with rdr-to where senders connect to a public one. On FreeBSD with rdr lines leave out the lines with rdr-to.")
	}
	return s, nil
}

// usesRdrTo reports rules that translate within the filter (OpenBSD).
func usesRdrTo(set *ir.Ruleset) bool {
	for _, s := range set.Statements {
		if strings.Contains(s.Text, "rdr-to") {
			return true
		}
	}
	return false
}

// lines are the rules of a flow in one family.
func lines(f format.Flow, fam ir.Family, job format.Job, modern bool) []string {
	from, to, ok := f.Of(fam)
	if !ok {
		return nil
	}
	src, dst := hostList(from), hostList(to)
	af := "inet"
	if fam == ir.V6 {
		af = "inet6"
	}
	if f.Deny {
		return append(publics(f, fam, src, job, modern, "block return in quick %s proto %s from %s to %s port %d%s"),
			fmt.Sprintf("block return quick %s proto %s from %s to %s port %d", af, f.Proto, src, dst, f.Port))
	}
	pass := fmt.Sprintf("pass quick %s proto %s from %s to %s port %d flags S/SA keep state", af, f.Proto, src, dst, f.Port)
	in := publics(f, fam, src, job, modern, "pass in quick %s proto %s from %s to %s port %d flags S/SA keep state%s")
	if job.Set != nil && !hides(job.Set) {
		return append(in, pass)
	}
	for i := range in {
		in[i] += " tag " + letOut
	}
	return append(in, pass+" tag "+letOut, fmt.Sprintf("pass out quick %s proto %s from any to %s port %d flags S/SA keep state tagged %s", af, f.Proto, dst, f.Port, letOut))
}

// publics are rules for the public addresses that are translated to a flow's
// destinations, where rules translate by rdr-to: they see those.
func publics(f format.Flow, fam ir.Family, src string, job format.Job, modern bool, form string) []string {
	if !modern || !f.In {
		return nil
	}
	var out []string
	for _, t := range job.Translate {
		if t.Public.Is4() != (fam == ir.V4) || t.Port != f.Port || t.Public == t.Inside && t.PublicPort == t.Port || !holds(f.Dst, t.Inside) {
			continue
		}
		to := ""
		if !f.Deny {
			to = fmt.Sprintf(" rdr-to %s port %d", t.Inside, t.Port)
		}
		af := "inet"
		if fam == ir.V6 {
			af = "inet6"
		}
		out = append(out, fmt.Sprintf(form, af, f.Proto, src, t.Public, t.PublicPort, to))
	}
	return out
}

func holds(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return len(list) == 0
}

// hostList is addresses as pf writes them.
func hostList(list []netip.Prefix) string {
	var out []string
	for _, p := range list {
		out = append(out, format.Short(p))
	}
	switch len(out) {
	case 0:
		return "any"
	case 1:
		return out[0]
	}
	return "{ " + strings.Join(out, " ") + " }"
}
