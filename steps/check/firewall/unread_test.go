package firewall

import (
	"strings"
	"testing"
)

// TestUnreadLines gives lines that the kernel refuses: whatever stands at or
// after them must never be taken for certain, and the line be named.
func TestUnreadLines(t *testing.T) {
	const rest = "-A INPUT -s 103.13.69.0/24 -p tcp -m tcp --dport 25 -j ACCEPT"
	mail := Probe{Dir: "in", InIf: "eth0", Src: "103.13.69.7", Dst: "203.0.113.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	for _, c := range []struct{ name, lines, say string }{
		{"rest of a line, indented", "-A INPUT -s 103.13.69.0/25 -p tcp\n -j DROP", "line 8 looks like the rest of line 7"},
		{"rest of a line, an option", "-A INPUT -p tcp -m tcp\n--dport 25 -j ACCEPT", "line 8 looks like the rest of line 7"},
		{"rest of a line, an address", "-A INPUT -p tcp -s\n103.13.69.0/25 -j DROP", "line 8 looks like the rest of line 7"},
		{"rest of a line after a blank one", "-A INPUT -p tcp\n\n   --dport 25 -j DROP", "line 9 looks like the rest of line 7"},
		{"cut after -j", "-A INPUT -s 103.13.69.0/25 -p tcp -j", "line 7 ends after an option"},
		{"cut after -s", "-A INPUT -j ACCEPT -s", "line 7 ends after an option"},
		{"glued target", "-A INPUT -s 103.13.69.0/25 -jDROP", `line 7 holds "-jDROP"`},
		{"glued with -w", "-A INPUT -wj DROP", `line 7 holds "-wj"`},
		{"glued with -n", "-A INPUT -nj DROP", `line 7 holds "-nj"`},
		{"glued command", "-AINPUT -j DROP", "line 7 holds no -A"},
		{"words", "garbage", "line 7 is not a line of iptables-save"},
		{"rename", "-E user other", "line 7 renames"},
		{"delete what is not there", "-X foo", `chain "foo", which is not declared`},
		{"chain in small letters", "-A input -j DROP", `chain "input", which is not declared`},
		{"no chain", "-A", "names no chain"},
		{"negated target", "-A INPUT ! -j ACCEPT", "holds ! before its target"},
		{"lone !", "-A INPUT -j ACCEPT !", "lone !"},
		{"word for a target", "-A INPUT ACCEPT", `holds "ACCEPT"`},
		{"word after the target", "-A INPUT -j ACCEPT foo", `holds "foo"`},
		{"two targets", "-A INPUT -j ACCEPT -j DROP", "twice"},
		{"two sources", "-A INPUT -s 103.13.69.0/24 -s 9.9.9.9 -j DROP", "twice"},
		{"two ports", "-A INPUT -p tcp --dport 25 --dport 26 -j DROP", "twice"},
		{"port without protocol", "-A INPUT --dport 25 -j DROP", "names a port"},
		{"ports without protocol", "-A INPUT -m multiport --dports 25 -j DROP", "names a port"},
		{"port of every protocol", "-A INPUT -p all --dport 25 -j DROP", "names a port"},
		{"module of another protocol", "-A INPUT -p tcp -m udp --dport 25 -j DROP", "without -p udp"},
		{"no protocol at all", "-A INPUT ! -p all -j DROP", "refuses every protocol"},
		{"out interface at INPUT", "-A INPUT ! -o eth0 -j DROP", "outgoing interface"},
		{"ambiguous option", "-A INPUT --s 103.13.69.0/24 -j DROP", "more than one option"},
		{"unknown option and no target", "-A INPUT -p tcp --jmup DROP", ""},
		{"open quote", `-A INPUT -m comment --comment "x -j DROP`, "quote"},
		{"policy that cannot be read", ":INPUT DROP[0:0", "should read :CHAIN POLICY"},
		{"chain declared too late", "-A INPUT -j late\n:late - [0:0]\n-A late -j ACCEPT", "declares only later"},
		{"! behind the option", "-A INPUT -s ! 10.0.0.0/8 -j ACCEPT", "has ! behind an option"},
		{"! behind the port", "-A INPUT -p tcp --dport ! 26 -j ACCEPT", "has ! behind an option"},
		{"protocol with =", "-A INPUT --protocol=tcp -j ACCEPT", "and its value apart"},
		{"source with =", "-A INPUT --src=0.0.0.0/0 -j ACCEPT", "and its value apart"},
		{"target with =", "-A INPUT --jump=ACCEPT", "and its value apart"},
		{"interface with =", "-A INPUT --in-interface=eth0 -j ACCEPT", "and its value apart"},
		{"listing", "-L", "no part of a dump"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:user - [0:0]\n-A INPUT -p udp -j ACCEPT\n" + c.lines + "\n" + rest + "\nCOMMIT\n"
			set, err := Read("", []byte(text), "")
			if err != nil {
				t.Fatal(err)
			}
			j := newJudge(set)
			if got := j.ask(mail); got.Verdict != "unknown" || got.Line != 7 {
				t.Errorf("got %+v, want unknown at line 7", got)
			}
			udp := mail
			udp.Proto = "udp"
			if got := j.ask(udp); got.Verdict != "permit" || got.Line != 6 {
				t.Errorf("before the line: %+v, want permit at line 6", got)
			}
			if c.say == "" {
				return
			}
			for _, p := range set.Problems {
				if strings.Contains(p.Text, c.say) {
					return
				}
			}
			t.Errorf("problems %+v, want %q", set.Problems, c.say)
		})
	}
}

