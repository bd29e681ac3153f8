package firewall

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/region"
)

var server = netip.MustParseAddr("203.0.113.25")

// seedRanges are the two ranges that the migration article names.
func seedRanges() []Range {
	return []Range{
		{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"},
		{netip.MustParsePrefix("124.47.150.0/24"), Named, "au"},
	}
}

func options() CheckOptions {
	return CheckOptions{Region: "au", Ranges: seedRanges(), Servers: []netip.Addr{server}}
}

func check1(t *testing.T, text string, opt CheckOptions) Report {
	t.Helper()
	r, err := CheckFile("rules.v4", []byte(text), opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.SelfCheck.Disagreements) > 0 {
		t.Fatalf("self-check: %v", r.SelfCheck.Disagreements)
	}
	checkWitnesses(t, text, r)
	return r
}

// checkWitnesses re-asks every counter-example through eval: it must fail, and
// every leak's sample must pass.
func checkWitnesses(t *testing.T, text string, r Report) {
	t.Helper()
	set, err := Read("rules.v4", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	j := newJudge(set)
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			if g.Witness.Step != "opens" {
				continue // eval answers for packets that open a connection
			}
			v := j.ask(g.Witness.Probe())
			if g.Verdict == Disproven && q.Verdict != CannotTell && (v.Verdict != "deny" || v.Line != g.By.Line) {
				t.Errorf("counter-example %s: eval says %+v, want deny at line %d", g.Witness, v, g.By.Line)
			}
			if !strings.Contains(r.Text(), g.Witness.Src) {
				t.Errorf("the text does not name %s", g.Witness.Src)
			}
		}
	}
	for _, l := range r.Leaks {
		v := j.ask(l.Witness.Probe())
		if l.Verdict == Disproven && v.Verdict != "permit" {
			t.Errorf("leak sample %s: eval says %+v, want permit", l.Witness, v)
		}
	}
}

const (
	filterHead  = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
	established = "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
	bothRanges  = "-A INPUT -s 103.13.69.0/24 -p tcp -m tcp --dport 25 -j ACCEPT\n-A INPUT -s 124.47.150.0/24 -p tcp -m tcp --dport 25 -j ACCEPT\n"
)

