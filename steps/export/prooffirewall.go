package export

import (
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/recipe"
)

// firewallCommand asks a ruleset again what the check asked it: of which region,
// for which servers and ports. Names of servers are told by the addresses that
// they had in the run. Where the servers are not known, the checks of the step
// are what asks again.
func (b *builder) firewallCommand(run steps.Run, e check.Evidence) clean.Shown {
	id, p := run.Result.Check, b.v.Plan.Profile
	if id != "FW-OPEN" && id != "FW-LOCK" || e.Asked == "" {
		return ""
	}
	a := b.v.Facts.Answers
	servers := addressesOf(run, append(a.List(steps.QInbound), a.Value("firewall.mail_server_internal")))
	if len(servers) == 0 || p.Target == "" {
		if n := b.number(run.Step); n > 0 {
			return clean.Sprintf("mxodus check %d", n)
		}
		return ""
	}
	command := []string{"mxodus firewall check", quoted(string(e.Asked)), "--region", p.Target}
	add := func(flag string, values ...string) {
		for _, v := range values {
			if v != "" {
				command = append(command, flag, quoted(v))
			}
		}
	}
	add("--source", p.Source)
	add("--server", servers...)
	if id == "FW-OPEN" {
		add("--sender", slices.DeleteFunc(addressesOf(run, recipe.Senders(b.v.Facts)), func(s string) bool { return slices.Contains(servers, s) })...)
		labels := b.asked(run)
		if slices.ContainsFunc(labels, func(l string) bool { return strings.HasPrefix(l, "directory ") }) {
			add("--directory", addressesOf(run, []string{a.Value("dir.host")})...)
		}
		add("--port", ports(labels)...)
	}
	add("--interface", a.Value("firewall.outside_interface"))
	if id == "FW-LOCK" {
		add("--except", a.List("lockdown.exceptions")...)
		command = append(command, "--lockdown")
	}
	return clean.Line(strings.Join(command, " "))
}

// asked are the labels of what a run asked the rules for, such as "mail in 25",
// as its table heads its columns; answers may have changed since. Those that the
// step needs now where it has no such table.
func (b *builder) asked(run steps.Run) []string {
	var out []string
	for _, t := range run.Result.Tables {
		if len(t.Header) < 2 || t.Header[0] != "Range" {
			continue
		}
		for _, label := range t.Header[1:] {
			out = once(out, string(label))
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, n := range b.v.Facts.PortNeeds(run.Step) {
		out = once(out, n.Label)
	}
	return out
}

// ports are those that labels end with, each once; none where 25 is the only
// one, which the command asks about by itself.
func ports(labels []string) []string {
	var out []string
	for _, l := range labels {
		if port := l[strings.LastIndexByte(l, ' ')+1:]; port != "" {
			out = once(out, port)
		}
	}
	if slices.Equal(out, []string{"25"}) {
		return nil
	}
	return out
}

// addressesOf are the addresses among hosts, and those of the names as the run
// looked them up.
func addressesOf(run steps.Run, hosts []string) []string {
	var out []string
	for _, host := range hosts {
		if ip, err := netip.ParseAddr(host); err == nil {
			out = once(out, ip.Unmap().String())
			continue
		}
		for _, e := range run.Result.Evidence {
			name, kind, _ := strings.Cut(string(e.Asked), " ")
			if e.Kind != "dns" || kind != "A" && kind != "AAAA" || !strings.EqualFold(strings.TrimSuffix(name, "."), strings.TrimSuffix(host, ".")) {
				continue
			}
			for _, data := range strings.Split(dnsAnswer(string(e.Raw)), ", ") {
				text, is := strings.CutPrefix(data, kind+" ")
				if ip, err := netip.ParseAddr(text); is && err == nil {
					out = once(out, ip.String())
				}
			}
		}
	}
	return out
}

// quoted is a word as a shell reads it back.
func quoted(word string) string {
	if bare(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
