package nft_test

import (
	"fmt"
	"math/rand/v2"
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
	"mxodus/steps/check/firewall/format/nft"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func options(server string) firewall.CheckOptions {
	opt := ft.Options(server)
	opt.Needs = opt.Needs[:1]
	return opt
}

// TestProvenAndDisproven asks the whole question of the edge firewall, as it is
// and with its faults.
func TestProvenAndDisproven(t *testing.T) {
	good := strings.Replace(strings.Replace(ft.Sample(t, "edge.nft"), "ip saddr 198.51.100.7 ct status dnat accept", "", 1),
		"ip saddr 203.0.113.66 drop", "ip saddr 203.0.113.66 drop # one of those that try", 1)
	for _, c := range []struct {
		name, text, server string
		want, lock         firewall.Answer
		line               string
	}{
		{"as it should be", good, "203.0.113.25", firewall.Proven, firewall.Proven, ""},
		{"half of a range", strings.Replace(good, "elements = { 103.13.69.0/24, 124", "elements = { 103.13.69.0/25, 124", 1), "203.0.113.25", firewall.Disproven, firewall.Proven, "drop"},
		{"a partner too many", ft.Sample(t, "edge.nft"), "203.0.113.25", firewall.Proven, firewall.Disproven, ""},
		{"the host itself", strings.Replace(ft.Sample(t, "host.nft"), ", 124.47.150.0/25 . 25", "", 1), "203.0.113.25", firewall.Disproven, firewall.CannotTell, "policy drop"}, // its IPv6 rule
		{"the host itself, without IPv6", strings.NewReplacer(", 124.47.150.0/25 . 25", "", "ip6 saddr 2001:db8:25::/48 tcp dport 25 accept", "").Replace(ft.Sample(t, "host.nft")), "203.0.113.25", firewall.Disproven, firewall.Proven, "policy drop"},
		{"the host itself, as JSON", strings.ReplaceAll(ft.Sample(t, "host.json"), "124.47.150.0", "192.0.2.0"), "203.0.113.25", firewall.Disproven, firewall.Disproven, "policy drop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := firewall.CheckFile("rules.nft", []byte(c.text), options(c.server))
			if err != nil {
				t.Fatal(err)
			}
			if r.Format != "nft" || len(r.Problems) > 0 {
				t.Errorf("read as %s, problems %v", r.Format, r.Problems)
			}
			got := firewall.Proven
			for _, q := range r.Requirements {
				if q.Verdict != firewall.Proven {
					got = q.Verdict
					if g := q.Gaps[0]; !strings.Contains(g.By.Text, c.line) || g.Fix.Copy == "" || !strings.Contains(g.Fix.Copy, "insert rule") {
						t.Errorf("gap by %+v, fix %+v; want it by %q with commands", g.By, g.Fix, c.line)
					}
				}
			}
			if got != c.want || r.Lockdown.Verdict != c.lock {
				t.Errorf("%s and lock-down %s, want %s and %s\n%s", got, r.Lockdown.Verdict, c.want, c.lock, r.Text())
			}
		})
	}
}

