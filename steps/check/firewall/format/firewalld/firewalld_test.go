package firewalld_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/firewalld"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func ask(t testing.TB, rules string, probes ...string) []firewall.Verdict {
	t.Helper()
	return ft.AskList(t, "firewalld", rules, "", probes...)
}

// TestListingSaysWhatWasLoaded compares the listing of one firewall with the
// ruleset that firewalld 1.3 loaded of it.
func TestListingSaysWhatWasLoaded(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	var probes []string
	for range 3000 {
		dir := one("in", "in", "in", "out", "fwd")
		src, dst := one("103.13.69.7", "124.47.150.9", "203.0.113.66", "10.1.2.3", "192.0.2.9", "198.51.100.9", "198.51.100.200", "9.9.9.9", "8.8.8.8"), one("203.0.113.25", "203.0.113.26")
		if dir == "fwd" {
			dst = "10.0.0.25"
		}
		if dir == "out" {
			src, dst = dst, src
		}
		proto := one("tcp", "tcp", "udp", "icmp", "gre", "esp")
		p := map[string]any{"dir": dir, "src": src, "dst": dst, "proto": proto, "in_if": one("eth0", "eth0", "eth1"), "out_if": one("eth0", "eth1")}
		switch proto {
		case "icmp":
			p["dport"] = []int{8, 13}[r.IntN(2)]
		case "tcp", "udp":
			p["sport"] = []int{40000, 123, 99}[r.IntN(3)]
			p["dport"] = []int{22, 25, 465, 443, 587, 993, 995, 2525, 2526, 8050, 9000}[r.IntN(11)]
		}
		b, _ := json.Marshal(p)
		probes = append(probes, string(b))
	}
	text := "public\n" + ft.Sample(t, "zones.txt")
	got, want := ask(t, text, probes...), ask(t, ft.Sample(t, "rules.nft"), probes...)
	open := 0
	for i := range probes {
		switch {
		case got[i].Verdict == "unknown":
			if open++; want[i].Verdict != "unknown" && !strings.Contains(got[i].Why, "ipset mimecast") {
				t.Fatalf("%s: %+v, want %+v", probes[i], got[i], want[i])
			}
		case got[i].Verdict != want[i].Verdict:
			t.Fatalf("%s: %+v, want %+v", probes[i], got[i], want[i])
		}
	}
	if open*5 > len(probes) {
		t.Errorf("%d of %d are unknown", open, len(probes))
	}
}

const mail = `{"dir":"in","in_if":"ens3","src":"103.13.69.7","dst":"203.0.113.25","proto":"tcp","sport":40000,"dport":25}`