// TestAbbreviations resolves the beginnings of long options as getopt_long does.
func TestAbbreviations(t *testing.T) {
	mail := Probe{Dir: "in", InIf: "eth0", Src: "103.13.69.7", Dst: "203.0.113.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	for _, c := range []struct {
		rule, want string
		line       int
	}{
		{"-A INPUT --sour 103.13.69.0/25 --jum DROP", "deny", 6},
		{"-A INPUT --j DROP", "deny", 6},
		{"-A INPUT --got user", "deny", 2},
		{"-A INPUT --prot tcp --dp 25 --ju DROP", "deny", 6},
		{"-A INPUT --prot tcp --destination-po 24 --ju DROP", "permit", 7},
		{"-A INPUT -p tcp -m multiport --dpo 25,26 -j DROP", "deny", 6},
		{"-A INPUT -m state --sta NEW -j DROP", "deny", 6},
		{"-A INPUT -m limit --lim 5/min -j LOG", "permit", 7},
		{`-A INPUT -j LOG --log-prefix "-j DROP "`, "permit", 7},
		{"-A INPUT -m conntrack --ctstatus NONE -j ACCEPT", "permit", 7},
		{"-A INPUT -m conntrack ! --ctexpire 5 -j LOG", "permit", 7},
		{"-A INPUT -p sctp -m sctp --chunk-types any INIT -j DROP", "permit", 7},
		{"-A INPUT -w 5 -s 9.9.9.9 -j DROP", "permit", 7},
	} {
		text := "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:user - [0:0]\n" + c.rule + "\n-A INPUT -j ACCEPT\nCOMMIT\n"
		set, err := Read("", []byte(text), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := newJudge(set).ask(mail); got.Verdict != c.want || got.Line != c.line {
			t.Errorf("%s: got %+v, want %s at line %d; problems %v", c.rule, got, c.want, c.line, set.Problems)
		}
	}
}

// TestDeclaredAgain follows iptables-restore: a chain of the user's starts
// anew, one of the kernel's keeps its rules and takes the later policy.
func TestDeclaredAgain(t *testing.T) {
	mail := Probe{Dir: "in", InIf: "eth0", Src: "103.13.69.7", Dst: "203.0.113.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	for _, c := range []struct {
		rules, want string
		line        int
	}{
		{":X - [0:0]\n-A INPUT -j X\n-A X -j ACCEPT\n:X - [0:0]\n-A X -p udp -j ACCEPT", "deny", 2},
		{"-A INPUT -j ACCEPT\n:INPUT DROP [0:0]", "permit", 5},
		{"-A INPUT -p udp -j DROP\n:INPUT ACCEPT [0:0]", "permit", 6},
	} {
		text := "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n" + c.rules + "\nCOMMIT\n"
		set, err := Read("", []byte(text), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := newJudge(set).ask(mail); got.Verdict != c.want || got.Line != c.line {
			t.Errorf("%s: got %+v, want %s at line %d", c.rules, got, c.want, c.line)
		}
	}
}
