package firewall

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// RulesOptions say which rules are to be written.
type RulesOptions struct {
	Format    string       // id of a format that is written
	Ranges    []Range      // of the provider; those that need not be open are left out unless KeepOther
	Servers   []netip.Addr // of the mail servers, as the firewall sees them behind it
	Senders   []netip.Addr // further addresses that mail leaves from
	Directory []netip.Addr // of the directory server, for ports of the directory; none: those are left out
	Needs     []check.PortNeed
	Lockdown  bool // also keep everybody else from port 25 of the servers
	// Exceptions are sources that may reach port 25 all the same.
	Exceptions []netip.Prefix
	KeepOther  bool // the region left stays open as well
	Host       bool // the rules are of the mail server itself
	// Outside and Inside name interfaces or zones; "" for the format's usual names.
	Outside, Inside string
	// Translate lists the public addresses of servers, where the firewall
	// translates them.
	Translate []format.Translation
	Noted     bool     // the notes stand before the rules as comments, too
	Remarks   []string // further sentences for the notes
}

// ErrNoFlow says that no rule is needed for what was asked.
var ErrNoFlow = errors.New("there is no range of the region in the address family of the mail server; ask Mimecast for the ranges")

// Rules writes the rules of a move in a vendor's own syntax: the ranges on
// every port needed, and after that, for lock-down, nobody else on port 25. Its first comment says that it is a
// suggestion. The error is a sentence about the options.
func Rules(opt RulesOptions) (format.Script, error) {
	f, ok := FormatByID(opt.Format)
	switch {
	case !ok:
		return format.Script{}, fmt.Errorf("no format %q; those that can be written are %s", opt.Format, strings.Join(WrittenFormats(), ", "))
	case f.Write == nil:
		return format.Script{}, fmt.Errorf("rules of %s are read, not written; those that can be written are %s", f.Label, strings.Join(WrittenFormats(), ", "))
	case len(opt.Servers) == 0:
		return format.Script{}, errors.New("no address of the mail server given; the rules need to know where mail is to arrive, for example 203.0.113.25")
	}
	if err := CheckExceptions(opt.Exceptions); opt.Lockdown && err != nil {
		return format.Script{}, err
	}
	if opt.Lockdown && !slices.ContainsFunc(opt.Needs, isMailIn) {
		opt.Needs = append(slices.Clone(opt.Needs), DefaultNeeds()[0]) // who is to get in is let in first
	}
	flows := opt.flows()
	if len(flows) == 0 {
		return format.Script{}, ErrNoFlow
	}
	s, err := f.Write(format.Job{Flows: flows, Host: opt.Host, Translate: opt.Translate, Outside: opt.Outside, Inside: opt.Inside})
	if err == nil {
		s.Notes = slices.Concat(s.Notes, opt.everywhere(s.Text), opt.ownAddress(f, s), opt.Remarks)
		head := []string{SuggestionMark + "."}
		if opt.Noted {
			head = append(head, s.Notes...)
		}
		s.Text = Commented(f.ID, s.Text, head...)
	}
	return s, err
}

// everywhere says that refusals hold for all interfaces, where one was named that
// the rules do not: formats that order rules by interface name it.
func (opt RulesOptions) everywhere(text string) []string {
	if !opt.Lockdown || opt.Host || opt.Outside == "" || slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n\"'<>=:,;()", r) }), opt.Outside) {
		return nil
	}
	return []string{fmt.Sprintf("What is refused is refused on every interface, not on %s alone: devices of your own that send mail to the server through this firewall lose port 25 as well. "+
		"Where there are such, name their networks as exceptions and write the rules again.", opt.Outside)}
}

// WrittenFormats lists the ids of the formats that rules can be written in.
func WrittenFormats() []string {
	var out []string
	for _, f := range AllFormats() {
		if f.Write != nil {
			out = append(out, f.ID)
		}
	}
	return out
}

func isMailIn(n check.PortNeed) bool { return n.In && n.Proto == "tcp" && n.Port == smtp }