// TestSemantics holds single points against firewalld's manual pages.
func TestSemantics(t *testing.T) {
	zone := func(lines string) string {
		return "public\n\npublic (active)\n  target: default\n  interfaces: ens3\n  forward: yes\n" + lines
	}
	deny := "  rich rules: \n\trule family=\"ipv4\" source address=\"103.13.69.0/24\" port port=\"25\" protocol=\"tcp\" drop\n"
	for _, c := range []struct {
		name, text, want string
		line             int
		why              string
	}{
		{"target", zone(""), "deny", 4, ""},
		{"service", zone("  services: ssh smtp\n"), "permit", 7, ""},
		{"unknown service", zone("  services: mymail\n"), "unknown", 7, "--info-service=mymail"},
		{"port", zone("  ports: 20-30/tcp\n"), "permit", 7, ""},
		{"port of the other protocol", zone("  ports: 25/udp\n"), "deny", 4, ""},
		{"what refuses comes before what accepts", zone("  services: smtp\n" + deny), "deny", 9, ""},
		{"negative priority comes first", zone(deny + "\trule priority=\"-1\" service name=\"smtp\" accept\n"), "permit", 9, ""},
		{"positive priority comes last", zone("  services: smtp\n  rich rules: \n\trule priority=\"5\" service name=\"smtp\" drop\n"), "permit", 7, ""},
		{"lower priority first", zone("  rich rules: \n\trule priority=\"-5\" service name=\"smtp\" drop\n\trule priority=\"-6\" service name=\"smtp\" accept\n"), "permit", 9, ""},
		{"one priority, two answers", zone("  rich rules: \n\trule priority=\"-5\" service name=\"smtp\" drop\n\trule priority=\"-5\" service name=\"smtp\" accept\n"), "unknown", 8, "order of the rules of priority -5"},
		{"limit", zone("  rich rules: \n\trule service name=\"smtp\" accept limit value=\"1/m\"\n"), "unknown", 8, "limit"},
		{"limited log", zone("  rich rules: \n\trule service name=\"smtp\" log prefix=\"a b\" level=\"info\" limit value=\"3/m\" accept\n"), "permit", 8, ""},
		{"log alone", zone("  services: smtp\n  rich rules: \n\trule service name=\"smtp\" log\n"), "permit", 7, ""},
		{"not", zone("  rich rules: \n\trule family=\"ipv4\" source NOT address=\"192.0.2.0/24\" port port=\"25\" protocol=\"tcp\" accept\n"), "permit", 8, ""},
		{"not, of the address", zone("  rich rules: \n\trule family=\"ipv4\" source NOT address=\"103.13.69.0/24\" accept\n"), "deny", 4, ""},
		{"ipset", zone("  rich rules: \n\trule source ipset=\"mimecast\" port port=\"25\" protocol=\"tcp\" accept\n"), "unknown", 8, "--info-ipset=mimecast"},
		{"mac", zone("  rich rules: \n\trule source mac=\"00:11:22:33:44:55\" accept\n"), "unknown", 8, "hardware address"},
		{"word that is not known", zone("  rich rules: \n\trule frob service name=\"smtp\" accept\n"), "unknown", 8, "frob"},
		{"drop zone", strings.Replace(zone("  services: smtp\n"), "target: default", "target: DROP", 1), "permit", 7, ""},
		{"trusted", strings.Replace(zone(""), "target: default", "target: ACCEPT", 1), "permit", 4, ""},
		{"source before interface", zone("  services: smtp\n") + "\nblock (active)\n  target: %%REJECT%%\n  sources: 103.13.69.0/24\n  forward: yes\n", "deny", 10, ""},
		{"sources by the name of the zone", zone("") + "\nbbb (active)\n  target: DROP\n  sources: 103.13.69.0/25\n  forward: yes\n\naaa (active)\n  target: ACCEPT\n  sources: 103.13.69.0/24\n  forward: yes\n", "permit", 14, ""},
		{"default zone not told", strings.TrimPrefix(strings.Replace(zone("  services: smtp\n"), "ens3", "ens9", 1), "public\n"), "unknown", 0, "default zone"},
		{"default zone told", strings.Replace(zone("  services: smtp\n"), "ens3", "ens9", 1), "permit", 7, ""},
		{"default zone marked", strings.TrimPrefix(strings.Replace(strings.Replace(zone("  services: smtp\n"), "ens3", "ens9", 1), "(active)", "(default, active)", 1), "public\n"), "permit", 6, ""},
		{"a line that is none", zone("  services: smtp\n") + "\n!! more\n", "unknown", 9, "could not be read"},
		{"command", zone("") + "firewall-cmd --permanent --zone=public --add-service=smtp\n", "permit", 7, ""},
		{"command for the default zone", zone("") + "sudo firewall-cmd --add-port=25/tcp\nfirewall-cmd --reload\n", "permit", 7, ""},
		{"command that takes away", zone("  services: smtp\n") + "firewall-cmd --zone=public --remove-service=smtp\n", "deny", 4, ""},
		{"command that takes a rich rule away", zone(deny+"\trule service name=\"smtp\" accept\n") + "firewall-cmd --zone=public --remove-rich-rule='rule family=ipv4 source address=103.13.69.0/24 port port=25 protocol=tcp drop'\n", "permit", 9, ""},
		{"commands alone", "firewall-cmd --permanent --zone=public --add-interface=ens3 --add-service=smtp\n", "permit", 1, ""},
		{"commands alone, other port", "firewall-cmd --permanent --zone=public --add-interface=ens3 --add-service=https\n", "unknown", 1, "what else the zone public has"},
		{"policy before zones", zone("") + "\np1 (active)\n  priority: -1\n  target: CONTINUE\n  ingress-zones: ANY\n  egress-zones: HOST\n  services: smtp\n", "permit", 13, ""},
		{"policy after zones", zone("  services: smtp\n") + "\np1 (active)\n  priority: 1\n  target: DROP\n  ingress-zones: ANY\n  egress-zones: HOST\n", "permit", 7, ""},
		{"target of a policy", zone("  services: smtp\n") + "\np1 (active)\n  priority: -1\n  target: DROP\n  ingress-zones: public\n  egress-zones: HOST\n", "deny", 11, ""},
		{"policy of another zone", zone("  services: smtp\n") + "\np1 (active)\n  priority: -1\n  target: DROP\n  ingress-zones: work\n  egress-zones: HOST\n\nwork\n  target: default\n  forward: yes\n", "permit", 7, ""},
		{"icmp alone is blocked", zone("  services: smtp\n  icmp-blocks: echo-request\n"), "permit", 7, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := ask(t, c.text, mail)[0]
			if v.Verdict != c.want || v.Line != c.line || !strings.Contains(v.Why, c.why) {
				t.Errorf("%+v; want %s at line %d because %q\n%s", v, c.want, c.line, c.why, c.text)
			}
		})
	}
}