// TestFixesHelp puts the lines of a report behind the file: then all is proven.
func TestFixesHelp(t *testing.T) {
	deny := "table inet f {\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n\t\tiifname \"lo\" accept\n\t}\n\tchain output {\n\t\ttype filter hook output priority 0; policy drop;\n\t}\n}\n"
	for name, c := range map[string]struct{ text, server string }{
		"deny all":   {deny, "203.0.113.25"},
		"two tables": {deny + "table ip g {\n\tchain i {\n\t\ttype filter hook input priority 5; policy drop;\n\t}\n}\n", "203.0.113.25"},
		"allow all":  {"table inet f {\n\tchain input {\n\t\ttype filter hook input priority 0; policy accept;\n\t\tct state invalid drop\n\t}\n}\n", "203.0.113.25"},
		"one range":  {strings.Replace(ft.Sample(t, "host.nft"), ", 124.47.150.0/25 . 25", "", 1), "203.0.113.25"},
		"translated": {strings.Replace(ft.Sample(t, "edge.nft"), "elements = { 103.13.69.0/24, 124.47.150.0/24", "elements = { 192.0.2.0/24", 1), "203.0.113.25"},
		"JSON":       {strings.ReplaceAll(ft.Sample(t, "host.json"), "124.47.150.0", "192.0.2.0"), "203.0.113.25"},
	} {
		t.Run(name, func(t *testing.T) {
			opt := options(c.server)
			opt.Lockdown = name != "translated" // of which the lines to delete are told in words
			r, err := firewall.CheckFile("", []byte(c.text), opt)
			if err != nil {
				t.Fatal(err)
			}
			put := firewall.Merge(ft.Fixes(r)...)
			if put == "" {
				t.Fatalf("nothing to copy\n%s", r.Text())
			}
			after, err := firewall.CheckFile("", []byte(c.text+"\n"+put+"\n"), opt)
			if err != nil {
				t.Fatal(err)
			}
			if after.Verdict != firewall.Proven {
				t.Errorf("after\n%s\n%s", put, after.Text())
			}
		})
	}
}

// TestBlame takes the blamed line out: then another decides.
func TestBlame(t *testing.T) {
	rules := input("ip saddr 192.0.2.0/24 accept\nip saddr 103.13.69.0/25 tcp dport 25 drop\ntcp dport 20-30 accept\ntcp dport 25 accept")
	v := ask(t, rules, mail)[0]
	lines := strings.Split(rules, "\n")
	lines[v.Line-1] = ""
	if again := ask(t, strings.Join(lines, "\n"), mail)[0]; again.Verdict == v.Verdict {
		t.Errorf("without line %d (%s) it is still %s", v.Line, v.Text, again.Verdict)
	}
}

// TestAnswersAreAsked: packets without a connection need a rule each way.
func TestAnswersAreAsked(t *testing.T) {
	opt := options("203.0.113.25")
	opt.Lockdown = false
	text := strings.Replace(ft.Sample(t, "host.nft"), "124.47.150.0/25", "124.47.150.0/24", 1)
	shut := strings.Replace(text, "hook output priority filter; policy accept;", "hook output priority filter; policy drop;", 1)
	for text, want := range map[string]firewall.Answer{text: firewall.Proven, shut: firewall.Disproven} {
		r, err := firewall.CheckFile("", []byte(text), opt)
		if err != nil || r.Verdict != want {
			t.Errorf("%v %s, want %s\n%s", err, r.Verdict, want, text)
		}
	}
}

// TestSameMeaning writes rules in other words: verdicts stay.
func TestSameMeaning(t *testing.T) {
	base := input("ip saddr 103.13.69.0/24 tcp dport 25 accept\nip saddr 103.13.68.0/23 tcp dport 25 drop")
	same := []string{
		input("ip saddr @nets tcp dport 25 accept\nip saddr 103.13.68.0/23 tcp dport 25 drop"),
		input("ip saddr { 103.13.69.0/25, 103.13.69.128/25 } tcp dport { 25 } accept\nip saddr 103.13.68.0-103.13.69.255 meta l4proto tcp th dport 25 drop"),
		input("ip saddr . tcp dport vmap { 103.13.69.0/24 . 25 : accept }\nip saddr . tcp dport { 103.13.68.0/23 . 25 } drop"),
		input("tcp dport 25 jump user") + "add rule inet f user ip saddr 103.13.69.0/24 accept\nadd rule inet f user ip saddr 103.13.68.0/23 drop\n",
		strings.ReplaceAll(base, "inet f", "ip other"),
	}
	var probes []string
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		probes = append(probes, fmt.Sprintf(`{"dir":"in","in_if":"eth0","src":"103.13.%d.%d","dst":"203.0.113.25","proto":"tcp","sport":40000,"dport":%d}`, 67+r.IntN(4), r.IntN(256), 24+r.IntN(3)))
	}
	want := ask(t, base, probes...)
	for i, text := range same {
		for k, v := range ask(t, text, probes...) {
			if v.Verdict != want[k].Verdict {
				t.Errorf("form %d: %s is %+v, was %+v", i, probes[k], v, want[k])
			}
		}
	}
}