func TestRequired(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Answer
		line       int      // of the first gap
		cidrs      []string // of the first gap
		step       string
		fix        string // part of what to put in place
	}{
		{name: "both ranges", text: filterHead + established + bothRanges + "COMMIT\n", want: Proven},
		{name: "everyone", text: filterHead + established + "-A INPUT -p tcp --dport 25 -j ACCEPT\nCOMMIT\n", want: Proven},
		{
			name: "half a range", text: filterHead + established + "-A INPUT -s 103.13.69.0/24 -p tcp --dport 25 -j ACCEPT\n-A INPUT -s 124.47.150.0/25 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			want: Disproven, line: 2, cidrs: []string{"124.47.150.128/25"}, step: "opens", fix: "-s 124.47.150.0/24",
		},
		{
			name: "a range that ends one short", text: filterHead + established + "-A INPUT -s 103.13.69.0/24 -p tcp --dport 25 -j ACCEPT\n-A INPUT -m iprange --src-range 124.47.150.0-124.47.150.254 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			want: Disproven, line: 2, cidrs: []string{"124.47.150.255/32"}, step: "opens", fix: "iptables -A INPUT",
		},
		{
			name: "octets exchanged", text: filterHead + established + "-A INPUT -s 103.69.13.0/24 -p tcp --dport 25 -j ACCEPT\n-A INPUT -s 124.47.150.0/24 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			want: Disproven, line: 2, cidrs: []string{"103.13.69.0/24"}, step: "opens", fix: "-s 103.13.69.0/24",
		},
		{
			name: "an earlier deny hides part", text: filterHead + established + "-A INPUT -s 124.47.150.64/26 -j REJECT\n" + bothRanges + "COMMIT\n",
			want: Disproven, line: 6, cidrs: []string{"124.47.150.64/26"}, step: "opens", fix: "iptables -I INPUT -s 124.47.150.0/24",
		},
		{
			name: "answers are dropped", text: "*filter\n:INPUT DROP [0:0]\n:OUTPUT DROP [0:0]\n-A OUTPUT -p tcp --dport 25 -j ACCEPT\n" + established + bothRanges + "COMMIT\n",
			want: Disproven, line: 3, cidrs: []string{"103.13.69.0/24"}, step: "answers", fix: "RELATED,ESTABLISHED",
		},
		{
			name: "only new packets", text: filterHead + "-A INPUT -p tcp --dport 25 -m conntrack --ctstate NEW -j ACCEPT\nCOMMIT\n",
			want: Disproven, line: 2, cidrs: []string{"103.13.69.0/24"}, step: "continues", fix: "RELATED,ESTABLISHED",
		},
		{
			name: "answers of untracked packets",
			text: "*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 25 -j NOTRACK\n-A OUTPUT -p tcp --sport 25 -j NOTRACK\nCOMMIT\n" +
				"*filter\n:INPUT DROP [0:0]\n:OUTPUT DROP [0:0]\n" + established + "-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED,NEW -j ACCEPT\n-A INPUT -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			want: Disproven, line: 9, cidrs: []string{"103.13.69.0/24"}, step: "answers", fix: "--sport 25",
		},
		{
			name: "limited", text: filterHead + established + "-A INPUT -p tcp --dport 25 -m limit --limit 10/s -j ACCEPT\nCOMMIT\n",
			want: CannotTell, line: 6, cidrs: []string{"103.13.69.0/24"}, step: "opens",
		},
		{
			name: "low source ports alone", text: filterHead + established + "-A INPUT -p tcp --sport 1024:50000 --dport 25 -j ACCEPT\nCOMMIT\n",
			want: Disproven, line: 2, cidrs: []string{"103.13.69.0/24"}, step: "opens",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := check1(t, c.text, options())
			if r.Verdict != c.want {
				t.Fatalf("verdict %s, want %s\n%s", r.Verdict, c.want, r.Text())
			}
			if c.want == Proven {
				return
			}
			g := firstGap(r)
			if g == nil || g.By.Line != c.line || !slices.Equal(g.CIDRs, c.cidrs) || g.Witness.Step != c.step {
				t.Fatalf("first gap %+v, want line %d, %v, step %s", g, c.line, c.cidrs, c.step)
			}
			if !strings.Contains(g.Fix.Copy, c.fix) {
				t.Errorf("fix %+v, want %q in it", g.Fix, c.fix)
			}
			if g.Witness.Src != strings.Split(c.cidrs[0], "/")[0] && g.Witness.Dst != strings.Split(c.cidrs[0], "/")[0] {
				t.Errorf("witness %s is not the lowest of %s", g.Witness, c.cidrs[0])
			}
		})
	}
}

func firstGap(r Report) *Gap {
	for _, q := range r.Requirements {
		if len(q.Gaps) > 0 {
			return &q.Gaps[0]
		}
	}
	return nil
}

// TestFixesWork puts the suggested commands in place until nothing is left to
// fix; the file must then be proven.
func TestFixesWork(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            "*filter\n:INPUT DROP [0:0]\n:OUTPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n-A OUTPUT -o lo -j ACCEPT\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n",
		"deny in the way":  filterHead + established + "-A INPUT -p tcp --dport 25 -j DROP\nCOMMIT\n",
		"deny in a chain":  filterHead + ":mail - [0:0]\n-A INPUT -p tcp --dport 25 -j mail\n-A mail -s 103.0.0.0/8 -j REJECT\n-A mail -j ACCEPT\nCOMMIT\n",
		"deny in mangle":   "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -s 124.47.150.0/26 -j DROP\nCOMMIT\n" + filterHead + established + bothRanges + "COMMIT\n",
		"behind, with NAT": "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 203.0.113.25 -p tcp --dport 25 -j DNAT --to-destination 192.168.1.10:2525\nCOMMIT\n" + filterHead + "COMMIT\n",
	} {
		t.Run(name, func(t *testing.T) {
			for range 12 {
				r := check1(t, text, options())
				g := firstGap(r)
				if g == nil {
					if r.Verdict != Proven {
						t.Fatalf("no gap, yet %s", r.Text())
					}
					return
				}
				if g.Fix.Copy == "" {
					t.Fatalf("no fix for %+v", g)
				}
				text = apply(text, g.Fix.Copy)
			}
			t.Fatalf("not proven after 12 fixes:\n%s", text)
		})
	}
}