func options() firewall.CheckOptions {
	opt := ft.Options("203.0.113.25")
	opt.Needs = opt.Needs[:1]
	return opt
}

// TestProvenAndDisproven asks the whole question, and puts the lines of the
// report behind the file.
func TestProvenAndDisproven(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want firewall.Answer
		by   string
	}{
		"host":           {ft.Sample(t, "host.txt"), firewall.Proven, ""},
		"half":           {strings.Replace(ft.Sample(t, "host.txt"), "103.13.69.0/24", "192.0.2.0/24", 1), firewall.Disproven, "target: default"},
		"everybody":      {strings.Replace(ft.Sample(t, "host.txt"), "services: dhcpv6-client ssh", "services: dhcpv6-client smtp ssh", 1), firewall.Disproven, "services: dhcpv6-client smtp ssh"},
		"forwarded port": {ft.Sample(t, "edge.txt"), firewall.Disproven, "port=25:proto=tcp:toport=25:toaddr=10.0.0.25"},
	} {
		t.Run(name, func(t *testing.T) {
			opt := options()
			opt.Lockdown = name != "half"
			r, err := firewall.CheckFile("", []byte(c.text), opt)
			if err != nil || r.Format != "firewalld" || r.Verdict != c.want || len(r.Problems) > 0 {
				t.Fatalf("%v, want %s\n%s", err, c.want, r.Text())
			}
			if c.want == firewall.Proven {
				return
			}
			if !strings.Contains(r.Text(), c.by) {
				t.Errorf("want it by %q\n%s", c.by, r.Text())
			}
			ft.Mended(t, c.text, r, opt)
		})
	}
}

