package pfsense_test

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/pfsense"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

type probe struct {
	dir, in, out, src, dst string
	port                   int
	want                   string
	line                   int
}

func check(t *testing.T, rules string, p probe) {
	t.Helper()
	ft.Decides(t, ft.Ask(t, "pfsense", rules, firewall.Probe{
		Dir: p.dir, InIf: p.in, OutIf: p.out, Src: p.src, Dst: p.dst, Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(p.port),
	}), p.want, p.line, p)
}

func TestExample(t *testing.T) {
	text := ft.Sample(t, "office.xml")
	for _, p := range []probe{
		{"in", "wan", "lan", "103.13.69.7", "203.0.113.25", 25, "permit", 154},
		{"in", "igb0", "igb1", "124.47.150.255", "203.0.113.25", 25, "permit", 154},
		{"in", "wan", "lan", "124.47.151.0", "203.0.113.25", 25, "deny", -1},
		{"in", "wan", "lan", "103.13.69.7", "203.0.113.25", 26, "deny", -1},
		{"in", "wan", "lan", "103.13.69.7", "203.0.113.2", 2525, "deny", -1},
		{"in", "wan", "lan", "103.13.69.7", "203.0.113.80", 25, "deny", -1},
		{"fwd", "wan", "lan", "103.13.69.7", "10.0.0.25", 587, "permit", 154},
		{"in", "wan", "lan", "192.168.7.7", "203.0.113.25", 25, "deny", 21},
		{"in", "wan", "lan", "100.64.7.7", "203.0.113.25", 25, "deny", 22},
		{"fwd", "lan", "wan", "10.0.0.25", "103.13.69.7", 443, "permit", 205},
		{"fwd", "opt1", "lan", "10.0.5.9", "10.0.0.25", 25, "deny", -1},
		{"fwd", "GUEST", "wan", "10.0.5.9", "8.8.8.8", 80, "permit", 180},
		{"fwd", "opt1", "wan", "10.0.5.66", "8.8.8.8", 80, "deny", 190},
		{"fwd", "opt2", "wan", "10.0.6.6", "8.8.8.8", 80, "deny", -1},
		// Sources are hidden before the rules for leaving packets see them: the
		// rule that means to spare the mail server stops it.
		{"fwd", "lan", "wan", "10.0.0.25", "103.13.69.7", 25, "deny", 136},
	} {
		check(t, text, p)
	}
}

// rules puts rules between what every file has.
func rules(filter, nat string) string {
	return `<pfsense><system><ipv6allow/></system><interfaces><wan><enable/><if>em0</if><ipaddr>dhcp</ipaddr></wan>` +
		`<lan><enable/><if>em1</if><ipaddr>10.0.0.1</ipaddr><subnet>24</subnet></lan></interfaces>` + "\n<nat>" + nat + "</nat>\n<filter>" + filter + "</filter></pfsense>\n"
}

const (
	everybody = "<rule><type>pass</type><interface>wan</interface><protocol>tcp</protocol><source><any/></source><destination><address>10.0.0.25</address><port>25</port></destination></rule>"
	forward   = "<rule><interface>wan</interface><protocol>tcp</protocol><source><any/></source><destination><network>wanip</network><port>25</port></destination><target>10.0.0.25</target><local-port>25</local-port></rule>"
)

