package sonicwall_test

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/sonicwall"
	"mxodus/steps/check/firewall/source"
)

func site(t testing.TB) string {
	t.Helper()
	return ft.Sample(t, "mailsite.txt")
}

func eval(t testing.TB, text string, probes ...firewall.Probe) []firewall.Verdict {
	t.Helper()
	return ft.AskAll(t, "", text, probes)
}

func lineOf(text, part string) int {
	for i, l := range strings.Split(text, "\n") {
		if strings.Contains(l, part) {
			return i + 1
		}
	}
	return 0
}

func public(src string, n int) firewall.Probe {
	s := 40000
	return firewall.Probe{Dir: "in", InIf: "X1", OutIf: "X2", Src: src, Dst: "203.0.113.25", Proto: "tcp", SPort: &s, DPort: &n}
}

func TestSemantics(t *testing.T) {
	text := site(t)
	allow := `access-rule ipv4 from WAN to DMZ action allow source address group Mimecast`
	replace := func(old, with string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("no %q in the example", old)
		}
		return strings.Replace(text, old, with, 1)
	}
	portNAT := strings.Replace(replace("service group \"Mail services\"\n    translated-service original", "service name \"Mail alternate\"\n    translated-service name \"SMTP (Send E-Mail)\""),
		`translated-destination name Exchange service group "Mail services"`, `translated-destination name Exchange`, 1)
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       string
		why        string
	}{
		{"provider", text, public("103.13.69.9", 25), "permit", allow, ""},
		{"the other network of the group", text, public("124.47.150.255", 25), "permit", allow, ""},
		{"near miss", text, public("124.47.151.0", 25), "deny", "from WAN to DMZ action deny", ""},
		{"stranger", text, public("8.8.8.8", 25), "deny", "", ""},
		{"a rule before it", replace("range 198.51.100.10 198.51.100.20", "range 103.13.69.9 103.13.69.20"), public("103.13.69.9", 25), "deny", "action deny source address name Scanners", ""},
		{"by priority, not by place", strings.Replace(replace("priority manual 1\n    tcp", "priority manual 9\n    tcp"), "range 198.51.100.10 198.51.100.20", "range 103.13.69.9 103.13.69.20", 1), public("103.13.69.9", 25), "permit", allow, ""},
		{"priority of the device", strings.Replace(replace("priority manual 1\n    tcp", "priority auto\n    tcp"), "range 198.51.100.10 198.51.100.20", "range 103.13.69.9 103.13.69.20", 1), public("103.13.69.9", 25), "unknown", "", "order of the access rules"},
		{"disabled", replace("enable\n    from WAN\n    to DMZ\n    action allow\n    source address group", "no enable\n    from WAN\n    to DMZ\n    action allow\n    source address group"), public("103.13.69.9", 25), "deny", "", ""},
		{"destination is the public one", replace("service name \"SMTP (Send E-Mail)\"\n    destination address name \"Mail public\"\n    schedule", "service name \"SMTP (Send E-Mail)\"\n    destination address name Exchange\n    schedule"), public("103.13.69.9", 25), "deny", "", ""},
		{"schedule", replace("schedule always-on\n    users included all\n    users excluded none\n    comment", "schedule name \"Work Hours\"\n    users included all\n    users excluded none\n    comment"), public("103.13.69.9", 25), "unknown", allow, "Work Hours"},
		{"users", replace("users included all\n    users excluded none\n    comment", "users included group Staff\n    users excluded none\n    comment"), public("103.13.69.9", 25), "unknown", allow, "user"},
		{"host name", replace("source address group Mimecast\n    source", "source address name Partner\n    source"), public("103.13.69.9", 25), "unknown", "", "relay.example.net"},
		{"setting that is not known", replace("comment \"from the provider\"", "frobnicate 7"), public("103.13.69.9", 25), "unknown", allow, "frobnicate"},
		{"group that contains itself", replace("address-object ipv4 \"Mimecast 2\"\n", "address-group ipv4 Mimecast\n"), public("8.8.8.8", 25), "unknown", "", "contains itself"},
		{"port translated, both before and after open", replace("service name \"SMTP (Send E-Mail)\"\n    destination address name \"Mail public\"\n    schedule", "service any\n    destination address name \"Mail public\"\n    schedule"), public("103.13.69.9", 25), "permit", allow, ""},
		{"port translated, one of them open", portNAT, public("103.13.69.9", 2525), "unknown", "", "before or after"},
		{"out", text, func() firewall.Probe {
			p := public("10.0.0.25", 25)
			p.Dir, p.InIf, p.OutIf, p.Dst = "fwd", "X2", "X1", "103.13.69.9"
			return p
		}(), "permit", "from DMZ to WAN", ""},
		{"zones that the text says nothing of", text, func() firewall.Probe {
			p := public("10.0.1.9", 25)
			p.Dir, p.InIf, p.OutIf, p.Dst = "fwd", "X0", "X2", "10.0.0.25"
			return p
		}(), "unknown", "", "of itself"},
		{"from the internet to a zone without rules", text, func() firewall.Probe {
			p := public("8.8.8.8", 25)
			p.Dir, p.OutIf, p.Dst = "fwd", "X0", "10.0.1.9"
			return p
		}(), "deny", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := eval(t, c.text, c.p)[0]
			if got.Verdict != c.want || !strings.Contains(got.Why, c.why) || c.line != "" && c.name != "near miss" && got.Line != lineOf(c.text, c.line) {
				t.Errorf("got %+v, want %s at line %d because %q", got, c.want, lineOf(c.text, c.line), c.why)
			}
		})
	}
}