// TestWriteAndBack: rules of both families, and the way back.
func TestWriteAndBack(t *testing.T) {
	p := netip.MustParsePrefix
	job := format.Job{Host: true, Flows: []format.Flow{
		{In: true, Proto: "tcp", Src: []netip.Prefix{p("103.13.69.0/24"), p("2001:db8::/32")}, Port: 25},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4},
		{Proto: "tcp", Dst: []netip.Prefix{p("103.13.69.0/24")}, Port: 587, Family: ir.V4},
	}}
	s, err := firewalld.Write(job)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"firewall-cmd --permanent --policy=mxodus-in --set-priority=-30000\nfirewall-cmd --permanent --policy=mxodus-in --add-ingress-zone=ANY\nfirewall-cmd --permanent --policy=mxodus-in --add-egress-zone=HOST\n",
		`firewall-cmd --permanent --policy=mxodus-in --add-rich-rule='rule priority="-200" family="ipv4" source address="103.13.69.0/24" port port="25" protocol="tcp" accept'` + "\n",
		`rule priority="-200" family="ipv6" source address="2001:db8::/32" port port="25" protocol="tcp" accept'`,
		`rule priority="-199" family="ipv4" port port="25" protocol="tcp" drop'`,
		`--policy=mxodus-out --add-rich-rule='rule priority="-198" family="ipv4" destination address="103.13.69.0/24" port port="587" protocol="tcp" accept'`,
		"firewall-cmd --reload\n",
	} {
		if !strings.Contains(s.Text, want) {
			t.Errorf("lacks %s\n%s", want, s.Text)
		}
	}
	base := ft.Sample(t, "host.txt")
	other := strings.Replace(mail, "103.13.69.7", "124.47.150.7", 1)
	for text, want := range map[string]string{base: "permit", base + s.Text: "deny", base + s.Text + s.Undo: "permit"} {
		if v := ask(t, text, other)[0]; v.Verdict != want {
			t.Errorf("%+v, want %s", v, want)
		}
	}
	if _, err := firewalld.Write(format.Job{}); err == nil {
		t.Error("nothing was written without a word")
	}
}

// TestIfaces: which interface faces the internet.
func TestIfaces(t *testing.T) {
	for name, want := range map[string]string{"host.txt": "ens3 yes", "edge.txt": "eth0 yes, eth1 no"} {
		set := firewalld.Read(source.NewDoc("", ft.Sample(t, name), time.Time{}))
		var got []string
		for _, i := range set.Ifaces {
			got = append(got, fmt.Sprintf("%s %s", i.Name, map[ir.Is]string{ir.Yes: "yes", ir.No: "no"}[i.Outer]))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %v, want %s", name, got, want)
		}
	}
}

// TestDetect: examples and the corpus; rulesets without firewalld are left to
// nft and iptables.
func TestDetect(t *testing.T) {
	files, _ := filepath.Glob("../../../../../../shared/corpus/firewall/*/*")
	more, _ := filepath.Glob("../../../../../../shared/corpus/firewall/*/*/*")
	own, _ := filepath.Glob("testdata/*")
	others, _ := filepath.Glob("../*/testdata/*")
	for _, name := range append(append(append(files, more...), own...), others...) {
		b, err := os.ReadFile(name)
		if err != nil || strings.HasPrefix(name, "../firewalld/") {
			continue
		}
		if g := firewalld.Detect(source.NewDoc(name, string(b), time.Time{})); (g.Score > 0) != strings.HasPrefix(name, "testdata") {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

// FuzzRead: no panic, and every rule within the file.
func FuzzRead(f *testing.F) {
	for _, n := range []string{"host.txt", "edge.txt"} {
		f.Add(ft.Sample(f, n))
	}
	f.Add("firewall-cmd --zone=a --add-rich-rule='rule family=\"ipv6\" source NOT address=\"::1\" forward-port port=\"1-2\" protocol=\"tcp\" to-addr=\"::1\"'\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 {
			return
		}
		set := firewalld.Read(source.NewDoc("", text, time.Time{}))
		lines := strings.Count(strings.ReplaceAll(text, "\r", "\n"), "\n") + 1
		for _, p := range set.Programs {
			for _, c := range p.Chains {
				for _, r := range append(append([]ir.Rule{}, c.Rules...), c.Policy) {
					if r.At.Line < 0 || r.At.Line > lines {
						t.Fatalf("line %d of %d: %+v", r.At.Line, lines, r)
					}
				}
			}
		}
	})
}
