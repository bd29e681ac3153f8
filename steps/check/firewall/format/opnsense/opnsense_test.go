package opnsense_test

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/opnsense"
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
	ft.Decides(t, ft.Ask(t, "opnsense", rules, firewall.Probe{
		Dir: p.dir, InIf: p.in, OutIf: p.out, Src: p.src, Dst: p.dst, Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(p.port),
	}), p.want, p.line, p)
}

// TestExample reads both models in one file: new rules come before old ones of
// the same place, and port forwards by their sequence.
func TestExample(t *testing.T) {
	text := ft.Sample(t, "both.xml")
	for _, p := range []probe{
		{"in", "wan", "lan", "103.13.69.7", "203.0.113.25", 25, "permit", 74},
		{"in", "vtnet0", "vtnet1", "124.47.150.7", "203.0.113.25", 25, "permit", 74},
		{"in", "wan", "lan", "124.47.150.250", "203.0.113.25", 25, "deny", 147},
		{"in", "wan", "lan", "103.13.70.7", "203.0.113.25", 25, "deny", 66},
		{"in", "wan", "lan", "9.9.9.9", "203.0.113.25", 25, "deny", 147},
		{"in", "wan", "lan", "8.8.8.8", "203.0.113.25", 25, "deny", -1},
		{"in", "wan", "lan", "100.64.0.1", "203.0.113.25", 25, "deny", 0},
		{"in", "wan", "lan", "192.88.99.1", "203.0.113.25", 25, "deny", -1},
		{"fwd", "lan", "wan", "10.0.0.25", "103.13.69.7", 25, "permit", 84},
		{"fwd", "lan", "wan", "10.0.0.66", "103.13.69.7", 25, "deny", 171},
		{"fwd", "DMZ", "wan", "10.0.5.1", "103.13.69.7", 25, "deny", -1},
	} {
		check(t, text, p)
	}
}

func TestSemantics(t *testing.T) {
	text := ft.Sample(t, "both.xml")
	in := func(src, want string, line int) probe {
		return probe{"in", "wan", "lan", src, "203.0.113.25", 25, want, line}
	}
	legacy := "<type>block</type>\n      <interface>wan</interface>"
	for _, c := range []struct {
		name, text string
		probes     []probe
	}{
		{"quick taken away", strings.Replace(text, legacy, "<quick>0</quick>"+legacy, 1), []probe{in("103.13.70.7", "deny", 66), in("103.13.69.7", "permit", 74)}},
		{"a lower sequence", strings.Replace(text, "<sequence>20</sequence>\n            <action>pass", "<sequence>5</sequence>\n            <action>pass", 1), []probe{in("9.9.9.9", "permit", 133)}},
		{"a rule switched on", strings.Replace(text, "<rule uuid=\"r3\">\n            <enabled>0", "<rule uuid=\"r3\">\n            <enabled>1", 1), []probe{in("8.8.8.8", "permit", 160), in("124.47.150.250", "permit", 160)}},
		{"another interface, turned around", strings.Replace(text, "<interface>lan,opt1</interface>", "<interfacenot>1</interfacenot><interface>lan,opt1</interface>", 1), []probe{{"fwd", "lan", "wan", "10.0.0.66", "103.13.69.7", 25, "permit", 84}}},
		{"a list from the internet", strings.Replace(text, "<source_net>9.9.9.0/28,124.47.150.250</source_net>", "<source_net>Lists</source_net>", 1), []probe{in("103.13.69.7", "unknown", 147)}},
		{"a rule of a group", strings.Replace(text, "<interface>lan,opt1</interface>", "<interface>INSIDE</interface>", 1), []probe{{"fwd", "lan", "wan", "10.0.0.66", "103.13.69.7", 25, "deny", 171}}},
		{"rdr pass", strings.Replace(text, "<local-port>25</local-port>", "<local-port>25</local-port><pass>pass</pass>", 1), []probe{in("8.8.8.8", "permit", 44)}},
		{"a one-to-one of the new model", strings.Replace(text, "</rules>\n      </Filter>", "</rules><onetoone><rule><enabled>1</enabled><interface>wan</interface><type>binat</type><source_net>10.0.0.25</source_net><destination_net>any</destination_net><external>203.0.113.9</external></rule></onetoone>\n      </Filter>", 1), []probe{
			{"in", "wan", "lan", "103.13.69.7", "203.0.113.9", 25, "permit", 74},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.text == text {
				t.Fatal("the example was not changed")
			}
			for _, p := range c.probes {
				check(t, c.text, p)
			}
		})
	}
	only := strings.Replace(text[:strings.Index(text, "  <filter>")]+text[strings.Index(text, "  <OPNsense>"):], "<local-port>25</local-port>", "<local-port>25</local-port><pass>rule</pass>", 1)
	check(t, only, in("8.8.8.8", "unknown", 0)) // among rules that block
}