func (opt RulesOptions) flows() []format.Flow {
	var out []format.Flow
	for _, v4 := range []bool{true, false} {
		wanted, old := opt.blocks(v4)
		for _, n := range opt.Needs {
			local := hostsOf(opt.hosts(n), v4)
			out = append(out, flow(n, local, wanted, v4, "mxodus "+n.Label))
			if opt.KeepOther {
				out = append(out, flow(n, local, old, v4, "mxodus old region "+n.Label))
			}
		}
		if local := hostsOf(opt.Servers, v4); opt.Lockdown && len(local) > 0 {
			out = append(out, opt.shut(local, v4)...)
		} else if opt.Lockdown && opt.Host && !v4 {
			out = append(out, ShutV6)
		}
	}
	return once(slices.DeleteFunc(out, func(f format.Flow) bool { return !f.Deny && (len(f.Src) == 0 || len(f.Dst) == 0) }))
}

// once joins flows that are the same connections for several purposes, as mail
// and journal copies are: one rule that names them all.
func once(flows []format.Flow) []format.Flow {
	var out []format.Flow
	for _, f := range flows {
		i := slices.IndexFunc(out, func(o format.Flow) bool {
			o.Label = f.Label
			return reflect.DeepEqual(o, f)
		})
		if i < 0 {
			out = append(out, f)
			continue
		}
		out[i].Label = asciiLabel(out[i].Label + " and " + strings.TrimPrefix(f.Label, "mxodus "))
	}
	return out
}

// hosts are the customer's ends of a need, each once. A further sender may be a
// second address of the mail server, so the server's own rules name it too.
func (opt RulesOptions) hosts(n check.PortNeed) []netip.Addr {
	if isDirectory(n) {
		return opt.Directory
	}
	out := slices.Clone(opt.Servers)
	for _, a := range opt.Senders {
		if sends(n) && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// blocks are the ranges of one family: those that must be open and, of the
// region left, those that may stay so.
func (opt RulesOptions) blocks(v4 bool) (wanted, old []netip.Prefix) {
	for _, r := range opt.Ranges {
		switch {
		case r.CIDR.Addr().Is4() != v4:
		case r.Kind.Required():
			wanted = append(wanted, r.CIDR)
		case r.Kind == Other:
			old = append(old, r.CIDR)
		}
	}
	return wanted, slices.DeleteFunc(old, func(p netip.Prefix) bool { return slices.Contains(wanted, p) })
}

// shut keeps everybody but exceptions from port 25.
func (opt RulesOptions) shut(local []netip.Prefix, v4 bool) []format.Flow {
	family := ir.V6
	if v4 {
		family = ir.V4
	}
	var may []netip.Prefix
	for _, p := range opt.Exceptions {
		if p.Addr().Is4() == v4 {
			may = append(may, p)
		}
	}
	base := format.Flow{In: true, Proto: "tcp", Port: smtp, Dst: local, Family: family}
	allow, deny := base, base
	allow.Src, allow.Label = may, "mxodus exceptions"
	deny.Deny, deny.Label = true, "mxodus lock-down"
	return []format.Flow{allow, deny}
}

// ownAddress says that rules of a host for its public address never fit where
// another device translates it.
func (opt RulesOptions) ownAddress(f format.Format, s format.Script) []string {
	i := slices.IndexFunc(opt.Servers, func(a netip.Addr) bool {
		return !isPrivate(a) && strings.Contains(s.Text, a.String())
	})
	if i < 0 || !f.Host && !opt.Host || slices.ContainsFunc(s.Notes, func(n string) bool { return strings.Contains(n, "private") }) {
		return nil
	}
	return []string{fmt.Sprintf("The rules name %s. If another device translates it, packets come to the host with the host's own address: give that one, and the rules fit.", opt.Servers[i])}
}

// ShutV6 refuses mail over IPv6 on the mail server's own host where no IPv6
// address of it was given: a way around that is easily forgotten.
var ShutV6 = format.Flow{In: true, Deny: true, Proto: "tcp", Port: smtp, Family: ir.V6, Label: "mxodus lock-down over IPv6"}

func flow(n check.PortNeed, local, remote []netip.Prefix, v4 bool, label string) format.Flow {
	f := format.Flow{In: n.In, Proto: n.Proto, Port: n.Port, Src: remote, Dst: local, Family: ir.V6, Label: asciiLabel(label)}
	if v4 {
		f.Family = ir.V4
	}
	if !n.In {
		f.Src, f.Dst = f.Dst, f.Src
	}
	return f
}

// asciiLabel keeps of a label what every format takes.
func asciiLabel(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == ' ', r == '-':
			return r
		}
		return ' '
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	return s[:min(len(s), 60)]
}

func hostsOf(addrs []netip.Addr, v4 bool) []netip.Prefix {
	var out []netip.Prefix
	for _, a := range addrs {
		if a.Is4() == v4 {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}
