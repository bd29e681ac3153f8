package export

import (
	"fmt"
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
		add("--directory", addressesOf(run, []string{a.Value("dir.host")})...)
		add("--port", b.ports(run.Step)...)
	}
	add("--interface", a.Value("firewall.outside_interface"))
	if id == "FW-LOCK" {
		add("--except", a.List("lockdown.exceptions")...)
		command = append(command, "--lockdown")
	}
	return clean.Line(strings.Join(command, " "))
}

// ports are those that a step needs, each once; none where 25 is the only one,
// which the command asks about by itself.
func (b *builder) ports(step string) []string {
	var out []string
	for _, n := range b.v.Facts.PortNeeds(step) {
		out = once(out, fmt.Sprint(n.Port))
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