// TestForms reads one configuration in the forms of several versions.
func TestForms(t *testing.T) {
	text := site(t)
	flat := strings.NewReplacer("        ", "", "    ", "").Replace(text)
	paged := strings.ReplaceAll(text, "\naccess-rule", "\n--MORE--   \naccess-rule")
	old := strings.NewReplacer("access-rule ipv4 from", "access-rule from", "nat-policy ipv4 inbound", "nat-policy inbound", "uuid ", "id ").Replace(text)
	for name, x := range map[string]string{
		"as printed": text, "without indentation": flat, "with a pager": paged, "before 6.5": old,
		"CRLF": strings.ReplaceAll(text, "\n", "\r\n"), "coloured": strings.ReplaceAll(text, "access-rule", "\x1b[1maccess-rule\x1b[0m"),
	} {
		got := eval(t, x, public("103.13.69.9", 25), public("8.8.8.8", 25), public("103.13.69.9", 443))
		for i, want := range []string{"permit", "deny", "deny"} {
			if got[i].Verdict != want {
				t.Errorf("%s: %+v, want %s", name, got[i], want)
			}
		}
	}
}

func TestLockdown(t *testing.T) {
	opt := firewall.CheckOptions{Region: "au", Lockdown: true, Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")}, Ranges: []firewall.Range{
		{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"},
		{CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"},
	}}
	text := site(t)
	r, err := firewall.CheckFile("sonicwall.txt", []byte(text), opt)
	if err != nil || r.Verdict != firewall.Proven || len(r.SelfCheck.Disagreements) > 0 {
		t.Fatalf("%v %s", err, r.Text())
	}
	open := strings.Replace(text, "    no enable\n", "    enable\n", 1)
	if r, err = firewall.CheckFile("sonicwall.txt", []byte(open), opt); err != nil || r.Lockdown.Verdict != firewall.Disproven ||
		r.Leaks[0].By.Line != lineOf(open, "action allow service name \"SMTP") {
		t.Fatalf("%v %s", err, r.Text())
	}
}

// TestSettingsFile recognises a packed settings file and leaves all open.
func TestSettingsFile(t *testing.T) {
	packed := base64.StdEncoding.EncodeToString([]byte("checksumVersion=1&serialNumber=18B169000000&firmwareVersion=6.5&" + strings.Repeat("policyAction_0=2&policySrcZone_0=WAN&", 20)))
	got := eval(t, packed+"&&", public("103.13.69.9", 25))[0]
	if got.Verdict != "unknown" || !strings.Contains(got.Why, "show current-config") {
		t.Errorf("%+v", got)
	}
	if g := sonicwall.Detect(source.NewDoc("", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("nothing of the kind "), 50)), time.Time{})); g.Score > 0 {
		t.Errorf("any base64 is taken for one: %+v", g)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(site(f))
	f.Add("access-rule ipv4 from WAN to any action allow\nsource address range 1.1.1.1 0.0.0.0\nservice protocol TCP 9 1\nexit")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		began := time.Now()
		set := sonicwall.Read(source.NewDoc("", text, time.Time{}))
		sonicwall.Detect(source.NewDoc("", text, time.Time{}))
		lines := len(source.Lines(text))
		for _, p := range set.Programs {
			for i := range p.Chains {
				for _, r := range append(p.Chains[i].Rules, p.Chains[i].Policy) {
					if r.At.Line < 0 || r.At.Line > max(lines, 1) || r.At.Line == 0 && r.At.Text == "" {
						t.Fatalf("rule at line %d of %d", r.At.Line, lines)
					}
				}
			}
		}
		if spent := time.Since(began); spent > 10*time.Second {
			t.Fatalf("took %s", spent)
		}
	})
}

// TestOthers leaves files of other vendors to them.
func TestOthers(t *testing.T) {
	ft.EachFile(t, "../../../../../../shared/corpus/firewall", func(name string, b []byte) {
		if g := sonicwall.Detect(source.NewDoc(name, string(b), time.Time{})); g.Score > 0 {
			t.Errorf("%s is taken for a SonicWall: %s", name, g.Why)
		}
	})
}
