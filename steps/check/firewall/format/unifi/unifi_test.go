package unifi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
)

const id = "unifi"

func ask(t testing.TB, text string, p firewall.Probe) firewall.Verdict {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := firewall.Eval([]byte(text), id, "", bytes.NewReader(append(b, '\n')), &out); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var v firewall.Verdict
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func port(n int) *int { return &n }

func mail(change ...func(*firewall.Probe)) firewall.Probe {
	p := firewall.Probe{Dir: "fwd", InIf: "WAN", OutIf: "LAN", Src: "103.13.69.7", Dst: "10.0.0.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	for _, f := range change {
		f(&p)
	}
	return p
}

func from(a string) func(*firewall.Probe) { return func(p *firewall.Probe) { p.Src = a } }
func via(in, out string) func(*firewall.Probe) {
	return func(p *firewall.Probe) { p.InIf, p.OutIf = in, out }
}

// rule is one line: a rule with some members beside the usual ones.
func rule(set string, index int, action, more string) string {
	return fmt.Sprintf(`{"_id":"r%s%d","ruleset":%q,"rule_index":%d,"name":"a rule","enabled":true,"action":%q,"protocol":"all"%s}`+"\n", set, index, set, index, action, more)
}

// otherForward is a port forward that has nothing to do with mail.
const otherForward = `{"_id":"f0","name":"web","enabled":true,"pfwd_interface":"wan","src":"any","dst_port":"443","fwd":"10.0.0.80","fwd_port":"443","proto":"tcp"}` + "\n"

// TestWithoutForwards leaves open what port forwards would let in where their
// list is not in the file.
func TestWithoutForwards(t *testing.T) {
	text := rule("WAN_IN", 2000, "accept", `,"src_address":"192.0.2.1"`)
	if v := ask(t, text, mail()); v.Verdict != "unknown" || !strings.Contains(v.Why, "portforward") {
		t.Errorf("%+v", v)
	}
	if v := ask(t, text, mail(from("192.0.2.1"))); v.Verdict != "permit" {
		t.Errorf("%+v", v)
	}
}

func TestSemantics(t *testing.T) {
	const group = `{"_id":"g1","name":"mc","group_type":"address-group","group_members":["103.13.69.0/24"]}` + "\n"
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       int
		why        string
	}{
		{"what comes in is dropped", rule("WAN_IN", 2000, "accept", `,"src_address":"192.0.2.1"`), mail(), "deny", 0, ""},
		{"what goes out is accepted", rule("WAN_IN", 2000, "accept", ""), mail(via("LAN", "WAN"), from("10.0.0.25")), "permit", 0, ""},
		{"accept", rule("WAN_IN", 2000, "accept", ""), mail(), "permit", 1, ""},
		{"by index, not by place", rule("WAN_IN", 2001, "drop", "") + rule("WAN_IN", 2000, "accept", ""), mail(), "permit", 2, ""},
		{"after the gateway's own", rule("WAN_IN", 4000, "drop", "") + rule("WAN_IN", 20001, "accept", ""), mail(), "permit", 2, ""},
		{"disabled", `{"ruleset":"WAN_IN","rule_index":2000,"enabled":false,"action":"accept","protocol":"all"}` + "\n", mail(), "deny", 0, ""},
		{"group", group + rule("WAN_IN", 2000, "accept", `,"src_firewallgroup_ids":["g1"]`), mail(), "permit", 2, ""},
		{"near miss", group + rule("WAN_IN", 2000, "accept", `,"src_firewallgroup_ids":["g1"]`), mail(from("103.13.68.7")), "deny", 0, ""},
		{"group not in the file", rule("WAN_IN", 2000, "accept", `,"src_firewallgroup_ids":["g9"]`), mail(), "unknown", 1, "firewallgroup"},
		{"network not in the file", rule("WAN_IN", 2000, "accept", `,"dst_networkconf_id":"n9"`), mail(), "unknown", 1, "networkconf"},
		{"protocol", strings.Replace(rule("WAN_IN", 2000, "accept", ""), `"protocol":"all"`, `"protocol":"udp"`, 1), mail(), "deny", 0, ""},
		{"all but a protocol", strings.Replace(rule("WAN_IN", 2000, "accept", `,"protocol_match_excepted":true`), `"protocol":"all"`, `"protocol":"udp"`, 1), mail(), "permit", 1, ""},
		{"established", rule("WAN_IN", 2000, "accept", `,"state_established":true`), mail(), "deny", 0, ""},
		{"new", rule("WAN_IN", 2000, "accept", `,"state_new":true,"state_established":true`), mail(), "permit", 1, ""},
		{"time", rule("WAN_IN", 2000, "accept", `,"weekdays":"Mon,Tue"`), mail(), "unknown", 1, "time of day"},
		{"IPsec alone", rule("WAN_IN", 2000, "accept", `,"ipsec":"match-ipsec"`), mail(), "deny", 0, ""},
		{"LAN_OUT must accept too", rule("WAN_IN", 2000, "accept", "") + rule("LAN_OUT", 2000, "drop", ""), mail(), "deny", 2, ""},
		{"to the gateway", rule("WAN_IN", 2000, "accept", ""), mail(func(p *firewall.Probe) { p.Dir = "in" }), "deny", 0, ""},
		{"guests", rule("WAN_IN", 2000, "accept", ""), mail(via("GUEST", "LAN")), "unknown", 0, "guests"},
		{"an interface of another name", rule("WAN_IN", 2000, "accept", ""), mail(via("eth8", "LAN")), "unknown", 0, "WAN, LAN or GUEST"},
		{"action not known", rule("WAN_IN", 2000, "frob", ""), mail(), "unknown", 1, "what the rule does"},
		{"zone-based", `{"_id":"p","name":"x","action":"ALLOW","enabled":true,"create_allow_respond":true,"source":{"zone_id":"a"},"destination":{"zone_id":"b"}}` + "\n", mail(), "unknown", 1, "zone-based"},
		{"broken off", rule("WAN_IN", 2000, "accept", "") + `{"ruleset":"WAN_`, mail(), "unknown", 2, "damaged"},
		{"a ruleset by name", rule("WAN_IN", 2000, "accept", ""), mail(func(p *firewall.Probe) { p.Dir, p.ACL = "", "WAN_IN" }), "permit", 1, ""},
		{"v6", rule("WANv6_IN", 2000, "accept", `,"src_address_ipv6":"2001:db8:1::/48"`), mail(from("2001:db8:1::7"), func(p *firewall.Probe) { p.Dst = "2001:db8:2::25" }), "permit", 1, ""},
		{"v6 near miss", rule("WANv6_IN", 2000, "accept", `,"src_address_ipv6":"2001:db8:1::/48"`), mail(from("2001:db8:3::7"), func(p *firewall.Probe) { p.Dst = "2001:db8:2::25" }), "deny", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := c.text
			if !strings.HasSuffix(text, "_") {
				text += otherForward
			}
			got := ask(t, text, c.p)
			if got.Verdict != c.want || c.line != 0 && got.Line != c.line || !strings.Contains(got.Why, c.why) {
				t.Errorf("got %+v, want %s at line %d because %q", got, c.want, c.line, c.why)
			}
		})
	}
}

