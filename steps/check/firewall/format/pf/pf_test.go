package pf_test

import (
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// probe is one packet with what is to become of it. Interfaces left out are
// free.
type probe struct {
	dir, in, out, src, dst string
	port                   int
	want                   string
	line                   int // 0: not looked at; -1: a line that is none of the file
}

func ask(t *testing.T, rules, format string, p probe) firewall.Verdict {
	t.Helper()
	return ft.Ask(t, format, rules, firewall.Probe{
		Dir: p.dir, InIf: p.in, OutIf: p.out, Src: p.src, Dst: p.dst, Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(p.port),
	})
}

func check(t *testing.T, rules string, p probe) {
	t.Helper()
	ft.Decides(t, ask(t, rules, "pf", p), p.want, p.line, p)
}

func TestExamples(t *testing.T) {
	for name, probes := range map[string][]probe{
		"freebsd.conf": {
			{"in", "em0", "em1", "103.13.69.7", "203.0.113.25", 25, "permit", 27},
			{"in", "em0", "em1", "124.47.150.200", "203.0.113.25", 2525, "permit", 27},
			{"in", "em0", "em1", "103.13.69.7", "203.0.113.26", 25, "permit", 27},
			{"in", "em0", "em1", "192.0.2.9", "203.0.113.25", 25, "deny", 24},
			{"in", "em0", "em1", "198.51.100.25", "203.0.113.25", 25, "deny", 23}, // excepted from bogons
			{"in", "em0", "em1", "8.8.8.8", "203.0.113.25", 25, "deny", 23},
			{"in", "em0", "em1", "103.13.69.7", "203.0.113.80", 25, "deny", 23},
			{"in", "em0", "em1", "103.13.69.7", "203.0.113.25", 26, "deny", 23},
			{"fwd", "em1", "em0", "10.0.0.25", "103.13.69.7", 25, "permit", 26},
			{"fwd", "em1", "em0", "10.0.9.25", "103.13.69.7", 25, "deny", 23},
			{"in", "lo", "", "127.0.0.1", "127.0.0.1", 25, "permit", 13},
			{"out", "", "em0", "203.0.113.25", "103.13.69.7", 25, "permit", 25},
		},
		"openbsd.conf": {
			{"in", "egress", "em1", "103.13.69.7", "203.0.113.25", 25, "permit", 15},
			{"in", "egress", "em1", "8.8.8.8", "203.0.113.25", 25, "deny", 11},
			{"in", "egress", "em1", "198.51.100.3", "203.0.113.25", 25, "deny", 14},
			{"in", "egress", "em1", "8.8.8.8", "203.0.113.26", 2525, "permit", 16},
			{"in", "egress", "em1", "198.51.100.3", "203.0.113.26", 2525, "deny", 14},
			{"in", "egress", "em1", "8.8.8.8", "203.0.113.26", 25, "deny", 11},
			{"fwd", "em1", "egress", "10.0.0.25", "103.13.69.7", 25, "permit", 13},
			{"fwd", "em1", "egress", "10.0.0.99", "103.13.69.7", 25, "deny", 18},
			{"fwd", "em1", "egress", "10.0.0.100", "103.13.69.7", 25, "permit", 19},
		},
		"pfctl.txt": {
			{"in", "em0", "em1", "103.13.69.7", "203.0.113.25", 25, "permit", 3},
			{"in", "em0", "em1", "103.13.69.7", "203.0.113.26", 25, "permit", 3},
			{"in", "em0", "em1", "8.8.8.8", "203.0.113.25", 25, "deny", 7},
			{"in", "em0", "em1", "8.8.8.8", "203.0.113.25", 587, "permit", 13},
			{"in", "em0", "em1", "198.51.100.3", "203.0.113.25", 587, "deny", 10},
			{"in", "em0", "em1", "103.13.69.7", "203.0.113.99", 25, "deny", 7},
			{"fwd", "em1", "em0", "10.0.0.25", "103.13.69.7", 25, "permit", 12},
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := ft.Sample(t, name)
			for _, p := range probes {
				check(t, text, p)
			}
			set, err := firewall.Read(name, []byte(text), "")
			if err != nil || set.Format != "pf" || len(set.Problems) > 0 {
				t.Errorf("%v %v", err, set.Problems)
			}
			for _, s := range set.Statements {
				if !s.Known {
					t.Errorf("not known: %+v", s)
				}
			}
		})
	}
}

