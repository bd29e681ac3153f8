package recipe

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
)

// FirewallRules are the rules of the move in the syntax of the TPOC's own
// firewall, with what must be known to enter them as comments before them; with
// lock they also keep everybody else from port 25. False when the firewall is
// not answered, its rules are not written, or something that they need is not
// known: NoRules says what.
func FirewallRules(f steps.Facts, blocks []netip.Prefix, lock bool) (steps.Snippet, bool) {
	kind, s, why := rulesFor(f, blocks, lock)
	if why != "" {
		return steps.Snippet{}, false
	}
	label, file := "Rules for "+writtenFor(kind), "mxodus-rules.txt"
	if lock {
		label, file = "Lock-down for "+writtenFor(kind), "mxodus-lockdown.txt"
	}
	return snippet(label, file, langConf, strings.TrimRight(s.Text, "\n")), true
}

// rulesFor writes the rules; why says in sentences what is missing for them and
// which question gives it.
func rulesFor(f steps.Facts, blocks []netip.Prefix, lock bool) (kind format.Format, s format.Script, why string) {
	kind, ok := firewall.FormatByID(f.Answers.Value(steps.QFirewall))
	inside, public := serverSides(f)
	switch {
	case !ok:
		return kind, s, "Answer “Which firewall stands before your mail server?”, and the rules stand here in its own syntax."
	case kind.Write == nil:
		return kind, s, fmt.Sprintf("Rules of %s are read, but not written by mxodus: enter them by hand.", kind.Label)
	case len(blocks) == 0:
		return kind, s, fmt.Sprintf("Rules of your firewall can be written once the address ranges of %s are known.", Name(f.Target))
	case len(inside) == 0:
		return kind, s, fmt.Sprintf("Rules for %s stand here once the address of the mail server is known%s. "+
			"Answer “Which address does the mail server have behind the firewall, if it is another?”; where it has its public address itself, "+
			"give that as the answer to “To which of your hosts or addresses is mail delivered?”.", writtenFor(kind), byName(f))
	}
	opt := opening(f, blocks, slices.Concat(inside, public))
	opt.Format, opt.Host, opt.Servers, opt.Translate = kind.ID, kind.Host, inside, translations(inside, public)
	if opt.Outside = f.Answers.Value("firewall.outside_interface"); lock {
		opt.Lockdown, opt.Exceptions = true, prefixes(f.Answers.List("lockdown.exceptions"))
	}
	opt.Noted, opt.Remarks = true, remarks(opt, lock)
	s, err := firewall.Rules(opt)
	if err != nil {
		text := err.Error()
		return kind, s, strings.ToUpper(text[:1]) + text[1:] + "."
	}
	return kind, s, ""
}

// NoRules says why no rules in the firewall's own syntax are given, and how
// they come to be; "" where they are.
func NoRules(f steps.Facts, blocks []netip.Prefix) string {
	_, _, why := rulesFor(f, blocks, false)
	return why
}

// RulesToEdit says what the rules cannot know, for the text of the task: names
// of interfaces that are guessed, ports without an address.
func RulesToEdit(f steps.Facts, blocks []netip.Prefix) string {
	kind, s, why := rulesFor(f, blocks, false)
	if why != "" {
		return ""
	}
	var out []string
	if f.Answers.Value("firewall.outside_interface") == "" && namesInterfaces(kind, f, blocks) {
		out = append(out, "The names of interfaces or zones in the rules are guesses: replace them by those of your firewall, "+
			"or answer “Which interface of the firewall faces the internet?” for that one.")
	}
	if missing := noDirectory(opening(f, blocks, nil)); len(missing) > 0 {
		out = append(out, noRuleFor(missing))
	}
	if len(s.Notes) > 0 {
		out = append(out, "The comments before the rules say where they go and what to replace: read them first.")
	}
	return strings.Join(out, " ")
}

// namesInterfaces reports rules that name the interface of the internet.
func namesInterfaces(kind format.Format, f steps.Facts, blocks []netip.Prefix) bool {
	inside, public := serverSides(f)
	opt := opening(f, blocks, slices.Concat(inside, public))
	opt.Format, opt.Host, opt.Servers, opt.Translate = kind.ID, kind.Host, inside, translations(inside, public)
	plain, err := firewall.Rules(opt)
	opt.Outside = "mxodus0"
	named, err2 := firewall.Rules(opt)
	return err == nil && err2 == nil && plain.Text != named.Text
}

// remarks are what a reader of the rules has to know beside the notes of their
// format.
func remarks(opt firewall.RulesOptions, lock bool) []string {
	var out []string
	if missing := noDirectory(opt); len(missing) > 0 {
		out = append(out, noRuleFor(missing))
	}
	if lock {
		out = append(out, "The rules that let the ranges through stand here once more, before the one that keeps the rest out. "+
			"Where you have entered them already, the new ones take their place: take the old ones out, or enter what is new alone.")
	}
	return out
}

// noDirectory lists the needs of the directory for which no rule can be written.
func noDirectory(opt firewall.RulesOptions) []string {
	var out []string
	for _, n := range opt.Needs {
		if asksDirectory(n) && len(opt.Directory) == 0 {
			out = append(out, fmt.Sprintf("%s %d in", strings.ToUpper(n.Proto), n.Port))
		}
	}
	return out
}

func noRuleFor(ports []string) string {
	return fmt.Sprintf("There is no rule for %s, the directory: its address is not known as the firewall sees it. "+
		"Add one to that server in the same way, or answer “At which host or address is the directory reached from outside?” with an address.", strings.Join(ports, " and "))
}

// byName completes "is known" where the mail servers are answered by name.
func byName(f steps.Facts) string {
	if names := f.Answers.List(steps.QInbound); len(names) > 0 {
		return ": rules speak of addresses, and given is " + strings.Join(names, ", ")
	}
	return ""
}

// writtenFor names what rules are written for, which for iptables is not what
// its export is called after.
func writtenFor(kind format.Format) string {
	if kind.ID == source.IPTables {
		return "iptables (commands)"
	}
	return kind.Label
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

// exportOf says how the rules are exported from the TPOC's own firewall, and
// gives the commands of each way to be copied, one a line.
func exportOf(f steps.Facts) (text string, commands []steps.Snippet) {
	kind, ok := firewall.FormatByID(f.Answers.Value(steps.QFirewall))
	if !ok {
		return "Answer the question which firewall it is, and the way to export its rules stands here.", nil
	}
	var out []string
	for i, w := range kind.Export {
		lead := "**" + w.Where + "**"
		if i > 0 {
			lead = "Or: " + lead
		}
		first := true
		for _, p := range w.Parts() {
			switch {
			case !p.Commands:
				lead += "\n\n" + strings.Join(p.Lines, " ")
			case first:
				lead += "\n\nEnter the lines given below."
				first = false
			default:
				lead += "\n\n```\n" + strings.Join(p.Lines, "\n") + "\n```"
			}
		}
		if !first {
			commands = append(commands, snippet(w.Where, "export-"+kind.ID+".txt", langText, w.Commands()...))
		}
		out = append(out, lead)
	}
	return strings.Join(out, "\n\n"), commands
}