// TestDetect: the corpus and the examples of all formats; files of others are
// not taken.
func TestDetect(t *testing.T) {
	files, _ := filepath.Glob("../../../../../../shared/corpus/firewall/*/*")
	more, _ := filepath.Glob("../../../../../../shared/corpus/firewall/*/*/*")
	deep, _ := filepath.Glob("../../../../../../shared/corpus/firewall/*/*/*/*")
	own, _ := filepath.Glob("testdata/*")
	if len(files) == 0 {
		t.Log("no corpus beside this checkout")
	}
	for _, name := range append(append(append(files, more...), deep...), own...) {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		text, _, err := source.Text(b)
		if err != nil {
			continue
		}
		mine := strings.HasSuffix(name, ".nft") || strings.HasPrefix(name, "testdata")
		if g := nft.Detect(source.NewDoc(name, text, time.Time{})); (g.Score > 0) != mine {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

// TestSecretsStay: what looks like a key is not repeated.
func TestSecretsStay(t *testing.T) {
	r, err := firewall.CheckFile("", []byte(input(`tcp dport 25 drop comment "password=hunter2hunter2"`+"\nfrobnicate password=hunter2hunter2 accept")), options("203.0.113.25"))
	if err != nil || strings.Contains(r.Text(), "hunter2") {
		t.Errorf("%v\n%s", err, r.Text())
	}
}

// TestNamedSets resolves a set for probes of membership.
func TestNamedSets(t *testing.T) {
	set := nft.Read(source.NewDoc("", ft.Sample(t, "edge.nft"), time.Time{}))
	boxes, at, ok := set.Object("mimecast")
	if !ok || at.Line != 10 || len(boxes) != 1 || len(boxes[0].Src.Ranges) != 2 {
		t.Errorf("%v %v %v", boxes, at, ok)
	}
	if _, _, ok := set.Object("nobody"); ok {
		t.Error("a set that is not there was found")
	}
}

// TestScale reads many rules and large sets within their time.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	b.WriteString("table inet f {\n\tset s {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = { ")
	for i := range 10_000 {
		fmt.Fprintf(&b, "10.%d.%d.%d, ", i/250, i%250, 2*(i%100))
	}
	b.WriteString("}\n\t}\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "\t\tip saddr @s tcp dport %d accept\n\t\tip saddr . tcp dport { 192.0.%d.%d . %d } accept\n", 1000+i, i/256, i%256, i)
	}
	b.WriteString("\t}\n}\n")
	began := time.Now()
	set := nft.Read(source.NewDoc("", b.String(), time.Time{}))
	if spent := time.Since(began); spent > slow*4*time.Second || set.Rules != 20_000 || len(set.Problems) > 0 {
		t.Errorf("%d rules in %s, problems %v", set.Rules, spent, set.Problems)
	}
}

// TestGarbage: much of nothing, deep nesting, variables of variables.
func TestGarbage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var bomb strings.Builder
	bomb.WriteString("define a0 = 1.2.3.4\n")
	for i := range 40 {
		fmt.Fprintf(&bomb, "define a%d = { $a%d, $a%d }\n", i+1, i, i)
	}
	bomb.WriteString("table ip t {\n\tchain c {\n\t\ttype filter hook input priority 0;\n\t\tip saddr $a40 drop\n\t}\n}\n")
	for name, text := range map[string]string{
		"bomb":     bomb.String(),
		"brackets": "table ip t {\n" + strings.Repeat("{", 300_000),
		"colons":   "table ip t { chain c { " + strings.Repeat("a:", 500_000),
		"sets":     "table ip t { chain c { type filter hook input priority 0; ip saddr " + strings.Repeat("{ 1.2.3.4, ", 200_000),
		"lines":    "table ip t {\n" + strings.Repeat("chain c { }\n", 100_000),
		"words":    strings.Repeat("x y z\n", 200_000),
		"JSON":     `{"nftables":[` + strings.Repeat(`{"rule":`, 50_000),
		"jumps":    "table ip t {\n" + strings.Repeat("chain c { jump c; jump d; }\n", 20_000) + "}\n",
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			nft.Read(source.NewDoc("", text, time.Time{}))
			if spent := time.Since(began); spent > slow*10*time.Second {
				t.Errorf("took %s", spent)
			}
		})
	}
}

