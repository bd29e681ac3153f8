package pf_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go4.org/netipx"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/pf"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func options(lock bool) firewall.CheckOptions {
	return firewall.CheckOptions{
		Format: "pf", Region: "au", Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")}, Lockdown: lock,
		Ranges: []firewall.Range{
			{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"},
			{CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"},
		},
		Needs: firewall.NeedsFor([]uint16{25})[:1],
	}
}

func report(t *testing.T, text string, opt firewall.CheckOptions) firewall.Report {
	t.Helper()
	r, err := firewall.CheckFile("pf.conf", []byte(text), opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.SelfCheck.Disagreements) > 0 {
		t.Fatalf("self-check: %v", r.SelfCheck.Disagreements)
	}
	return r
}

// TestCheckFile asks the whole question of whole files, and takes the line that
// decides away again.
func TestCheckFile(t *testing.T) {
	for _, c := range []struct {
		name, text     string
		verdict        firewall.Answer
		lock           firewall.Answer
		gapLine, leaks int
	}{
		{"the example for FreeBSD", ft.Sample(t, "freebsd.conf"), firewall.Proven, firewall.Proven, 0, 0},
		{"the example for OpenBSD", ft.Sample(t, "openbsd.conf"), firewall.Proven, firewall.Disproven, 0, 1},
		{"the output of pfctl", ft.Sample(t, "pfctl.txt"), firewall.Proven, firewall.Proven, 0, 0},
		{"a range half as large", strings.Replace(ft.Sample(t, "freebsd.conf"), "124.47.150.0/24 }", "124.47.150.0/25 }", 1), firewall.Disproven, firewall.Proven, 23, 0},
		{"everybody", strings.Replace(ft.Sample(t, "freebsd.conf"), "from <mimecast> to $mx", "from any to $mx", 1), firewall.Proven, firewall.Disproven, 0, 27},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := report(t, c.text, options(true))
			for _, q := range r.Requirements {
				if q.Verdict != firewall.Proven && c.verdict == firewall.Proven {
					t.Errorf("%+v", q)
				}
				for _, g := range q.Gaps {
					if g.By.Line != c.gapLine {
						t.Errorf("gap by line %d, want %d: %+v", g.By.Line, c.gapLine, g)
					}
				}
			}
			if r.Lockdown == nil || r.Lockdown.Verdict != c.lock {
				t.Fatalf("lock-down %+v, want %s\n%s", r.Lockdown, c.lock, r.Text())
			}
			for _, l := range r.Leaks {
				if c.leaks > 1 && l.Category == "internet" && l.By.Line != c.leaks {
					t.Errorf("leak by line %d, want %d", l.By.Line, c.leaks)
				}
			}
		})
	}
}

// TestReplies asks for answers where packets pass without a state.
func TestReplies(t *testing.T) {
	host := func(rules string) string { return "set skip on lo\n" + rules }
	for _, c := range []struct {
		name, rules string
		want        firewall.Answer
	}{
		{"a state lets answers out", "block all\npass in proto tcp to port 25", firewall.Proven},
		{"no state, and answers are blocked", "block all\npass in proto tcp to port 25 no state", firewall.Disproven},
		{"no state, and answers pass by a rule", "block all\npass in proto tcp to port 25 no state\npass out proto tcp from port 25 no state", firewall.Proven},
		{"later packets without a state", "block all\npass in proto tcp to port 25 flags S/SA no state\npass out proto tcp from port 25 no state", firewall.Disproven},
		{"the default passes in, answers are blocked", "block out all", firewall.Disproven},
		{"the default passes both ways", "block in from 192.0.2.0/24", firewall.Proven},
	} {
		opt := options(false)
		opt.Path = "in"
		if r := report(t, host(c.rules), opt); r.Verdict != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, r.Verdict, c.want, r.Text())
		}
	}
	// Passing through: the state of the way in lets answers out there, but those
	// come in by the other interface.
	opt := options(false)
	opt.Path = "fwd"
	opt.Interface = "em0"
	through := "pass in on em0 proto tcp to port 25\nblock in on em1\n"
	if r := report(t, through, opt); r.Verdict != firewall.Disproven {
		t.Errorf("answers blocked on the inside: %s\n%s", r.Verdict, r.Text())
	}
	if r := report(t, through+"pass out on em1", opt); r.Verdict == firewall.Disproven {
		t.Errorf("a state on the inside: %s\n%s", r.Verdict, r.Text())
	}
}