func TestTranslationAndPaths(t *testing.T) {
	nat := "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A PREROUTING -d 203.0.113.25/32 -i eth0 -p tcp -m tcp --dport 25 -j DNAT --to-destination 192.168.1.10\n-A POSTROUTING -o eth0 -j MASQUERADE\nCOMMIT\n"
	fwd := filterHead + "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -i eth1 -o eth0 -j ACCEPT\n"
	internal := netip.MustParseAddr("192.168.1.10")
	for _, c := range []struct {
		name, text string
		server     netip.Addr
		want       Answer
	}{
		{"public address, translated", nat + fwd + "-A FORWARD -i eth0 -o eth1 -d 192.168.1.10/32 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n", server, Proven},
		{"internal address, translated", nat + fwd + "-A FORWARD -i eth0 -o eth1 -d 192.168.1.10/32 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n", internal, Proven},
		{"rule on the public address is too late", nat + fwd + "-A FORWARD -i eth0 -d 203.0.113.25/32 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n", server, Disproven},
		{"translated to the wrong host", strings.Replace(nat, "192.168.1.10", "192.168.1.11", 1) + fwd + "-A FORWARD -d 192.168.1.10/32 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n", server, Disproven},
		{"behind, by name", fwd + "-A FORWARD -d 203.0.113.25/32 -p tcp --dport 25 -j ACCEPT\n-A FORWARD -s 203.0.113.25/32 -j ACCEPT\nCOMMIT\n", server, Proven},
		{"an interface that cannot be told", filterHead + established + "-A INPUT -i eth0 -p tcp --dport 25 -j ACCEPT\n-A INPUT -i eth1 -p tcp --dport 22 -j ACCEPT\nCOMMIT\n", server, CannotTell},
		{"an interface that refuses private sources", filterHead + established + "-A INPUT -i eth0 -s 10.0.0.0/8 -j DROP\n-A INPUT -i eth0 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n", server, Proven},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := options()
			opt.Servers = []netip.Addr{c.server}
			if r := check1(t, c.text, opt); r.Verdict != c.want {
				t.Errorf("verdict %s, want %s\n%s", r.Verdict, c.want, r.Text())
			}
		})
	}
	docker := "*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n-A DOCKER -i docker0 -j RETURN\n" +
		"-A DOCKER ! -i docker0 -p tcp -m tcp --dport 25 -j DNAT --to-destination 172.17.0.2:25\nCOMMIT\n" + filterHead + ":DOCKER - [0:0]\n" + established +
		"-A INPUT -i eth0 -p tcp --dport 22 -j ACCEPT\n-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -o docker0 -j DOCKER\n" +
		"-A FORWARD -i docker0 ! -o docker0 -j ACCEPT\n-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n"
	locked := options()
	locked.Lockdown = true
	if r := check1(t, docker, locked); answerOf(r.Requirements) != Proven || len(r.Leaks) != 2 || r.Leaks[0].By.Line != 18 || r.Leaks[0].Verdict != Disproven {
		t.Errorf("a container: %s", r.Text())
	}
	opt := options()
	opt.Interface = "eth0"
	text := filterHead + established + "-A INPUT -i eth0 -p tcp --dport 25 -j ACCEPT\n-A INPUT -i eth1 -p tcp --dport 22 -j ACCEPT\nCOMMIT\n"
	if r := check1(t, text, opt); r.Verdict != Proven {
		t.Errorf("with the interface given: %s", r.Text())
	}
}

