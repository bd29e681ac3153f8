package iptables_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/iptables"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func nets(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func job(host bool) format.Job {
	return format.Job{Host: host, Flows: []format.Flow{
		{In: true, Proto: "tcp", Src: nets("103.13.69.0/24", "124.47.150.0/24"), Dst: nets("10.0.0.25/32"), Port: 25, Family: ir.V4, Label: "mxodus mail in"},
		{Proto: "tcp", Src: nets("10.0.0.25/32"), Dst: nets("103.13.69.0/24", "124.47.150.0/24"), Port: 25, Family: ir.V4, Label: "mxodus mail out"},
		{In: true, Deny: true, Proto: "tcp", Dst: nets("10.0.0.25/32"), Port: 25, Family: ir.V4, Label: "mxodus lock-down"},
	}}
}

func options() firewall.CheckOptions {
	return firewall.CheckOptions{
		Ranges:  []firewall.Range{{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"}, {CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"}},
		Servers: []netip.Addr{netip.MustParseAddr("10.0.0.25")}, Needs: firewall.NeedsFor([]uint16{25}), Lockdown: true,
		Whole: true, // the commands are read as if they were all
	}
}

// TestWriteComesBack: the text alone is read as iptables and proves what it was
// written for, and so it does behind commands that refuse everything.
func TestWriteComesBack(t *testing.T) {
	for _, host := range []bool{false, true} {
		s, err := iptables.Write(job(host))
		if err != nil {
			t.Fatal(err)
		}
		for name, before := range map[string]string{
			"alone": "", "shut": "iptables -P INPUT DROP\niptables -P FORWARD DROP\niptables -P OUTPUT DROP\niptables -A FORWARD -j DROP\niptables -A INPUT -j DROP\niptables -A OUTPUT -j DROP\n",
		} {
			r, err := firewall.CheckFile("", []byte(before+s.Text), options())
			if err != nil || r.Format != source.IPTables || r.Verdict != firewall.Proven || len(r.Problems) > 0 {
				t.Errorf("%s, host %v: %v\n%s\n%s", name, host, err, r.Text(), s.Text)
			}
			open := options()
			if back, err := firewall.CheckFile("", []byte(before+s.Text+s.Undo), open); err != nil || back.Verdict == firewall.Proven {
				t.Errorf("%s, host %v: the way back leaves something, or %v", name, host, err)
			}
		}
	}
}

// TestWriteInto puts rules where a ruleset decides: in the chain that is
// named, and with what answers need only where it lacks.
func TestWriteInto(t *testing.T) {
	dump := "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:MAIL - [0:0]\n" +
		"-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -p tcp --dport 25 -j MAIL\n-A MAIL -j DROP\nCOMMIT\n"
	set := iptables.Parse("", source.NewDoc("", dump, time.Time{}).Lines())
	j := job(false)
	j.Set, j.Chain, j.Above = set, "MAIL", ir.At{Line: 8, Text: "-A MAIL -j DROP"}
	s, err := iptables.Write(j)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(s.Text, "ESTABLISHED") || !strings.HasPrefix(s.Text, `iptables -I MAIL 1 -s 103.13.69.0/24 -d 10.0.0.25/32 -p tcp -m tcp --dport 25 -m comment --comment "mxodus mail in" -j ACCEPT`) {
		t.Errorf("%s", s.Text)
	}
	if n := strings.Count(s.Text, "\n"); n != 5 || strings.Count(s.Undo, "-D MAIL") != n {
		t.Errorf("%s\n%s", s.Text, s.Undo)
	}
}

// TestWriteSix writes rules of IPv6 with its own command, and nothing where a
// flow has addresses of the other family alone.
func TestWriteSix(t *testing.T) {
	s, err := iptables.Write(format.Job{Flows: []format.Flow{
		{In: true, Proto: "tcp", Src: nets("2001:db8::/32", "192.0.2.0/24"), Dst: nets("2001:db8:1::25/128"), Port: 25, Label: `six "quoted" $x`},
	}})
	if err != nil || strings.Contains(s.Text, "192.0.2") || !strings.Contains(s.Text, `ip6tables -I FORWARD 2 -s 2001:db8::/32 -d 2001:db8:1::25/128 -p tcp -m tcp --dport 25 -m comment --comment "mxodus six quoted x" -j ACCEPT`) {
		t.Errorf("%v\n%s", err, s.Text)
	}
	if _, err := iptables.Write(format.Job{Flows: []format.Flow{{Proto: "tcp", Src: nets("192.0.2.0/24"), Dst: nets("2001:db8::/32")}}}); err == nil {
		t.Error("nothing was written without a word")
	}
}
