package recipe

import (
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
)

// FirewallRules are the rules of the move in the syntax of the TPOC's own
// firewall; with lock they also keep everybody else from port 25. False when
// the firewall is not answered, its rules are not written, or something that
// they need is not known.
func FirewallRules(f steps.Facts, blocks []netip.Prefix, lock bool) (steps.Snippet, bool) {
	kind, ok := firewall.FormatByID(f.Answers.Value(steps.QFirewall))
	if !ok || kind.Write == nil || len(blocks) == 0 {
		return steps.Snippet{}, false
	}
	inside, public := serverSides(f)
	if len(inside) == 0 {
		return steps.Snippet{}, false
	}
	opt := opening(f, blocks, slices.Concat(inside, public))
	opt.Format, opt.Host, opt.Servers, opt.Translate = kind.ID, kind.Host, inside, translations(inside, public)
	if opt.Outside = f.Answers.Value("firewall.outside_interface"); lock {
		opt.Lockdown, opt.Exceptions = true, prefixes(f.Answers.List("lockdown.exceptions"))
	}
	s, err := firewall.Rules(opt)
	if err != nil {
		return steps.Snippet{}, false
	}
	label, file := "Rules for "+kind.Label, "mxodus-rules.txt"
	if lock {
		label, file = "Lock-down for "+kind.Label, "mxodus-lockdown.txt"
	}
	return snippet(label, file, langConf, strings.TrimRight(s.Text, "\n")), true
}

// RuleTable is the opening of the ranges as an ordered rule table, in the form
// that the firewall check reads, for every address of the mail servers. False
// when ranges or servers are not known.
func RuleTable(f steps.Facts, blocks []netip.Prefix) (steps.Snippet, bool) {
	inside, public := serverSides(f)
	opt := opening(f, blocks, slices.Concat(inside, public))
	opt.Format = "table"
	s, err := firewall.Rules(opt)
	if err != nil {
		return steps.Snippet{}, false
	}
	text := s.Text
	for _, n := range opt.Needs {
		if asksDirectory(n) && len(opt.Directory) == 0 {
			text += "# " + n.Label + ": add the rows for the address of the directory server\n"
		}
	}
	return snippet("The same as an ordered rule table", "rules.csv", langCSV, strings.TrimRight(text, "\n")), true
}

// opening is what is asked for when blocks are to be let through to servers,
// and out from them and from all else that sends.
func opening(f steps.Facts, blocks []netip.Prefix, servers []netip.Addr) firewall.RulesOptions {
	opt := firewall.RulesOptions{Servers: servers, Senders: furtherSenders(f, servers), Needs: f.PortNeeds("")}
	for _, p := range blocks {
		opt.Ranges = append(opt.Ranges, firewall.Range{CIDR: p, Kind: firewall.Named, Region: f.Target.ID})
	}
	for _, d := range directoryHosts(f) {
		if a, err := netip.ParseAddr(d); err == nil {
			opt.Directory = append(opt.Directory, a)
		}
	}
	return opt
}

// serverSides are the addresses of the mail server behind the firewall, and
// the public ones of it: the same where no inner one is answered.
func serverSides(f steps.Facts) (inside, public []netip.Addr) {
	for _, s := range f.Answers.List(steps.QInbound) {
		if a, err := netip.ParseAddr(s); err == nil && !slices.Contains(public, a.Unmap()) {
			public = append(public, a.Unmap())
		}
	}
	if a, err := netip.ParseAddr(f.Answers.Value("firewall.mail_server_internal")); err == nil {
		return []netip.Addr{a.Unmap()}, public
	}
	return public, nil
}

// furtherSenders are the addresses that mail leaves from beside those of the
// mail servers.
func furtherSenders(f steps.Facts, servers []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, s := range Senders(f) {
		if a, err := netip.ParseAddr(s); err == nil && !slices.Contains(servers, a.Unmap()) {
			out = append(out, a.Unmap())
		}
	}
	return out
}

// translations says that the one server inside is reached at public addresses.
func translations(inside, public []netip.Addr) []format.Translation {
	var out []format.Translation
	for _, p := range public {
		if len(inside) == 1 && p != inside[0] {
			out = append(out, format.Translation{Public: p, Inside: inside[0], PublicPort: 25, Port: 25})
		}
	}
	return out
}

// exportOf says how the rules are exported from the TPOC's own firewall.
func exportOf(f steps.Facts) string {
	kind, ok := firewall.FormatByID(f.Answers.Value(steps.QFirewall))
	if !ok {
		return "Answer the question which firewall it is, and the way to export its rules stands here."
	}
	var out []string
	for i, w := range kind.Export {
		lead := w.Where + ":"
		if i > 0 {
			lead = "Or: " + w.Where + ":"
		}
		out = append(out, lead+"\n"+strings.Join(w.Do, "\n"))
	}
	return strings.Join(out, "\n\n")
}