func TestLockdown(t *testing.T) {
	type want struct {
		line     int
		category string
		cidrs    []string
	}
	for _, c := range []struct {
		name, text string
		verdict    Answer
		leaks      []want
		hint       string
		fix        string
	}{
		{name: "locked", text: filterHead + established + bothRanges + "COMMIT\n", verdict: Proven},
		{
			name: "a stranger", text: filterHead + established + bothRanges + "-A INPUT -s 8.8.8.0/24 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			verdict: Disproven, leaks: []want{{8, "internet", []string{"8.8.8.0/24"}}}, fix: "iptables -D INPUT -s 8.8.8.0/24 -p tcp --dport 25 -j ACCEPT",
		},
		{
			name: "everyone", text: filterHead + established + "-A INPUT -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			verdict: Disproven, leaks: []want{{6, "internet", nil}, {6, "internal", nil}}, fix: "-j DROP",
		},
		{
			name: "by policy", text: "*filter\n:INPUT ACCEPT [0:0]\n" + bothRanges + "COMMIT\n",
			verdict: Disproven, leaks: []want{{2, "internet", nil}, {2, "internal", nil}},
		},
		{
			name: "own network", text: filterHead + established + bothRanges + "-A INPUT -s 192.168.0.0/16 -j ACCEPT\nCOMMIT\n",
			verdict: Proven, leaks: []want{{8, "internal", []string{"192.168.0.0/16"}}},
		},
		{
			name: "an old range", text: filterHead + established + bothRanges + "-A INPUT -s 198.18.5.0/24 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			verdict: Proven, leaks: []want{{8, "retired", []string{"198.18.5.0/24"}}},
		},
		{
			name: "a slip of the pen", text: filterHead + established + bothRanges + "-A INPUT -s 124.47.105.0/24 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			verdict: Disproven, leaks: []want{{8, "internet", []string{"124.47.105.0/24"}}}, hint: "a mistyped 124.47.150.0/24",
		},
		{
			name: "perhaps", text: filterHead + established + bothRanges + "-A INPUT -p tcp --dport 25 -m set --match-set friends src -j ACCEPT\nCOMMIT\n",
			verdict: CannotTell, leaks: []want{{8, "internet", nil}, {8, "internal", nil}},
		},
		{
			name: "another port that leads to 25",
			text: "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 203.0.113.77 -p tcp --dport 2525 -j DNAT --to-destination 203.0.113.25:25\nCOMMIT\n" +
				filterHead + "-A FORWARD -s 103.13.69.0/24 -d 203.0.113.25 -p tcp --dport 25 -j ACCEPT\n-A FORWARD -s 9.9.9.0/24 -d 203.0.113.25 -p tcp --dport 25 -m conntrack --ctstate DNAT -j ACCEPT\nCOMMIT\n",
			verdict: Disproven, leaks: []want{{10, "internet", []string{"9.9.9.0/24"}}},
		},
		{
			name: "another port that leads nobody knows where",
			text: "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 203.0.113.77 -p tcp --dport 2525 -j DNAT --to-destination mail.example.com:25\nCOMMIT\n" +
				filterHead + established + bothRanges + "COMMIT\n",
			verdict: CannotTell, leaks: []want{{3, "internet", nil}, {3, "internal", nil}},
		},
		{
			name: "another port of the host itself",
			text: "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 2525 -j REDIRECT --to-ports 25\nCOMMIT\n" +
				filterHead + established + bothRanges + "-A INPUT -s 9.9.9.0/24 -p tcp --dport 25 -m conntrack --ctstate DNAT -j ACCEPT\nCOMMIT\n",
			verdict: Disproven, leaks: []want{{12, "internet", []string{"9.9.9.0/24"}}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := options()
			opt.Lockdown = true
			opt.Ranges = append(opt.Ranges, Range{netip.MustParsePrefix("198.18.5.0/24"), Retired, "au"})
			r := check1(t, c.text, opt)
			if r.Lockdown.Verdict != c.verdict {
				t.Fatalf("lock-down %s, want %s\n%s", r.Lockdown.Verdict, c.verdict, r.Text())
			}
			if len(r.Leaks) != len(c.leaks) {
				t.Fatalf("%d leaks, want %d\n%s", len(r.Leaks), len(c.leaks), r.Text())
			}
			for i, w := range c.leaks {
				l := r.Leaks[i]
				if l.By.Line != w.line || l.Category != w.category || w.cidrs != nil && !slices.Equal(l.CIDRs, w.cidrs) {
					t.Errorf("leak %+v, want %+v", l, w)
				}
			}
			if len(r.Leaks) > 0 && (!strings.Contains(r.Leaks[0].Hint, c.hint) || !strings.Contains(r.Leaks[0].Fix.Copy, c.fix)) {
				t.Errorf("hint %q fix %+v", r.Leaks[0].Hint, r.Leaks[0].Fix)
			}
		})
	}
	six := options()
	six.Lockdown = true
	six.Servers = append(six.Servers, netip.MustParseAddr("2001:db8:9::25"))
	r := check1(t, "# Generated by ip6tables-save v1.8.9\n*filter\n:INPUT DROP [0:0]\n-A INPUT -m rt --rt-type 0 -j DROP\n-A INPUT -p tcp --dport 25 -j ACCEPT\nCOMMIT\n", six)
	if r.Lockdown.Verdict != Disproven || r.Leaks[0].By.Line != 5 || r.Requirements[0].Verdict != CannotTell {
		t.Errorf("IPv6 direct: %s", r.Text())
	}
	opt := options()
	opt.Lockdown = true
	opt.Exceptions = []netip.Prefix{netip.MustParsePrefix("8.8.8.0/24")}
	if r := check1(t, filterHead+established+bothRanges+"-A INPUT -s 8.8.8.0/24 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n", opt); r.Verdict != Proven {
		t.Errorf("a declared exception is no leak: %s", r.Text())
	}
}