// FuzzRead: no panic, soon, every rule within the file, and both readers agree.
func FuzzRead(f *testing.F) {
	names, _ := filepath.Glob("testdata/*")
	for _, n := range names {
		if b, err := os.ReadFile(n); err == nil {
			f.Add(string(b))
		}
	}
	f.Add(input("ip saddr . tcp dport vmap { 1.2.3.0/24 . 25 : jump user, * : drop }\nct state vmap { new : goto user }"))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 20_000 {
			return
		}
		set := nft.Read(source.NewDoc("", text, time.Time{}))
		lines := strings.Count(strings.ReplaceAll(text, "\r", "\n"), "\n") + 1
		src, dst := netip.MustParseAddr("103.13.69.7"), netip.MustParseAddr("203.0.113.25")
		for _, p := range set.Programs {
			for _, c := range p.Chains {
				for _, r := range c.Rules {
					if r.At.Line < 0 || r.At.Line > lines {
						t.Fatalf("line %d of %d", r.At.Line, lines)
					}
				}
			}
			if p.Family != ir.V4 {
				continue
			}
			q := engine.Query{
				Dir: ir.In, Src: prefixRange(src), Dst: prefixRange(dst), Protos: []uint8{ir.TCP}, InIfs: []string{"eth0"},
				SPorts: []ir.PortRange{{Lo: 40000, Hi: 40000}}, DPorts: []ir.PortRange{{Lo: 25, Hi: 25}},
			}
			parts, err := engine.New(p).Ask(q)
			if err != nil {
				continue
			}
			w := interp.Walk(p, interp.Packet{Dir: ir.In, In: "eth0", Src: src, Dst: dst, Proto: ir.TCP, SPort: 40000, DPort: 25})
			for _, x := range parts {
				if x.Outcome == engine.Permit && w.Deny || x.Outcome == engine.Deny && w.Permit {
					t.Fatalf("engine %v, interpreter %+v", x.Outcome, w)
				}
			}
		}
	})
}

// TestWriteNamesOutside: rules without a file go where nft installations mostly
// have them, and the note says so.
func TestWriteNamesOutside(t *testing.T) {
	flow := format.Flow{In: true, Proto: "tcp", Src: ft.Prefixes("103.13.69.0/25", "103.13.69.128/25"), Dst: ft.Prefixes("10.0.0.25/32"), Port: 25, Family: ir.V4, Label: "mail \"in\""}
	s, err := nft.Write(format.Job{Flows: []format.Flow{flow}})
	want := `insert rule inet filter forward ip saddr 103.13.69.0/24 ip daddr 10.0.0.25 tcp dport 25 accept comment "mxodus mail in"`
	if err != nil || !strings.Contains(s.Text, want) || len(s.Notes) != 2 || !strings.Contains(s.Undo, "mxodus mail in") {
		t.Errorf("%v %+v", err, s)
	}
	if _, err := nft.Write(format.Job{}); err == nil {
		t.Error("nothing was written without a word")
	}
}

func prefixRange(a netip.Addr) []netipx.IPRange { return []netipx.IPRange{netipx.IPRangeFrom(a, a)} }