func in(src string, port int, want string, line int) probe {
	return probe{"in", "em0", "", src, "203.0.113.25", port, want, line}
}

func fwd(src, dst string, port int, want string, line int) probe {
	return probe{"fwd", "em0", "em1", src, dst, port, want, line}
}

// small are files that are about one thing each.
var small = []struct {
	name, rules string
	probes      []probe
}{
	{"the last match decides", "pass all\nblock all\npass in proto tcp to port 25\nblock in from 192.0.2.0/25", []probe{
		in("192.0.2.200", 25, "permit", 3), in("192.0.2.2", 25, "deny", 4), in("192.0.2.200", 26, "deny", 2),
	}},
	{"quick decides at once", "block all\npass in quick proto tcp to port 25\nblock in quick from 192.0.2.2\nblock all", []probe{
		in("192.0.2.2", 25, "permit", 2), in("192.0.2.2", 26, "deny", 3), in("192.0.2.3", 26, "deny", 4),
	}},
	{"no rule matches", "block in from 192.0.2.2", []probe{in("192.0.2.3", 25, "permit", -1), in("192.0.2.2", 25, "deny", 1)}},
	{"both ways", "block all\npass in on em0", []probe{in("192.0.2.3", 25, "permit", 2), fwd("192.0.2.3", "10.0.0.25", 25, "deny", 1)}},
	{"out by the other", "block all\npass in on em0\npass out on em1 proto tcp to 10.0.0.25 port 25", []probe{
		fwd("192.0.2.3", "10.0.0.25", 25, "permit", 2), fwd("192.0.2.3", "10.0.0.26", 25, "deny", 1),
	}},
	{"not on", "block all\npass in on ! em1", []probe{in("192.0.2.3", 25, "permit", 2), {"in", "em1", "", "192.0.2.3", "203.0.113.25", 25, "deny", 1}}},
	{"several interfaces", "block all\npass in on { em2, em0 }", []probe{in("192.0.2.3", 25, "permit", 2)}},
	{"macros in macros", "a = \"192.0.2.0/24\"\nb = \"198.51.100.7\"\nc = \"{\" $a $b \"}\"\nblock all\npass in from $c", []probe{
		in("192.0.2.3", 25, "permit", 5), in("198.51.100.7", 25, "permit", 5), in("198.51.100.8", 25, "deny", 4),
	}},
	{"a macro that is missing", "block all\npass in from $nobody", []probe{in("192.0.2.3", 25, "unknown", 2)}},
	{"negation", "pass all\nblock in from ! 192.0.2.0/24", []probe{in("192.0.2.3", 25, "permit", 1), in("198.51.100.8", 25, "deny", 2)}},
	{"negation of a table", "table <a> const { 192.0.2.0/24, !192.0.2.128/25, 192.0.2.200 }\npass all\nblock in from ! <a>", []probe{
		in("192.0.2.3", 25, "permit", 2), in("192.0.2.129", 25, "deny", 3), in("192.0.2.200", 25, "permit", 2),
	}},
	{"ports", "block all\npass in proto tcp to port { 20:24, > 60000, 100 >< 103, != 25 }\npass in proto tcp to port 30000 <> 1", []probe{
		in("192.0.2.3", 25, "permit", 3),
	}},
	{"port operators", "pass all\nblock in proto tcp to port != 25\npass in proto tcp to port >= 1024", []probe{
		in("192.0.2.3", 25, "permit", 1), in("192.0.2.3", 26, "deny", 2), in("192.0.2.3", 1024, "permit", 3),
	}},
	{"between", "block all\npass in proto tcp to port 24 >< 26\npass in proto tcp to port 100 <> 65000", []probe{
		in("192.0.2.3", 25, "permit", 3), in("192.0.2.3", 100, "deny", 1), in("192.0.2.3", 99, "permit", 3),
	}},
	{"source port", "block all\npass in proto tcp from port 1024:65535 to port smtp", []probe{in("192.0.2.3", 25, "permit", 2)}},
	{"family", "block all\npass in inet6 proto tcp to port 25", []probe{
		in("192.0.2.3", 25, "deny", 1), {"in", "em0", "", "2001:db8::1", "2001:db8::25", 25, "permit", 2},
	}},
	{"self", "block all\npass in proto tcp to self port 25", []probe{in("192.0.2.3", 25, "permit", 2), fwd("192.0.2.3", "10.0.0.25", 25, "deny", 1)}},
	{"own address on the interface", "block all\npass in on em0 proto tcp to (em0) port 25", []probe{in("192.0.2.3", 25, "permit", 2), fwd("192.0.2.3", "10.0.0.25", 25, "deny", 1)}},
	{"own address of another", "block all\npass in on em0 proto tcp to (em5) port 25", []probe{in("192.0.2.3", 25, "unknown", 2), fwd("192.0.2.3", "10.0.0.25", 25, "deny", 1)}},
	{"a table that is filled at run time", "table <bad> persist\npass all\nblock in quick from <bad>", []probe{in("192.0.2.3", 25, "unknown", 3)}},
	{"the same after the rule that decides", "table <bad> persist\npass in quick proto tcp to port 25\nblock in quick from <bad>\nblock all", []probe{in("192.0.2.3", 25, "permit", 2)}},
	{"and given beside", "table <bad> persist file \"/etc/bad\"\npass all\nblock in quick from <bad>\ntable <bad> { 192.0.2.9 }", []probe{in("192.0.2.3", 25, "permit", 2), in("192.0.2.9", 25, "deny", 3)}},
	{"an anchor without content", "pass all\nanchor \"x/*\"", []probe{in("192.0.2.3", 25, "unknown", 2)}},
	{"ftp-proxy is about other ports", "block all\nanchor \"ftp-proxy/*\"\npass in quick proto tcp to port 25", []probe{in("192.0.2.3", 25, "permit", 3), in("192.0.2.3", 2000, "unknown", 2)}},
	{"anchor quick", "pass all\nanchor quick on em0 {\nblock in from 192.0.2.0/24\n}\npass in from 192.0.2.3", []probe{
		in("192.0.2.3", 25, "deny", 3), in("198.51.100.1", 25, "permit", 1),
	}},
	{"anchor not quick", "pass all\nanchor on em0 {\nblock in from 192.0.2.0/24\npass in quick from 192.0.2.4\n}\npass in from 192.0.2.3\nblock in from 192.0.2.4", []probe{
		in("192.0.2.3", 25, "permit", 6), in("192.0.2.5", 25, "deny", 3), in("192.0.2.4", 25, "permit", 4),
	}},
	{"anchor in one line", "block all\nanchor \"a\" in { pass proto tcp to port 25 }", []probe{in("192.0.2.3", 25, "permit", 2)}},
	{"tags from in to out", "block all\npass in on em0 proto tcp to port 25 tag MAIL\npass out on em1 tagged MAIL", []probe{
		fwd("192.0.2.3", "10.0.0.25", 25, "permit", 2), {"out", "", "em1", "10.0.0.1", "10.0.0.25", 25, "deny", 1},
	}},
	{"tags and quick", "block all\nmatch in from 192.0.2.0/24 tag A\npass in quick proto tcp to port 26\npass in proto tcp to port 25 tag B\npass out tagged A", []probe{
		fwd("192.0.2.3", "10.0.0.25", 25, "deny", 1), fwd("192.0.2.3", "10.0.0.25", 26, "permit", 3), fwd("198.51.100.3", "10.0.0.25", 26, "deny", 1),
	}},
	{"not tagged", "pass all\nmatch in from 192.0.2.0/24 tag A\nblock in ! tagged A", []probe{in("192.0.2.3", 25, "permit", 1), in("198.51.100.3", 25, "deny", 3)}},
	{"limits of states", "block all\npass in proto tcp to port 25 keep state (max-src-conn 10, overload <bad> flush)", []probe{in("192.0.2.3", 25, "unknown", 2)}},
	{"probability", "block all\npass in probability 50%", []probe{in("192.0.2.3", 25, "unknown", 2)}},
	{"a user", "block all\npass in proto tcp to port 25 user root", []probe{in("192.0.2.3", 25, "unknown", 2)}},
	{"a host name", "block all\npass in from mail.example.org", []probe{in("192.0.2.3", 25, "unknown", 2)}},
	{"a word that is not known before the rule", "pass all\nblock in frobnicate", []probe{in("192.0.2.3", 25, "unknown", 2)}},
	{"a line that is none", "pass all\nfrobnicate in all", []probe{in("192.0.2.3", 25, "unknown", 2)}},
	{"fragments", "pass all\nblock in fragment", []probe{in("192.0.2.3", 25, "permit", 1)}},
	{"flags", "block all\npass in proto tcp to port 25 flags A/A", []probe{in("192.0.2.3", 25, "deny", 1)}},
	{"skip", "set skip on { lo em0 }\nblock all", []probe{in("192.0.2.3", 25, "permit", 1)}},
	{"no-route and urpf-failed", "pass all\nblock in quick from no-route\nblock in quick from urpf-failed", []probe{in("192.0.2.3", 25, "permit", 1)}},
	{"addresses of interfaces", "block all\npass in on em0 to em0\npass in on em0 from em0:network to 10.0.0.1\nem0: flags=1\n\tinet 203.0.113.25 netmask 0xffffff00\n", []probe{
		in("192.0.2.3", 25, "permit", 2), {"in", "em0", "", "203.0.113.9", "10.0.0.1", 25, "permit", 3}, {"in", "em0", "", "198.51.100.9", "10.0.0.1", 25, "deny", 1},
	}},
	{"no rdr before rdr", "no rdr on em0 proto tcp from 192.0.2.2 to any port 25\nrdr on em0 proto tcp from any to 203.0.113.25 port 25 -> 10.0.0.25\nblock all\npass in to 10.0.0.25\npass out to 10.0.0.25", []probe{
		in("192.0.2.3", 25, "permit", 4), in("192.0.2.2", 25, "deny", 3),
	}},
	{"rdr pass is first match", "rdr on em0 proto tcp from 192.0.2.2 to 203.0.113.25 port 25 -> 10.0.0.25\nrdr pass on em0 proto tcp from any to 203.0.113.25 port 25 -> 10.0.0.25\nblock in all\npass out all", []probe{
		in("192.0.2.2", 25, "deny", 3), in("192.0.2.3", 25, "permit", 2),
	}},
	{"shifted ports", "rdr on em0 proto tcp from any to 203.0.113.25 port 2000:2010 -> 10.0.0.25 port 20:*\nblock all\npass in proto tcp to 10.0.0.25 port 25\npass out", []probe{
		in("192.0.2.2", 2005, "permit", 3), in("192.0.2.2", 2004, "deny", 2),
	}},
	{"binat of networks", "binat on em0 from 10.0.0.0/29 to any -> 203.0.113.24/29\nblock all\npass in proto tcp to 10.0.0.1 port 25\npass out", []probe{
		in("192.0.2.2", 25, "permit", 3), {"in", "em0", "", "192.0.2.2", "203.0.113.26", 25, "deny", 2},
	}},
	{"binat-to", "block all\npass on em0 inet from 10.0.0.25 to any binat-to 203.0.113.25\npass out on em1", []probe{
		{"in", "em0", "em1", "192.0.2.2", "203.0.113.25", 25, "permit", 2}, {"in", "em0", "em1", "192.0.2.2", "203.0.113.26", 25, "deny", 1},
	}},
	{"the source hidden before the filter", "nat on em1 from 10.0.0.0/24 to any -> 203.0.113.1\nblock all\npass in\npass out on em1 from 203.0.113.1", []probe{
		fwd("10.0.0.25", "103.13.69.1", 25, "permit", 3), fwd("10.0.1.25", "103.13.69.1", 25, "deny", 2),
	}},
	{"the source hidden by a match rule", "match out on em1 from 10.0.0.0/24 nat-to 203.0.113.1\nblock all\npass in\npass out on em1 from 203.0.113.1", []probe{
		fwd("10.0.0.25", "103.13.69.1", 25, "permit", 3), fwd("10.0.1.25", "103.13.69.1", 25, "deny", 2),
	}},
	{"the rule before it sees the old one", "block all\npass in\npass out on em1 from 10.0.0.0/24\nmatch out on em1 from 10.0.0.0/24 nat-to 203.0.113.1\nblock out quick to 192.0.2.1", []probe{
		fwd("10.0.0.25", "103.13.69.1", 25, "permit", 2), fwd("10.0.0.25", "192.0.2.1", 25, "deny", 5),
	}},
	{"a match rule translates for those after it", "block all\npass in to 203.0.113.25\nmatch in to 203.0.113.25 rdr-to 10.0.0.25\nblock in from 192.0.2.2 to 10.0.0.25\nblock in from 192.0.2.4 to 203.0.113.25\npass out", []probe{
		in("192.0.2.2", 25, "deny", 4), in("192.0.2.3", 25, "permit", 2), in("192.0.2.4", 25, "permit", 2),
	}},
}

// TestSemantics asks one thing of each of many small files.
func TestSemantics(t *testing.T) {
	for _, c := range small {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range c.probes {
				check(t, c.rules, p)
			}
		})
	}
}