// TestLeakFixesWork closes leaks by the suggested commands.
func TestLeakFixesWork(t *testing.T) {
	for name, text := range map[string]string{
		"everyone":    filterHead + established + "-A INPUT -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
		"all accept":  "*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n",
		"two rules":   filterHead + established + "-A INPUT -s 9.0.0.0/8 -j ACCEPT\n" + bothRanges + "-A INPUT -p tcp -j ACCEPT\nCOMMIT\n",
		"translated":  "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 203.0.113.25 -p tcp --dport 25 -j DNAT --to-destination 192.168.1.10:2525\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp --dport 2525 -j ACCEPT\nCOMMIT\n",
		"in a  chain": filterHead + ":mail - [0:0]\n" + established + "-A INPUT -p tcp --dport 25 -j mail\n-A mail -j ACCEPT\nCOMMIT\n",
	} {
		t.Run(name, func(t *testing.T) {
			opt := options()
			opt.Lockdown = true
			for range 6 {
				r := check1(t, text, opt)
				if r.Verdict == Proven {
					return
				}
				i := slices.IndexFunc(r.Leaks, func(l Leak) bool { return l.Category == "internet" })
				if i < 0 {
					t.Fatalf("no leak, yet %s", r.Text())
				}
				for _, cmd := range strings.Split(r.Leaks[i].Fix.Copy, "\n") {
					text = apply(text, cmd)
				}
			}
			t.Fatalf("not locked down after 6 fixes:\n%s", text)
		})
	}
}

// TestIptablesRulesComeFirst checks the rules of a move with the checker, alone
// and at the head of a ruleset that denies everything.
func TestIptablesRulesComeFirst(t *testing.T) {
	au, _ := region.Find("au")
	for _, path := range []string{"in", "fwd"} {
		opt := options()
		opt.Ranges = RegionRanges(au, region.Region{})
		opt.Needs = NeedsFor([]uint16{25, 636, 443})
		opt.Directory = opt.Servers
		opt.Path, opt.Whole = path, true // first the rules alone
		rules, err := Rules(RulesOptions{
			Format: source.IPTables, Ranges: opt.Ranges, Servers: opt.Servers, Directory: opt.Directory, Needs: opt.Needs, Host: path == "in",
		})
		if err != nil {
			t.Fatal(err)
		}
		if r := check1(t, rules.Text, opt); r.Verdict != Proven {
			t.Errorf("%s, alone: %s", path, r.Text())
		}
		var dump strings.Builder
		dump.WriteString("*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A FORWARD -j REJECT\n")
		for l := range strings.Lines(rules.Text) {
			dump.WriteString(strings.TrimPrefix(l, "iptables "))
		}
		opt.Lockdown = true
		if r := check1(t, dump.String()+"COMMIT\n", opt); r.Verdict != Proven {
			t.Errorf("%s, in a dump: %s", path, r.Text())
		}
	}
}

