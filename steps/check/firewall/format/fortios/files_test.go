package fortios_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/fortios"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// TestScripts holds commands behind a configuration against what they do.
func TestScripts(t *testing.T) {
	script := func(lines ...string) string {
		return "config firewall policy\n" + strings.Join(lines, "\n") + "\nend\n"
	}
	two := []string{rule(50, "action deny"), rule(51)}
	run(t, []semantic{
		{name: "move before", policies: two, after: script("move 51 before 50"), p: direct(), want: "permit", line: "edit 51"},
		{name: "move after", policies: two, after: script("move 50 after 51"), p: direct(), want: "permit", line: "edit 51"},
		{name: "delete", policies: two, after: script("delete 50"), p: direct(), want: "permit", line: "edit 51"},
		{name: "deleted and made anew stands last", policies: []string{rule(50), rule(51, "action deny")}, after: script("delete 50", strings.TrimRight(rule(50), "\n")), p: direct(), want: "deny", line: "edit 51"},
		{name: "change", policies: two, after: script("edit 50", "set action accept", "next"), p: direct(), want: "permit", line: "edit 50"},
		{name: "unset", policies: []string{rule(50)}, after: script("edit 50", "unset action", "next"), p: direct(), want: "deny", line: "edit 50"},
		{name: "append", policies: []string{rule(50, `srcaddr "m2"`)}, after: script("edit 50", `append srcaddr "m1"`, "next"), p: direct(), want: "permit", line: "edit 50"},
		{name: "unselect", policies: []string{rule(50, `srcaddr "m1" "m2"`)}, after: script("edit 50", `unselect srcaddr "m1"`, "next"), p: direct(), want: "deny"},
		{name: "select", policies: []string{rule(50, `srcaddr "m1"`)}, after: script("edit 50", `select srcaddr "m2"`, "next"), p: direct(), want: "deny"},
		{name: "clone", policies: two, after: script("clone 51 to 60", "move 60 before 50"), p: direct(), want: "permit", line: "clone 51 to 60"},
		{name: "rename an object", policies: []string{rule(50, `srcaddr "m9"`)}, after: "config firewall address\nrename m1 to m9\nend\n", p: direct(), want: "permit", line: "edit 50"},
		{name: "purge", policies: two, after: script("purge"), p: direct(), want: "deny"},
		{name: "without next", policies: two, after: "config firewall policy\nedit 50\nset action accept\nend\n", p: direct(), want: "permit", line: "edit 50"},
		{name: "a new number", policies: []string{rule(50, "action deny", `srcaddr "m2"`)}, after: "config firewall policy\n" + rule(0) + "end\n", p: direct(), want: "permit", line: "edit 0"},
		{name: "move of what is not there", policies: two, after: script("move 77 before 50"), p: direct(func(p *firewall.Probe) { p.DPort = ft.Port(80) }), want: "unknown", why: "could not be read"},
		{name: "line between policies", policies: []string{rule(50, `srcaddr "m2"`), "    gibberish here\n", rule(51)}, p: direct(), want: "unknown", line: "gibberish", why: "could not be read"},
		{name: "line in a policy", policies: []string{strings.Replace(rule(50), "        set srcaddr", "        st srcaddr", 1), rule(51, "action deny")}, p: direct(), want: "unknown", line: "edit 50", why: "could not be read"},
		{name: "line after the deciding one", policies: []string{rule(50), "    gibberish here\n"}, p: direct(), want: "permit", line: "edit 50"},
		{name: "quotation left open", policies: []string{rule(50, `name "Mail in`), rule(51, "action deny")}, p: direct(), want: "unknown", line: "edit 50"},
		{name: "value over lines", policies: []string{rule(50, "comments \"first\nsecond \\\"quoted\\\"\nend of it\"")}, p: direct(), want: "permit", line: "edit 50"},
		{name: "filtered output", policies: []string{strings.Replace(rule(50), "edit 50", "edit 50 <---", 1)}, p: direct(), want: "permit", line: "edit 50"},
	})
}