func TestCheckFile(t *testing.T) {
	text := strings.Replace(ft.Sample(t, "both.xml"), ",124.47.150.250", "", 1)
	opt := firewall.CheckOptions{
		Format: "opnsense", Region: "au", Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")}, Lockdown: true,
		Ranges: []firewall.Range{
			{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"},
			{CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"},
		},
		Needs: firewall.NeedsFor([]uint16{25})[:1],
	}
	for _, c := range []struct {
		name, text string
		lock       firewall.Answer
		line       int
	}{
		{"as it is", text, firewall.Proven, 0},
		{"one more sender", strings.Replace(text, "<sequence>20</sequence>\n            <action>pass", "<sequence>5</sequence>\n            <action>pass", 1), firewall.Disproven, 133},
	} {
		r, err := firewall.CheckFile("config.xml", []byte(c.text), opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range r.Requirements {
			if q.Verdict != firewall.Proven {
				t.Errorf("%s: %+v", c.name, q)
			}
		}
		if len(r.SelfCheck.Disagreements) > 0 || r.Lockdown == nil || r.Lockdown.Verdict != c.lock || strings.Contains(r.Text(), "notARealHash") {
			t.Errorf("%s: %s", c.name, r.Text())
		}
		for _, l := range r.Leaks {
			if l.Category == "internet" && l.By.Line != c.line {
				t.Errorf("%s: leak by line %d", c.name, l.By.Line)
			}
		}
	}
}

func TestWrite(t *testing.T) {
	p := netip.MustParsePrefix
	in := format.Flow{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in", Src: []netip.Prefix{p("103.13.69.0/24"), p("124.47.150.0/24")}, Dst: []netip.Prefix{p("10.0.0.25/32")}}
	deny := format.Flow{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down", Dst: in.Dst}
	s, err := opnsense.Format().Write(format.Job{Flows: []format.Flow{in, deny}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := firewall.Read("", []byte(s.Text), "")
	if err != nil || set.Format != "opnsense" || len(set.Problems) > 0 {
		t.Fatalf("%v %+v", err, set)
	}
	check(t, s.Text, probe{"fwd", "wan", "lan", "103.13.69.0", "10.0.0.25", 25, "permit", 3})
	check(t, s.Text, probe{"fwd", "wan", "lan", "124.47.150.255", "10.0.0.25", 25, "permit", 4})
	check(t, s.Text, probe{"fwd", "wan", "lan", "124.47.151.0", "10.0.0.25", 25, "deny", 5})
	check(t, s.Text, probe{"fwd", "wan", "lan", "103.13.69.0", "10.0.0.25", 26, "deny", -1})
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
		is := strings.HasPrefix(path, "opnsense/")
		if g := opnsense.Format().Detect(source.NewDoc(path, text, time.Time{}).Head()); (g.Score > 0) != is {
			t.Errorf("%s: %+v", path, g)
		}
		if !is {
			return
		}
		mine++
		set, err := firewall.Read(filepath.Base(path), b, "")
		if err != nil || set.Format != "opnsense" || len(set.Problems) > 0 {
			t.Errorf("%s: %v %+v", path, err, set)
			return
		}
		for name, want := range map[string]bool{"ALL_SERVERS": true, "INTERNAL_NET": false} {
			boxes, _, ok := set.Object(name)
			if !ok || len(boxes) != 1 || boxes[0].Src == nil {
				t.Errorf("%s: %+v", name, boxes)
				continue
			}
			in := false
			for _, r := range boxes[0].Src.Ranges {
				in = in || r.Contains(netip.MustParseAddr("10.20.30.50")) && r.From() == r.To()
			}
			if in != want {
				t.Errorf("%s holds 10.20.30.50: %v", name, in)
			}
		}
	})
	if mine == 0 {
		t.Error("no file was read")
	}
}

func FuzzRead(f *testing.F) {
	ft.Seeds(f, "curl -d '{\"rule\":{\"action\":\"pass\"}}' https://x/api/firewall/filter/addRule\n")
	f.Fuzz(func(t *testing.T, text string) { ft.Sound(t, "opnsense", text) })
}