// TestReportJSON checks the schema name and that every failure carries line,
// text and packet.
func TestReportJSON(t *testing.T) {
	opt := options()
	opt.Lockdown = true
	r := check1(t, filterHead+established+"-A INPUT -s 124.47.150.0/25 -p tcp --dport 25 -j ACCEPT\n-A INPUT -s 8.8.8.8 -j ACCEPT\nCOMMIT\n", opt)
	b, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Schema, Verdict string
		Requirements    []struct {
			Range, Verdict string
			Gaps           []struct {
				CIDRs []string
				By    struct {
					Line int
					Text string
				}
				Witness map[string]any
			}
		}
		Leaks []struct {
			By struct {
				Line int
				Text string
			}
			Witness map[string]any
		}
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Schema != "mxodus.firewall/1" || got.Verdict != "disproven" || len(got.Requirements) != 4 || len(got.Leaks) != 1 {
		t.Errorf("report %s", b)
	}
	if g := got.Requirements[0].Gaps[0]; g.By.Line != 2 || g.By.Text != ":INPUT DROP [0:0]" || g.Witness["src"] != "103.13.69.0" {
		t.Errorf("gap %+v", g)
	}
	if l := got.Leaks[0]; l.By.Line != 7 || !strings.Contains(l.By.Text, "8.8.8.8") || l.Witness["src"] != "8.8.8.8" {
		t.Errorf("leak %+v", l)
	}
}

// TestCorpusFilesAreRead reads every iptables file of the corpus without
// problems, and the speedway sample refuses mail.
func TestCorpusFilesAreRead(t *testing.T) {
	names, _ := filepath.Glob(filepath.Join(corpusDir, "iptables", "*.v4"))
	more, _ := filepath.Glob(filepath.Join(corpusDir, "iptables", "fffuu", "*"))
	names = append(append(names, more...), filepath.Join(corpusDir, "capirca-aerleon", "aerleon", "rendered", "sample_speedway.ipt"))
	if len(names) < 5 {
		t.Skip("no corpus of rulesets beside this checkout")
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		set, err := Read(n, b, "")
		if err != nil || len(set.Problems) > 0 || set.Rules < 3 {
			t.Errorf("%s: %v, %+v, %d rules", n, err, set.Problems, set.Rules)
		}
		if strings.HasSuffix(n, ".ipt") {
			if r, err := CheckFile(n, b, options()); err != nil || r.Verdict != Disproven || len(r.Requirements) != 4 {
				t.Errorf("%s: %v %s", n, err, r.Text())
			}
		}
	}
}

func ExampleReport_Text() {
	r, err := CheckFile("rules.v4", []byte(filterHead+established+
		"-A INPUT -s 103.13.69.0/24 -p tcp -m tcp --dport 25 -j ACCEPT\n"+
		"-A INPUT -s 124.47.150.0/25 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n"), options())
	if err != nil {
		fmt.Println(err)
	}
	lines := strings.Split(r.Text(), "\n")
	fmt.Println(strings.Join(lines[:11], "\n"))
	// Output:
	// DISPROVEN: 1 of 4 requirements is not met
	// rules.v4, iptables-save, IPv4, 3 rules
	//
	// 103.13.69.0/24  mail in 25, 203.0.113.25: open, by line 6
	//
	// 124.47.150.0/24  mail in 25, 203.0.113.25: in part, 128 of 256
	//   Shut      124.47.150.128/25
	//   Line 2    :INPUT DROP [0:0]
	//   Why       no rule of filter INPUT lets it through, so the end of the chain decides
	//   Packet    tcp from 124.47.150.128 port 1024 to 203.0.113.25 port 25
	//   Change    On line 7, change 124.47.150.0/25 to 124.47.150.0/24.
}
