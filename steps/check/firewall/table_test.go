package firewall

import (
	"strings"
	"testing"
)

const tableHead = "action,direction,protocol,source,destination,port\n"

// TestTableSemantics holds packets against one row each.
func TestTableSemantics(t *testing.T) {
	mail := Probe{Dir: "in", Src: "103.13.69.7", Dst: "203.0.113.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	udp := mail
	udp.Proto = "udp"
	out := Probe{Dir: "out", Src: "203.0.113.25", Dst: "103.13.69.7", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	for _, c := range []struct {
		name, text string
		p          Probe
		want       string
		line       int
		why        string
	}{
		{"allow", tableHead + "allow,in,tcp,103.13.69.0/24,203.0.113.25,25\n", mail, "permit", 2, ""},
		{"end of the table denies", tableHead + "allow,in,tcp,1.2.3.4,any,25\n", mail, "deny", 0, ""},
		{"first match wins", tableHead + "deny,in,any,any,any,any\nallow,in,tcp,any,any,25\n", mail, "deny", 2, ""},
		{"default row", tableHead + "deny,in,udp,any,any,any\ndefault,allow,,,,\n", mail, "permit", 3, ""},
		{"default in the action's place", tableHead + "deny,in,udp,any,any,any\nallow,in,,default,,\n", mail, "permit", 3, ""},
		{"out is not in", tableHead + "allow,in,tcp,any,any,25\n", out, "deny", 0, ""},
		{"both ways", tableHead + "permit,both,tcp,any,any,25\n", out, "permit", 2, ""},
		{"no column for direction", "action,protocol,source,destination,port\naccept,tcp,any,any,25\n", out, "permit", 2, ""},
		{"semicolons and other words", "Nr;Permission;Dir;From;To;Service;Comment\n1;Accept;Inbound;103.13.69.0/24;any;SMTP;mail, in\n", mail, "permit", 2, ""},
		{"tabs", "Source\tDestination\tPort\tProtocol\tAction\n103.13.69.0/24\tany\t25\tTCP\tAllow\n", mail, "permit", 2, ""},
		{"quoted list of sources", tableHead + "allow,in,tcp,\"8.8.8.8, 103.13.69.0/24\",any,25\n", mail, "permit", 2, ""},
		{"bars and blanks", tableHead + "allow,in,tcp,8.8.8.8|103.13.69.0/24,10.0.0.1 203.0.113.25,25|465\n", mail, "permit", 2, ""},
		{"netmask after a blank", tableHead + "allow,in,tcp,103.13.69.0 255.255.255.128,any,25\n", mail, "permit", 2, ""},
		{"range of addresses", tableHead + "allow,in,tcp,103.13.69.1 - 103.13.69.9,any,25\n", mail, "permit", 2, ""},
		{"wildcard", tableHead + "allow,in,tcp,103.13.69.*,any,25\n", mail, "permit", 2, ""},
		{"negated source", tableHead + "allow,in,tcp,!103.13.69.0/24,any,25\n", mail, "deny", 0, ""},
		{"port range", tableHead + "allow,in,tcp,any,any,20-30\n", mail, "permit", 2, ""},
		{"protocol with port", tableHead + "allow,in,,any,any,tcp/25\n", mail, "permit", 2, ""},
		{"port with another protocol", tableHead + "allow,in,,any,any,25/udp\n", mail, "deny", 0, ""},
		{"two protocols", tableHead + "allow,in,tcp/udp,any,any,25\n", mail, "permit", 2, ""},
		{"disabled", "enabled,action,source,destination,port\nno,allow,any,any,25\n", mail, "deny", 0, ""},
		{"disabled the other way", "disabled,action,source,destination,port\nfalse,allow,any,any,25\n", mail, "permit", 2, ""},
		{"schedule", "action,source,destination,port,schedule\nallow,any,any,25,office hours\n", mail, "unknown", 2, "office hours"},
		{"schedule always", "action,source,destination,port,schedule\nallow,any,any,25,always\n", mail, "permit", 2, ""},
		{"application", "action,source,destination,port,application\nallow,any,any,25,smtp\n", mail, "unknown", 2, "application"},
		{"name for a source", tableHead + "allow,in,tcp,Mimecast-AU,any,25\n", mail, "unknown", 2, "Mimecast-AU"},
		{"name beside an address that fits", tableHead + "allow,in,tcp,Mimecast-AU;103.13.69.0/24,any,25\n", mail, "permit", 2, ""},
		{"name beside an address that does not", tableHead + "allow,in,tcp,Mimecast-AU;1.2.3.4,any,25\n", mail, "unknown", 2, "Mimecast-AU"},
		{"unknown action", tableHead + "maybe,in,tcp,any,any,25\n", mail, "unknown", 2, "neither allow nor deny"},
		{"unknown direction", tableHead + "allow,sideways,tcp,any,any,25\n", mail, "unknown", 2, "the direction"},
		{"unknown protocol", tableHead + "allow,in,tcq,any,any,25\n", mail, "unknown", 2, "the protocol"},
		{"unknown port", tableHead + "allow,in,tcp,any,any,2x5\n", mail, "unknown", 2, "2x5"},
		{"empty source", tableHead + "allow,in,tcp,,any,25\n", mail, "unknown", 2, "the source"},
		{"open quote", tableHead + "allow,in,tcp,\"any,any,25\nallow,in,tcp,any,any,25\n", mail, "unknown", 2, "quote"},
		{"quoted line break", tableHead + "deny,in,tcp,\"8.8.8.8\n9.9.9.9\",any,25\nallow,in,tcp,any,any,25\n", mail, "permit", 4, ""},
		{"comments and blank lines", "# our rules\n\n" + tableHead + "\n# mail\nallow,in,tcp,any,any,25\n", mail, "permit", 6, ""},
		{"passing through may be either", tableHead + "allow,in,tcp,any,any,25\n", Probe{Dir: "fwd", Src: "1.2.3.4", Dst: "5.6.7.8", Proto: "tcp", DPort: port(25)}, "unknown", 2, "passes through"},
		{"passing through by name", tableHead + "allow,forward,tcp,any,any,25\n", Probe{Dir: "fwd", Src: "1.2.3.4", Dst: "5.6.7.8", Proto: "tcp", DPort: port(25)}, "permit", 2, ""},
		{"service name", "source,destination,service,action\nany,any,SMTP,Allow\n", mail, "permit", 2, ""},
		{"service name is not udp", "source,destination,service,action\nany,any,SMTP,Allow\n", udp, "deny", 0, ""},
		{"service name with any protocol", "protocol,source,destination,service,action\nany,any,any,SMTP,Allow\n", udp, "deny", 0, ""},
		{"service name with a protocol", "protocol,source,destination,service,action\nudp,any,any,SMTP,Allow\n", udp, "permit", 2, ""},
		{"service name of both", "source,destination,service,action\nany,any,25,Allow\n", udp, "permit", 2, ""},
		{"priority", "Priority,Source,Destination,Port,Protocol,Action\n200,any,any,25,tcp,Deny\n100,103.13.69.0/24,any,25,tcp,Allow\n", mail, "permit", 3, ""},
		{"priority as it stands", "Priority,Source,Destination,Port,Protocol,Action\n9,any,any,25,tcp,Deny\n10,103.13.69.0/24,any,25,tcp,Allow\n", mail, "deny", 2, ""},
		{"priority in words", "Priority,Source,Destination,Port,Protocol,Action\nhigh,any,any,25,tcp,Deny\n10,103.13.69.0/24,any,25,tcp,Allow\n", mail, "unknown", 2, "order of the rows"},
		{"priority left out", "Priority,Source,Destination,Port,Protocol,Action\n,any,any,25,tcp,Deny\n,103.13.69.0/24,any,25,tcp,Allow\n", mail, "deny", 2, ""},
		{"interface", "action,interface,source,destination,port\nallow,lan,any,any,25\n", mail, "unknown", 0, "name more"},
		{"ipv6", tableHead + "allow,in,tcp,2001:db8::/32,any,25\n", Probe{Dir: "in", Src: "2001:db8::1", Dst: "2001:db9::1", Proto: "tcp", DPort: port(25)}, "permit", 2, ""},
		{"ping", tableHead + "allow,in,,any,any,ping\n", Probe{Dir: "in", Src: "1.2.3.4", Dst: "203.0.113.25", Proto: "icmp", DPort: port(8)}, "permit", 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := Read("", []byte(c.text), "")
			if err != nil {
				t.Fatal(err)
			}
			got := newJudge(set).ask(c.p)
			if got.Verdict != c.want || got.Line != c.line || !strings.Contains(got.Why, c.why) {
				t.Errorf("got %+v, want %s at line %d because %q\nproblems %+v", got, c.want, c.line, c.why, set.Problems)
			}
		})
	}
}

// TestTableProblems checks that every unreadable cell is a sentence with line
// and column.
func TestTableProblems(t *testing.T) {
	text := tableHead + "allow,in,tcp,any,any,25\nallow,in,tcp,1.2.3.999,any,25\nmaybe,in,tcp,any,any,25\nallow,in,tcp,any,any,25,extra\n"
	set, err := Read("", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		line, col int
		has       string
	}{{3, 14, "1.2.3.999"}, {4, 1, `"maybe"`}, {5, 25, `"extra"`}}
	if len(set.Problems) != len(want) {
		t.Fatalf("problems %+v", set.Problems)
	}
	for i, w := range want {
		if p := set.Problems[i]; p.Line != w.line || p.Col != w.col || !strings.Contains(p.Text, w.has) || !strings.Contains(p.Text, "expected") {
			t.Errorf("problem %+v, want line %d column %d with %s", p, w.line, w.col, w.has)
		}
	}
	if set.Rules != 4 {
		t.Errorf("%d rules, want all 4 rows kept", set.Rules)
	}
}

// TestTableCheck asks the firewall question of tables.
func TestTableCheck(t *testing.T) {
	open := tableHead + "allow,in,tcp,103.13.69.0/24,203.0.113.25,25\nallow,in,tcp,124.47.150.0/24,203.0.113.25,25\nallow,out,tcp,203.0.113.25,any,25\n"
	opt := options()
	opt.Lockdown = true
	if r := check1(t, open, opt); r.Verdict != Proven {
		t.Errorf("open and locked: %s", r.Text())
	}
	half := strings.Replace(open, "124.47.150.0/24", "124.47.150.0/25", 1)
	r := check1(t, half, opt)
	g := firstGap(r)
	if r.Verdict != Disproven || g == nil || g.By.Line != 0 || !strings.Contains(g.Fix.Copy, "124.47.150.0/24,203.0.113.25") {
		t.Errorf("half: %s", r.Text())
	}
	if !strings.Contains(g.Confirm, "firewall eval rules.v4") {
		t.Errorf("confirm %q", g.Confirm)
	}
	leak := strings.Replace(open, "124.47.150.0/24", "124.47.150.0/24 9.9.9.9", 1)
	r = check1(t, leak, opt)
	if r.Lockdown.Verdict != Disproven || len(r.Leaks) != 1 || r.Leaks[0].By.Line != 3 || r.Leaks[0].CIDRs[0] != "9.9.9.9/32" {
		t.Errorf("leak: %s", r.Text())
	}
}