// TestBlame takes the line that decides away: the verdict is another one then.
func TestBlame(t *testing.T) {
	for _, name := range []string{"freebsd.conf", "openbsd.conf"} {
		text := ft.Sample(t, name)
		lines := strings.Split(text, "\n")
		for _, p := range []probe{
			{dir: "in", in: "em0", out: "em1", src: "103.13.69.7", dst: "203.0.113.25", port: 25},
			{dir: "in", in: "egress", out: "em1", src: "103.13.69.7", dst: "203.0.113.25", port: 25},
			{dir: "fwd", in: "em1", out: "egress", src: "10.0.0.99", dst: "103.13.69.7", port: 25},
		} {
			v := ask(t, text, "pf", p)
			if v.Line == 0 {
				continue
			}
			less := append([]string{}, lines...)
			for i := v.Line - 1; ; i++ {
				more := strings.HasSuffix(less[i], "\\")
				less[i] = "#"
				if !more {
					break
				}
			}
			if w := ask(t, strings.Join(less, "\n"), "pf", p); w.Line == v.Line {
				t.Errorf("%s %+v: line %d decides, and does so when it is gone", name, p, v.Line)
			}
		}
	}
}

func jobs() []format.Job {
	p := netip.MustParsePrefix
	in := format.Flow{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in", Src: []netip.Prefix{p("103.13.69.0/24"), p("124.47.150.0/24")}, Dst: []netip.Prefix{p("10.0.0.25/32")}}
	out := format.Flow{Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail out", Src: in.Dst, Dst: in.Src}
	deny := format.Flow{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down", Dst: in.Dst}
	six := format.Flow{In: true, Proto: "tcp", Port: 25, Family: ir.V6, Label: "mxodus v6", Src: []netip.Prefix{p("2001:db8::/32")}, Dst: []netip.Prefix{p("2001:db8:1::25/128")}}
	return []format.Job{{Flows: []format.Flow{in, out, six, deny}}, {Flows: []format.Flow{in, deny}, Host: true}}
}

// TestWrite reads what is written: alone, and at the head of rules that say
// otherwise.
func TestWrite(t *testing.T) {
	f := pf.Format()
	for _, job := range jobs() {
		s, err := f.Write(job)
		if err != nil || s.Undo == "" {
			t.Fatal(err)
		}
		set, err := firewall.Read("", []byte(s.Text), "")
		if err != nil || set.Format != "pf" || len(set.Problems) > 0 {
			t.Fatalf("%v %+v\n%s", err, set, s.Text)
		}
		for _, rules := range []string{s.Text, s.Text + "pass all\n", s.Text + "block all\n"} {
			for _, dir := range []string{"in", "fwd"} {
				check(t, rules, probe{dir, "", "", "103.13.69.0", "10.0.0.25", 25, "permit", 0})
				check(t, rules, probe{dir, "", "", "124.47.150.255", "10.0.0.25", 25, "permit", 0})
				check(t, rules, probe{dir, "", "", "124.47.151.0", "10.0.0.25", 25, "deny", 0})
			}
		}
		check(t, s.Text, probe{"in", "", "", "124.47.151.0", "10.0.0.25", 26, "permit", -1})
		check(t, s.Text, probe{"in", "", "", "124.47.151.0", "10.0.0.26", 25, "permit", -1})
	}
	job := jobs()[0]
	job.Translate = []format.Translation{{Public: netip.MustParseAddr("203.0.113.25"), Inside: netip.MustParseAddr("10.0.0.25"), PublicPort: 25, Port: 25}}
	s, err := f.Write(job)
	if err != nil {
		t.Fatal(err)
	}
	rules := s.Text + "block all\n"
	check(t, rules, probe{"in", "em0", "em1", "103.13.69.9", "203.0.113.25", 25, "permit", 0})
	check(t, rules, probe{"in", "em0", "em1", "8.8.8.8", "203.0.113.25", 25, "deny", 0})
}

// TestSecrets sees that keys are not shown.
func TestSecrets(t *testing.T) {
	text := "# password hunter2\npass in all label \"password=hunter22\"\nblock in frob psk hunter23\n"
	v := ask(t, text, "pf", probe{"in", "", "", "192.0.2.1", "203.0.113.25", 25, "", 0})
	set, err := firewall.Read("", []byte(text), "pf")
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprint(v, set.Problems, set.Notes); strings.Contains(all, "hunter2") {
		t.Error(all)
	}
}

// TestOnlyOwnFiles reads every file of the corpus and claims none of others.
func TestOnlyOwnFiles(t *testing.T) {
	ft.EachText(t, "../../../../../../shared/corpus/firewall", func(path, text string) {
		if g := pf.Detect(source.NewDoc(path, text, time.Time{}).Head()); g.Score > 0 && !strings.HasPrefix(filepath.Base(path), "sample_pf") && !strings.HasSuffix(path, ".pf") {
			t.Errorf("%s: taken for pf: %+v", path, g)
		}
	})
}

// TestLarge reads long lists soon, and macros that grow without end.
func TestLarge(t *testing.T) {
	if raced {
		t.Skip("how long it takes is not measured under the race detector")
	}
	var b strings.Builder
	b.WriteString("table <many> const {\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "  10.%d.%d.%d\n", i%200, i/200, i%250)
	}
	b.WriteString("}\nblock all\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "pass in quick on em%d inet proto tcp from { <many> 192.0.2.%d } to 10.0.0.%d port { 25 587 }\n", i%3, i%256, i%250)
	}
	began := time.Now()
	set, err := firewall.Read("", []byte(b.String()), "")
	if err != nil || set.Rules < 10_000 || time.Since(began) > 30*time.Second {
		t.Errorf("%v in %s", err, time.Since(began))
	}
	var m strings.Builder
	m.WriteString("a0 = \"1.1.1.1 2.2.2.2\"\n")
	for i := 1; i < 64; i++ {
		fmt.Fprintf(&m, "a%d = $a%d $a%d\n", i, i-1, i-1)
	}
	m.WriteString("pass in from { $a63 }\n" + strings.Repeat("{\n", 20_000) + strings.Repeat("match in to 10.0.0.1 rdr-to 10.0.0.2\n", 64) + strings.Repeat("anchor {\n", 5000))
	began = time.Now()
	pf.Read(source.NewDoc("", m.String(), time.Time{}))
	if spent := time.Since(began); spent > 60*time.Second {
		t.Errorf("took %s", spent)
	}
}

func FuzzRead(f *testing.F) {
	names, _ := filepath.Glob("testdata/*")
	for _, n := range names {
		if b, err := os.ReadFile(n); err == nil {
			f.Add(string(b))
		}
	}
	f.Add("table <a> { <a> <b> }\ntable <b> { <a> }\npass in from <b>\n")
	f.Add("match in rdr-to 10.0.0.1 port 1:*\nmatch in tag A\npass in ! tagged A\nanchor { anchor {\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 20_000 {
			return
		}
		began := time.Now()
		doc := source.NewDoc("", text, time.Time{})
		set := pf.Read(doc)
		if time.Since(began) > 5*time.Second {
			t.Fatalf("took %s", time.Since(began))
		}
		lines := len(doc.Lines())
		for _, p := range set.Programs {
			for _, c := range p.Chains {
				for _, r := range append(c.Rules, c.Policy) {
					if r.At.Line < 0 || r.At.Line > lines {
						t.Fatalf("line %d of %d", r.At.Line, lines)
					}
				}
			}
			agree(t, p)
		}
	})
}

// agree asks both readers of a program a few packets.
func agree(t *testing.T, p *ir.Program) {
	t.Helper()
	e := engine.New(p)
	for _, dst := range []string{"203.0.113.25", "10.0.0.25"} {
		for _, dir := range []ir.Dir{ir.In, ir.Forward} {
			pkt := interp.Packet{Dir: dir, In: "em0", Out: "em1", Src: netip.MustParseAddr("103.13.69.7"), Dst: netip.MustParseAddr(dst), Proto: ir.TCP, SPort: 40000, DPort: 25}
			src, _ := source.Net("103.13.69.7")
			to, _ := source.Net(dst)
			parts, err := e.Ask(engine.Query{
				Dir: dir, InIfs: []string{"em0"}, OutIfs: []string{"em1"}, Protos: []uint8{ir.TCP},
				Src: []netipx.IPRange{src}, Dst: []netipx.IPRange{to}, SPorts: []ir.PortRange{{Lo: 40000, Hi: 40000}}, DPorts: []ir.PortRange{{Lo: 25, Hi: 25}}, Budget: 200_000,
			})
			if err != nil || len(parts) != 1 {
				return
			}
			v := interp.Walk(p, pkt)
			if parts[0].Outcome == engine.Permit && v.Deny || parts[0].Outcome == engine.Deny && v.Permit {
				t.Fatalf("%s: %s, but packet by packet %+v", dst, parts[0].Outcome, v)
			}
		}
	}
}
