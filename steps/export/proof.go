package export

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// noRecords says that a name exists without records of the kind asked for.
const noRecords = "no such records"

// answerRunes is how much of an answer is shown beside its question.
const answerRunes = 160

// prove says in one line what a raw observation shows, and with which command
// it is made again.
func (b *builder) prove(run steps.Run, e check.Evidence) (answer, repeat clean.Shown) {
	raw := string(e.Raw)
	switch e.Kind {
	case "dns":
		return clean.Line(short(dnsAnswer(raw))), digCommand(e)
	case "smtp":
		return clean.Line(short(talkAnswer(raw))), talkCommand(e)
	case "file":
		answer = clean.Line(short(firstLine(raw)))
		if len(e.SHA256) >= 12 {
			answer += clean.Sprintf("; SHA-256 begins %s", e.SHA256[:12])
		}
		return answer, b.firewallCommand(run, e)
	}
	return clean.Line(short(firstLine(raw))), ""
}

// dnsAnswer is the data of the records in a DNS message that was written the
// way dig does, in a fixed order and without names and TTLs, which differ from
// one cache to the next.
func dnsAnswer(raw string) string {
	_, section, found := strings.Cut(raw, ";; ANSWER SECTION:\n")
	var data []string
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		// name TTL class type data
		if f := strings.Fields(line); len(f) > 4 {
			data = append(data, f[3]+" "+strings.Join(f[4:], " "))
		}
	}
	if len(data) > 0 {
		slices.Sort(data)
		return strings.Join(slices.Compact(data), ", ")
	}
	_, status, ok := strings.Cut(firstLine(raw), "status: ")
	if !ok || found {
		return firstLine(raw)
	}
	switch status, _, _ = strings.Cut(status, ","); status {
	case "NOERROR":
		return noRecords
	case "NXDOMAIN":
		return "the name does not exist (NXDOMAIN)"
	}
	return status
}

// digCommand repeats a DNS question. Whether recursion was asked for stands in
// the flags of the answer.
func digCommand(e check.Evidence) clean.Shown {
	name, kind, ok := strings.Cut(string(e.Asked), " ")
	at, host := address(string(e.Server))
	if !ok || host == "" || !bare(name) || !bare(kind) {
		return ""
	}
	port := ""
	if at.Port() != 53 {
		port = fmt.Sprintf(" -p %d", at.Port())
	}
	flag := "+norec "
	for line := range strings.Lines(string(e.Raw)) {
		if flags, ok := strings.CutPrefix(line, ";; flags:"); ok {
			flags, _, _ = strings.Cut(flags, ";")
			if slices.Contains(strings.Fields(flags), "rd") {
				flag = ""
			}
			break
		}
	}
	return clean.Sprintf("dig %s@%s%s %s %s", flag, host, port, kind, name)
}

// address reads the address out of the name of a server: "ns1 (192.0.2.53)",
// "192.0.2.53", "mx (192.0.2.1:25)". The port is 53 when none is given.
func address(server string) (netip.AddrPort, string) {
	if _, inner, ok := strings.Cut(server, "("); ok {
		server, _, _ = strings.Cut(inner, ")")
	}
	if at, err := netip.ParseAddrPort(server); err == nil {
		return at, at.Addr().String()
	}
	if ip, err := netip.ParseAddr(strings.Trim(server, "[]")); err == nil {
		return netip.AddrPortFrom(ip, 53), ip.String()
	}
	return netip.AddrPort{}, ""
}

// talkAnswer is what a mail server said first, and what came of TLS.
func talkAnswer(raw string) string {
	var parts []string
	said := false
	for line := range strings.Lines(raw) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "< ") && !said:
			parts, said = append(parts, line[2:]), true
		case strings.HasPrefix(line, "* certificate for "):
			line = line[2:]
			if i := strings.LastIndex(line, ", from "); i > 0 {
				line = "certificate " + line[i+2:]
			}
			parts = append(parts, line)
		case strings.HasPrefix(line, "* "):
			parts = append(parts, line[2:])
		}
	}
	if len(parts) == 0 {
		return firstLine(raw)
	}
	return strings.Join(parts, "; ")
}

func talkCommand(e check.Evidence) clean.Shown {
	name, _, _ := strings.Cut(string(e.Server), " ")
	at, host := address(string(e.Server))
	if host == "" || !bare(strings.Trim(name, "[]:")) {
		return ""
	}
	if strings.HasPrefix(name, host) || strings.HasPrefix(name, "[") {
		return clean.Sprintf("openssl s_client -starttls smtp -connect %s", at.String())
	}
	return clean.Sprintf("openssl s_client -starttls smtp -connect %s:%d", name, at.Port())
}

// bare reports a word that no shell reads as more than a word.
func bare(s string) bool {
	return s != "" && !strings.HasPrefix(s, "-") && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:") == ""
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

// short cuts a text that is too long for one line.
func short(s string) string {
	if r := []rune(s); len(r) > answerRunes {
		return strings.TrimRight(string(r[:answerRunes]), " ,") + " ..."
	}
	return s
}