func TestSemantics(t *testing.T) {
	in := func(src, want string, line int) probe {
		return probe{"in", "wan", "lan", src, "203.0.113.25", 25, want, line}
	}
	float := func(more string) string {
		return "<rule><type>block</type><floating>yes</floating>" + more + "<source><address>192.88.99.1</address></source><destination><any/></destination></rule>\n"
	}
	for _, c := range []struct {
		name, text string
		probes     []probe
	}{
		{"a dynamic address", rules(everybody, forward), []probe{in("8.8.8.8", "permit", 3)}},
		{"no rule", rules("", forward), []probe{in("8.8.8.8", "deny", -1)}},
		{"floating, not quick", rules(float("<direction>in</direction>")+everybody, forward), []probe{in("192.88.99.1", "permit", 4)}},
		{"floating, quick", rules(everybody+"\n"+float("<direction>in</direction><quick>yes</quick>"), forward), []probe{in("192.88.99.1", "deny", 4), in("8.8.8.8", "permit", 3)}},
		{"floating, quick, the other way", rules(everybody+"\n"+float("<direction>out</direction><quick>yes</quick>"), forward), []probe{in("192.88.99.1", "deny", 4)}},
		{"floating, another interface", rules(everybody+"\n"+float("<direction>in</direction><quick>yes</quick><interface>lan</interface>"), forward), []probe{in("192.88.99.1", "permit", 3)}},
		{"the first match of a tab", rules("<rule><type>block</type><interface>wan</interface><source><network>10.1.0.0/16</network></source><destination><any/></destination></rule>\n"+everybody+"\n<rule><type>block</type><interface>wan</interface><source><any/></source><destination><any/></destination></rule>", forward), []probe{in("8.8.8.8", "permit", 4)}},
		{"a schedule", rules(strings.Replace(everybody, "<type>", "<sched>office</sched><type>", 1), forward), []probe{in("8.8.8.8", "unknown", 3)}},
		{"an element that is not known", rules(strings.Replace(everybody, "<type>", "<frob>x</frob><type>", 1), forward), []probe{in("8.8.8.8", "unknown", 3)}},
		{"rdr pass", rules("", strings.Replace(forward, "<target>", "<associated-rule-id>pass</associated-rule-id><target>", 1)), []probe{in("8.8.8.8", "permit", 2)}},
		{"another port", rules(everybody, strings.Replace(forward, "<port>25</port>", "<port>2525</port>", 1)), []probe{
			{"in", "wan", "lan", "8.8.8.8", "203.0.113.25", 2525, "permit", 3}, in("8.8.8.8", "deny", -1),
		}},
		{"a range of ports", rules(everybody, strings.Replace(strings.Replace(forward, "<port>25</port>", "<port>2020-2030</port>", 1), "<local-port>25</local-port>", "<local-port>20</local-port>", 1)), []probe{
			{"in", "wan", "lan", "8.8.8.8", "203.0.113.25", 2025, "permit", 3}, {"in", "wan", "lan", "8.8.8.8", "203.0.113.25", 2024, "deny", -1},
		}},
		{"no rdr", rules(everybody, "<rule><nordr/><interface>wan</interface><protocol>tcp</protocol><source><address>8.8.8.8</address></source><destination><any/></destination></rule>"+forward), []probe{in("8.8.8.8", "deny", -1), in("8.8.8.9", "permit", 3)}},
		{"a one-to-one network", rules(everybody, "<onetoone><external>203.0.113.24</external><interface>wan</interface><source><address>10.0.0.24/29</address></source><destination><any/></destination></onetoone>"), []probe{
			in("8.8.8.8", "permit", 3), {"in", "wan", "lan", "8.8.8.8", "203.0.113.26", 25, "deny", -1},
		}},
		{"IPv6 off", strings.Replace(rules(strings.Replace(strings.Replace(everybody, "10.0.0.25", "2001:470::25", 1), "<protocol>", "<ipprotocol>inet6</ipprotocol><protocol>", 1), ""), "<ipv6allow/>", "<x/>", 1), []probe{{"fwd", "wan", "lan", "2620::1", "2001:470::25", 25, "deny", -1}}},
		{"IPv6 on", rules(strings.Replace(strings.Replace(everybody, "10.0.0.25", "2001:470::25", 1), "<protocol>", "<ipprotocol>inet6</ipprotocol><protocol>", 1), ""), []probe{{"fwd", "wan", "lan", "2620::1", "2001:470::25", 25, "permit", 3}, {"fwd", "wan", "lan", "8.8.8.8", "10.0.0.25", 25, "deny", -1}}},
		{"a file that breaks off", strings.Split(rules(everybody+"\n<rule><type>block</type><interface>wan</interface>", forward), "</filter>")[0], []probe{in("8.8.8.8", "unknown", 4), {"in", "wan", "lan", "8.8.8.8", "203.0.113.25", 26, "unknown", 0}}},
		{"filtering switched off", strings.Replace(rules("", ""), "<system>", "<system><disablefilter>enable</disablefilter>", 1), []probe{{"fwd", "wan", "lan", "8.8.8.8", "10.0.0.25", 25, "permit", 1}}},
		{"tags on the way out", rules("<rule><type>match</type><floating>yes</floating><direction>in</direction><interface>lan</interface><tag>NO</tag><source><address>10.0.0.9</address></source><destination><any/></destination></rule>\n<rule><type>block</type><floating>yes</floating><quick>yes</quick><direction>out</direction><interface>wan</interface><tagged>NO</tagged><source><any/></source><destination><any/></destination></rule>\n<rule><interface>lan</interface><source><any/></source><destination><any/></destination></rule>", ""), []probe{
			{"fwd", "lan", "wan", "10.0.0.9", "8.8.8.8", 25, "deny", 4}, {"fwd", "lan", "wan", "10.0.0.10", "8.8.8.8", 25, "permit", 5},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range c.probes {
				check(t, c.text, p)
			}
		})
	}
}