// TestPortForwards holds packets to the gateway's own address against port
// forwards, which open the ruleset by themselves.
func TestPortForwards(t *testing.T) {
	forward := func(more string) string {
		return `{"_id":"f","name":"mail","enabled":true,"pfwd_interface":"wan","src":"any","dst_port":"2525","fwd":"10.0.0.25","fwd_port":"25","proto":"tcp"` + more + "}\n"
	}
	in := func(p *firewall.Probe) { p.Dir, p.Dst, p.DPort = "in", "203.0.113.2", port(2525) }
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       int
	}{
		{"opens by itself", forward(""), mail(in), "permit", 1},
		{"a rule before it", forward("") + rule("WAN_IN", 2000, "drop", `,"dst_address":"10.0.0.25"`), mail(in), "deny", 2},
		{"a rule after it", forward("") + rule("WAN_IN", 4000, "drop", ""), mail(in), "permit", 1},
		{"another port", forward(""), mail(in, func(p *firewall.Probe) { p.DPort = port(25) }), "deny", 0},
		{"sources", strings.Replace(forward(""), `"src":"any"`, `"src":"192.0.2.0/24"`, 1), mail(in), "deny", 0},
		{"disabled", strings.Replace(forward(""), `"enabled":true`, `"enabled":false`, 1), mail(in), "deny", 0},
		{"second interface", strings.Replace(forward(""), `"wan"`, `"wan2"`, 1), mail(in), "deny", 0},
		{"no address", strings.Replace(forward(""), `10.0.0.25`, `host`, 1), mail(in), "unknown", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ask(t, c.text, c.p); got.Verdict != c.want || c.line != 0 && got.Line != c.line {
				t.Errorf("got %+v, want %s at line %d", got, c.want, c.line)
			}
		})
	}
}