// TestConsole reads what a console session left: prompts, pager and echo.
func TestConsole(t *testing.T) {
	plain := header("") + objectsText + policies(rule(50, "action deny", `srcaddr "half"`), rule(51))
	var b strings.Builder
	b.WriteString("edge # show\n")
	for i, l := range strings.Split(plain, "\n") {
		if i%20 == 19 {
			l = "--More--          " + l
		}
		b.WriteString(l + "\n")
	}
	b.WriteString("edge (root) # \nedge # exit\n")
	for _, text := range []string{plain, b.String(), strings.ReplaceAll(b.String(), "\n", "\r\n"), "\ufeff" + plain} {
		got := eval(t, text, direct(), direct(from("103.13.69.1")))
		if got[0].Verdict != "permit" || got[1].Verdict != "deny" {
			t.Errorf("%.40q: %+v", text, got)
		}
	}
}

func TestZonesAndFamilies(t *testing.T) {
	zone := "config system zone\n    edit \"edge zone\"\n        set interface \"wan1\"\n    next\n    edit \"inner\"\n        set intrazone %s\n        set interface \"dmz\" \"internal\"\n    next\nend\n"
	six := "config firewall address6\n    edit \"all\"\n    next\n    edit \"mail6\"\n        set ip6 2001:db8::25/128\n    next\nend\n"
	p6 := direct(func(p *firewall.Probe) { p.Src, p.Dst = "2001:db8:f::1", "2001:db8::25" })
	both := rule(50, `srcaddr6 "all"`, `dstaddr6 "mail6"`)
	run(t, []semantic{
		{name: "zone by a member", extra: fmt.Sprintf(zone, "deny"), policies: []string{rule(50, `srcintf "edge zone"`, `dstintf "inner"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "zone by its name", extra: fmt.Sprintf(zone, "deny"), policies: []string{rule(50, `srcintf "edge zone"`, `dstintf "inner"`)}, p: direct(by("edge zone", "inner")), want: "permit", line: "edit 50"},
		{name: "within a zone", extra: fmt.Sprintf(zone, "deny"), p: direct(by("internal", "dmz")), want: "deny"},
		{name: "within a zone that allows", extra: fmt.Sprintf(zone, "allow"), p: direct(by("internal", "dmz")), want: "permit", line: "intrazone"},
		{name: "policies come before", extra: fmt.Sprintf(zone, "allow"), policies: []string{rule(50, "action deny", `srcintf "any"`, `dstintf "any"`)}, p: direct(by("internal", "dmz")), want: "deny", line: "edit 50"},
		{name: "both families in one policy", extra: six, policies: []string{both}, p: p6, want: "permit", line: "edit 50"},
		{name: "both families, the other", extra: six, policies: []string{both}, p: direct(), want: "permit", line: "edit 50"},
		{name: "IPv4 alone", extra: six, policies: []string{rule(50)}, p: p6, want: "deny"},
		{name: "IPv6 alone", extra: six, policies: []string{rule(50, "-srcaddr", "-dstaddr", `srcaddr6 "all"`, `dstaddr6 "mail6"`)}, p: direct(), want: "deny"},
		{name: "policy6 of older versions", version: "6.2.9", extra: six, after: strings.Replace(policies(rule(60, `dstaddr "mail6"`)), "firewall policy", "firewall policy6", 1), p: p6, want: "permit", line: "edit 60"},
		{name: "consolidated policy of 6.2", version: "6.2.9", extra: six + "config system settings\n    set consolidated-firewall-mode enable\nend\n", after: "config firewall consolidated policy\n" + rule(60, "-srcaddr", "-dstaddr", `srcaddr4 "all"`, `dstaddr4 "exchange"`) + "end\n", p: direct(), want: "permit", line: "edit 60"},
		{name: "virtual IP of IPv6", extra: six + "config firewall vip6\n    edit \"v6\"\n        set extip 2001:db8:e::25\n        set mappedip 2001:db8::25\n    next\nend\n", policies: []string{rule(50, "-srcaddr", "-dstaddr", `srcaddr6 "all"`, `dstaddr6 "v6"`)}, p: direct(func(p *firewall.Probe) { p.Dir, p.Src, p.Dst = "in", "2001:db8:f::1", "2001:db8:e::25" }), want: "permit", line: "edit 50"},
		{name: "NGFW policy mode", extra: "config system settings\n    set ngfw-mode policy-based\nend\n", policies: []string{rule(50)}, p: direct(), want: "unknown", why: "NGFW"},
		{name: "SD-WAN zone", extra: "config system sdwan\n    set status enable\n    config zone\n        edit \"virtual-wan-link\"\n        next\n    end\n    config members\n        edit 1\n            set interface \"wan1\"\n            set gateway 203.0.113.1\n        next\n    end\nend\n", policies: []string{rule(50, `srcintf "virtual-wan-link"`)}, p: direct(), want: "permit", line: "edit 50"},
	})
	got := eval(t, policies(rule(50)), p6)[0]
	if got.Verdict != "unknown" || !strings.Contains(got.Why, "policy6") {
		t.Errorf("one table alone about IPv6: %+v", got)
	}
}

const twoVDOMs = `config vdom
edit root
next
edit mail
next
end
config global
config system interface
    edit "wan1"
        set vdom "root"
        set ip 203.0.113.2 255.255.255.0
        set role wan
    next
    edit "lan1"
        set vdom "root"
        set ip 10.0.1.1 255.255.255.0
    next
    edit "wan9"
        set vdom "mail"
        set ip 198.51.100.2 255.255.255.0
    next
    edit "dmz"
        set vdom "mail"
        set ip 10.0.0.1 255.255.255.0
    next
end
end
config vdom
edit root
config firewall address
    edit "exchange"
        set subnet 10.9.9.9 255.255.255.255
    next
end
config firewall policy
    edit 1
        set srcintf "any"
        set dstintf "any"
        set srcaddr "all"
        set dstaddr "exchange"
        set action accept
        set schedule "always"
        set service "SMTP"
    next
end
end
config vdom
edit mail
config firewall address
    edit "exchange"
        set subnet 10.0.0.25 255.255.255.255
    next
end
config firewall policy
    edit 2
        set srcintf "wan9"
        set dstintf "dmz"
        set srcaddr "all"
        set dstaddr "exchange"
        set action accept
        set schedule "always"
        set service "SMTP"
    next
end
end
`

func TestVDOMs(t *testing.T) {
	for _, c := range []struct {
		name    string
		p       firewall.Probe
		verdict string
		line    int
		why     string
	}{
		{"the one it comes in to", direct(by("wan9", "dmz")), "permit", lineOf(twoVDOMs, "edit 2"), ""},
		{"the other", direct(by("wan1", "lan1")), "deny", 0, ""},
		{"the other's own object", direct(by("wan1", "lan1"), func(p *firewall.Probe) { p.Dst = "10.9.9.9" }), "permit", lineOf(twoVDOMs, "edit 1"), ""},
		{"through both", direct(by("wan1", "dmz")), "unknown", lineOf(twoVDOMs, "edit root"), "two virtual domains"},
		{"an interface that is not there", direct(by("x9", "dmz")), "unknown", 0, "virtual domain"},
		{"a list by its VDOM", firewall.Probe{ACL: "mail", InIf: "wan9", OutIf: "dmz", Src: "8.8.8.8", Dst: "10.0.0.25", Proto: "tcp", SPort: ft.Port(4000), DPort: ft.Port(25)}, "permit", lineOf(twoVDOMs, "edit 2"), ""},
	} {
		got := eval(t, twoVDOMs, c.p)[0]
		if got.Verdict != c.verdict || c.verdict == "permit" && got.Line != c.line || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestBrokenOff reads a configuration cut at every line: what it then says is
// what the whole one says, or that it cannot tell.
func TestBrokenOff(t *testing.T) {
	text := header("7.2.8") + objectsText + policies(rule(50, `srcaddr "half"`), rule(51, "action deny", `srcaddr "m1"`), rule(52))
	whole := eval(t, text, direct(), direct(from("8.8.8.8")))
	lines := strings.Split(text, "\n")
	for n := lineOf(text, "config firewall policy") + 1; n < len(lines)-1; n++ {
		cut := strings.Join(lines[:n], "\n") + "\n"
		for i, got := range eval(t, cut, direct(), direct(from("8.8.8.8"))) {
			if got.Verdict != "unknown" && got.Verdict != whole[i].Verdict {
				t.Fatalf("cut after line %d: %+v, whole %+v", n, got, whole[i])
			}
		}
	}
}

func TestExpired(t *testing.T) {
	text := header("7.2.8") + objectsText + policies(rule(50, `schedule "past"`), rule(51, "policy-expiry enable", `policy-expiry-date "2020-01-01 00:00:00"`))
	for _, c := range []struct {
		now  time.Time
		want int // policies that may apply
	}{{time.Time{}, 2}, {time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 0}, {time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), 2}} {
		set := fortios.Read(source.NewDoc("", text, c.now))
		i, ok := set.For(ir.V4).Find("policy")
		if !ok || len(set.For(ir.V4).Chains[i].Rules) != c.want {
			t.Errorf("at %v: %+v", c.now, set.For(ir.V4).Chains[i].Rules)
		}
	}
}

func TestSecretsStayHidden(t *testing.T) {
	text := header("7.2.8") + "config vpn ipsec phase1-interface\n    edit \"tunnel\"\n        set psksecret ENC Zm9vYmFyYmF6cXV4Zm9vYmFy\n        st psksecret ENC Zm9vYmFyYmF6cXV4Zm9vYmFy\n    next\nend\n" + objectsText + policies(rule(50))
	set := fortios.Read(source.NewDoc("", text, time.Time{}))
	for _, p := range set.Problems {
		if strings.Contains(p.Text, "Zm9vYmFy") {
			t.Errorf("a secret is shown: %s", p.Text)
		}
	}
	if len(set.Problems) == 0 {
		t.Error("the line that could not be read is no problem")
	}
	r, err := firewall.CheckFile("edge.conf", []byte(text), lockOptions("10.0.0.25"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.Text(), "Zm9vYmFy") {
		t.Error("a secret is in the report")
	}
}

func lockOptions(servers ...string) firewall.CheckOptions {
	opt := firewall.CheckOptions{Region: "au", Lockdown: true, Ranges: []firewall.Range{
		{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"},
		{CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"},
	}}
	for _, s := range servers {
		opt.Servers = append(opt.Servers, netip.MustParseAddr(s))
	}
	return opt
}

// TestCorpus reads the configurations of others; the verdicts are theirs.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := "../../../../../../shared/corpus/firewall/"
	raw, err := os.ReadFile(dir + "expect.tsv")
	if err != nil {
		t.Skip("no corpus of rulesets beside this checkout")
	}
	asked := 0
	for _, l := range strings.Split(string(raw), "\n") {
		f := strings.Split(l, "\t")
		if len(f) < 8 || !strings.HasPrefix(f[0], "fortios/") {
			continue
		}
		text, err := os.ReadFile(dir + f[0])
		if err != nil {
			t.Fatal(err)
		}
		in, out, _ := strings.Cut(f[1], " -> ")
		p := firewall.Probe{Dir: "fwd", Src: f[2], Dst: f[3], Proto: f[4]}
		if in != "any" {
			p.InIf, p.OutIf = in, out
		}
		for i, to := range []**int{&p.SPort, &p.DPort} {
			var n int
			if _, err := fmt.Sscanf(f[5+i], "%d", &n); err == nil {
				*to = &n
			}
		}
		if got := eval(t, string(text), p)[0]; got.Verdict != f[7] {
			t.Errorf("%s: %+v", l, got)
		}
		asked++
	}
	if asked == 0 {
		t.Error("no row is about this format")
	}
	files, err := filepath.Glob(dir + "*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // a folder
		}
		doc := source.NewDoc(name, string(b), time.Time{})
		fortios.Read(doc)
		ours := fortios.Detect(doc).Score > 0
		if want := strings.Contains(name, "/fortios/"); ours != want {
			t.Errorf("%s: taken for FortiOS: %v", name, ours)
		}
	}
}