func options() firewall.CheckOptions {
	return firewall.CheckOptions{
		Format: "pfsense", Region: "au", Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")}, Lockdown: true,
		Ranges: []firewall.Range{
			{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"},
			{CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"},
		},
		Needs: firewall.NeedsFor([]uint16{25})[:1],
	}
}

func TestCheckFile(t *testing.T) {
	text := ft.Sample(t, "office.xml")
	for _, c := range []struct {
		name, text    string
		verdict, lock firewall.Answer
		line          int
	}{
		{"as it is", text, firewall.Proven, firewall.Proven, 0},
		{"half of a range", strings.Replace(text, "124.47.150.0/24", "124.47.150.0/25", 1), firewall.Disproven, firewall.Proven, 0},
		{"everybody", strings.Replace(text, "<source><address>Mimecast</address></source>", "<source><any></any></source>", 1), firewall.Proven, firewall.Disproven, 154},
		{"by another port", strings.Replace(strings.Replace(text, "<disabled></disabled>\n\t\t</rule>\n\t\t<onetoone>", "</rule><onetoone>", 1), "<associated-rule-id>pass", "<associated-rule-id>pass", 1), firewall.Proven, firewall.Disproven, 104},
		{"a list from the internet", strings.Replace(text, "<source><address>Mimecast</address></source>", "<source><address>BlockList</address></source>", 1), firewall.CannotTell, firewall.CannotTell, 154},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := firewall.CheckFile("config.xml", []byte(c.text), options())
			if err != nil {
				t.Fatal(err)
			}
			got := firewall.Proven
			for _, q := range r.Requirements {
				if q.Verdict != firewall.Proven {
					got = q.Verdict
				}
			}
			if len(r.SelfCheck.Disagreements) > 0 || got != c.verdict || r.Lockdown == nil || r.Lockdown.Verdict != c.lock {
				t.Fatalf("%s, lock-down %+v\n%s", got, r.Lockdown, r.Text())
			}
			for _, l := range r.Leaks {
				if l.Category == "internet" && l.By.Line != c.line {
					t.Errorf("leak by line %d, want %d", l.By.Line, c.line)
				}
			}
			if strings.Contains(r.Text(), "notARealHash") {
				t.Error("a secret is shown")
			}
		})
	}
}

func TestWrite(t *testing.T) {
	p := netip.MustParsePrefix
	in := format.Flow{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in", Src: []netip.Prefix{p("103.13.69.0/24"), p("124.47.150.0/24")}, Dst: []netip.Prefix{p("10.0.0.25/32")}}
	deny := format.Flow{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down", Dst: in.Dst}
	s, err := pfsense.Format().Write(format.Job{Flows: []format.Flow{in, deny}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := firewall.Read("", []byte(s.Text), "")
	if err != nil || set.Format != "pfsense" || len(set.Problems) > 0 {
		t.Fatalf("%v %+v", err, set)
	}
	inner := s.Text[strings.Index(s.Text, "<filter>")+8 : strings.Index(s.Text, "</filter>")]
	for _, text := range []string{s.Text, rules(inner+everybody, ""), rules(inner, "")} {
		check(t, text, probe{"fwd", "wan", "lan", "103.13.69.0", "10.0.0.25", 25, "permit", 0})
		check(t, text, probe{"fwd", "wan", "lan", "124.47.150.255", "10.0.0.25", 25, "permit", 0})
		check(t, text, probe{"fwd", "wan", "lan", "124.47.151.0", "10.0.0.25", 25, "deny", 0})
		check(t, text, probe{"fwd", "wan", "lan", "103.13.69.0", "10.0.0.25", 26, "deny", 0})
	}
}

// TestCorpus reads every file of the vendor, and claims no other.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	mine := 0
	ft.EachFile(t, "../../../../../../shared/corpus/firewall", func(path string, b []byte) {
		text, _, err := source.Text(b)
		if err != nil {
			return
		}
		is := strings.HasPrefix(path, "pfsense/")
		if g := pfsense.Format().Detect(source.NewDoc(path, text, time.Time{}).Head()); (g.Score > 0) != is {
			t.Errorf("%s: %+v", path, g)
		}
		if !is {
			return
		}
		mine++
		set, err := firewall.Read(filepath.Base(path), b, "")
		if err != nil || set.Format != "pfsense" || len(set.Problems) > 0 {
			t.Errorf("%s: %v %+v", path, err, set)
		}
	})
	if mine == 0 {
		t.Error("no file was read")
	}
}

// TestLarge reads long lists of rules and groups that contain each other.
func TestLarge(t *testing.T) {
	if raced {
		t.Skip("how long it takes is not measured under the race detector")
	}
	var b, a strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, "<rule><type>pass</type><interface>wan</interface><protocol>tcp</protocol><source><address>many</address></source><destination><address>10.0.%d.%d</address><port>25</port></destination></rule>\n", i/250, i%250)
		fmt.Fprintf(&a, "10.%d.%d.1 ", i/250, i%250)
	}
	aliases := "<aliases><alias><name>many</name><type>host</type><address>" + a.String() + " loop</address></alias><alias><name>loop</name><type>host</type><address>many</address></alias>"
	prev := "many"
	for i := range 40 {
		aliases += fmt.Sprintf("<alias><name>n%d</name><type>host</type><address>%s %s %s</address></alias>", i, prev, prev, prev)
		prev = fmt.Sprintf("n%d", i)
	}
	text := strings.Replace(rules(b.String()+strings.Replace(everybody, "<any/>", "<address>"+prev+"</address>", 1), forward), "<nat>", aliases+"</aliases><nat>", 1)
	began := time.Now()
	set, err := firewall.Read("", []byte(text), "")
	if err != nil || set.Rules < 10_000 || time.Since(began) > 30*time.Second {
		t.Errorf("%v in %s", err, time.Since(began))
	}
}

func FuzzRead(f *testing.F) {
	ft.Seeds(f, rules(everybody, forward))
	f.Fuzz(func(t *testing.T, text string) { ft.Sound(t, "pfsense", text) })
}