func sample(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "rulesets.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestSample asks the whole question, as the file is and with one fault.
func TestSample(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		want, lock     firewall.Answer
		line           int
	}{
		{name: "as it is", want: firewall.Proven, lock: firewall.Proven},
		{name: "half a range", old: "124.47.150.0/24", new: "124.47.150.0/25", want: firewall.Disproven, lock: firewall.Proven, line: 3},
		{name: "no refusal", old: `"no other mail","enabled":true`, new: `"no other mail","enabled":false`, want: firewall.Disproven, lock: firewall.Disproven, line: 12},
		{name: "no forward", old: `"name":"mail","enabled":true`, new: `"name":"mail","enabled":false`, want: firewall.Disproven, lock: firewall.Proven},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := sample(t)
			if !strings.Contains(text, c.old) {
				t.Fatalf("the sample lacks %q", c.old)
			}
			if c.old != "" {
				text = strings.Replace(text, c.old, c.new, 1)
			}
			rep, err := firewall.CheckFile("unifi.json", []byte(text), firewall.CheckOptions{
				Region: "au", Servers: []netip.Addr{netip.MustParseAddr("203.0.113.2")}, Needs: firewall.DefaultNeeds()[:1], Lockdown: true,
				Ranges: []firewall.Range{
					{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"},
					{CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"},
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			line := 0
			for _, q := range rep.Requirements {
				if len(q.Gaps) > 0 && line == 0 {
					line = q.Gaps[0].By.Line
				}
			}
			if len(rep.Leaks) > 0 && line == 0 {
				line = rep.Leaks[0].By.Line
			}
			if rep.Format != id || rep.Verdict != c.want || rep.Lockdown.Verdict != c.lock || c.line != 0 && line != c.line || len(rep.SelfCheck.Disagreements) > 0 {
				t.Errorf("%s and %s at line %d, want %s and %s at line %d\n%s", rep.Verdict, rep.Lockdown.Verdict, line, c.want, c.lock, c.line, rep.Text())
			}
			if strings.Contains(rep.Text(), "s3cr3t") {
				t.Error("a secret is shown")
			}
		})
	}
}

func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const root = "../../../../../../shared/corpus/firewall"
	if _, err := os.Stat(root); err != nil {
		t.Skip("no corpus beside this checkout")
	}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if set, err := firewall.Read(filepath.Base(path), b, ""); err == nil && set.Format == id {
			t.Errorf("%s: read as unifi", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	for i := range 8000 {
		b.WriteString(rule("WAN_IN", 20000+i, "drop", fmt.Sprintf(`,"src_address":"10.%d.%d.0/24"`, i/256, i%256)))
	}
	b.WriteString(rule("WAN_IN", 29999, "accept", ""))
	began := time.Now()
	if v := ask(t, b.String(), mail()); v.Verdict != "permit" || v.Line != 8001 {
		t.Errorf("%+v", v)
	}
	if spent := time.Since(began); spent > 6*time.Second {
		t.Errorf("it took %s", spent)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample(f))
	f.Add(rule("WAN_IN", 2000, "accept", `,"dst_port":"1-"`))
	f.Fuzz(func(t *testing.T, text string) {
		began := time.Now()
		set, err := firewall.Read("", []byte(text), id)
		if spent := time.Since(began); spent > 10*time.Second {
			t.Fatalf("it took %s", spent)
		}
		if err != nil {
			return
		}
		lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r")
		for _, p := range set.Programs {
			for _, c := range p.Chains {
				for _, r := range c.Rules {
					if r.At.Line < 0 || r.At.Line > lines || r.At.Line == 0 && r.At.Text == "" {
						t.Fatalf("a rule at line %d of %d, %q", r.At.Line, lines, r.At.Text)
					}
				}
			}
		}
		if v := ask(t, text, mail()); strings.Contains(v.Why, "internal error") {
			t.Fatalf("%+v", v)
		}
	})
}
