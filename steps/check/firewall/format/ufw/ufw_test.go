package ufw_test

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
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/ufw"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func ask(t testing.TB, rules string, probes ...string) []firewall.Verdict {
	t.Helper()
	return ft.AskList(t, "ufw", rules, "", probes...)
}

// packets are probes around the addresses and ports of the examples.
func packets(n int, v6 bool) []string {
	r := rand.New(rand.NewPCG(3, 4))
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	var out []string
	for range n {
		dir := one("in", "in", "in", "out", "fwd")
		remote := one("203.0.113.66", "192.0.2.9", "103.13.69.7", "124.47.150.200", "198.51.100.7", "198.51.100.8", "10.1.1.1", "10.9.9.9", "8.8.8.8")
		local := one("203.0.113.25", "203.0.113.26")
		if v6 {
			remote, local = one("2001:db8::7", "2001:db8:1::9", "2001:db9::1", "fe80::1"), one("2001:db8:25::25", "2001:db8:25::26")
		} else if dir == "fwd" {
			local = "10.0.0.25"
		}
		src, dst := remote, local
		if dir == "out" || dir == "fwd" && r.IntN(3) == 0 {
			src, dst = local, remote
		}
		proto := one("tcp", "tcp", "tcp", "udp", "icmp")
		p := map[string]any{"dir": dir, "src": src, "dst": dst, "proto": proto, "sport": 40000, "dport": r.IntN(3) + 24}
		switch r.IntN(4) {
		case 0:
			p["dport"] = []int{22, 53, 80, 443, 8000, 8050, 8100, 8101}[r.IntN(8)]
		case 1:
			p["sport"] = 123
		}
		if proto == "icmp" {
			p["dport"] = 8
			if v6 {
				p["dport"] = 128
			}
			delete(p, "sport")
		}
		if dir != "out" {
			p["in_if"] = one("eth0", "eth0", "eth1")
		}
		if dir != "in" {
			p["out_if"] = one("eth0", "eth1")
		}
		b, _ := json.Marshal(p)
		out = append(out, string(b))
	}
	return out
}

// TestFormsSayTheSame reads one firewall in each form that ufw prints and
// compares with what the kernel had loaded of it.
func TestFormsSayTheSame(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		dump := "dump.v4"
		if v6 {
			dump = "dump.v6"
		}
		list := packets(1500, v6)
		want := ask(t, ft.Sample(t, dump), list...)
		for _, name := range []string{"verbose.txt", "numbered.txt", "added.txt", "user.rules"} {
			if v6 && name == "user.rules" {
				continue
			}
			t.Run(fmt.Sprintf("%s %v", name, v6), func(t *testing.T) {
				text, open := ft.Sample(t, name), 0
				if name != "verbose.txt" {
					text = strings.TrimRight(text, "\n") + "\nufw default deny incoming\nufw default allow outgoing\nufw default deny routed\n"
				}
				for i, v := range ask(t, text, list...) {
					switch {
					case v.Verdict == "unknown":
						if strings.Contains(v.Why, "the order of the IPv6 rules") {
							continue // which ufw show added does not tell
						}
						if open++; want[i].Verdict != "unknown" {
							t.Fatalf("%s: %+v, want %+v", list[i], v, want[i])
						}
					case v.Verdict != want[i].Verdict:
						t.Fatalf("%s: %+v, want %+v", list[i], v, want[i])
					}
				}
				if open > len(list)/10 {
					t.Errorf("%d of %d are unknown", open, len(list))
				}
			})
		}
	}
}

const mail = `{"dir":"in","in_if":"eth0","src":"103.13.69.7","dst":"203.0.113.25","proto":"tcp","sport":40000,"dport":25}`

// TestSemantics holds single points against ufw(8).
func TestSemantics(t *testing.T) {
	head := "Status: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n"
	for _, c := range []struct {
		name, text, want string
		line             int
		why              string
	}{
		{"default", head, "deny", 2, "policy"},
		{"first match", head + "25/tcp                     ALLOW IN    103.13.69.0/24            \n25/tcp                     DENY IN     Anywhere                  \n", "permit", 6, ""},
		{"shadowed", head + "25/tcp                     DENY IN     Anywhere                  \n25/tcp                     ALLOW IN    103.13.69.0/24            \n", "deny", 6, ""},
		{"both protocols", head + "25                         ALLOW IN    Anywhere                  \n", "permit", 6, ""},
		{"other interface", head + "25/tcp on eth1             ALLOW IN    Anywhere                  \n", "deny", 2, ""},
		{"limit", head + "25/tcp                     LIMIT IN    Anywhere                  \n", "unknown", 6, "recent"},
		{"profile by name", head + "Postfix                    ALLOW IN    Anywhere                  \n", "unknown", 6, "profile Postfix"},
		{"profile with its ports", head + "25/tcp (Postfix)           ALLOW IN    Anywhere                  \n", "permit", 6, ""},
		{"profile with its ports, IPv6", head + "25/tcp (Postfix (v6))      ALLOW IN    Anywhere (v6)             \n", "deny", 2, ""},
		{"logged", head + "25/tcp                     ALLOW IN    103.13.69.0/24             (log)\n", "permit", 6, ""},
		{"a host that passes nothing on", head + "25/tcp on eth1             ALLOW FWD   Anywhere on eth0          \n", "deny", 2, ""},
		{"service of TCP", "ufw allow from any to any port smtp\n", "permit", 1, ""},
		{"service of both perhaps", "ufw default deny\nufw allow from any to any port domain\n", "deny", 1, ""},
		{"off", "Status: inactive\n", "permit", 1, ""},
		{"no default told", "Status: active\n\nTo                         Action      From\n--                         ------      ----\n443/tcp                    ALLOW       Anywhere                  \n", "unknown", 0, "default of ufw"},
		{"a line that is none", head + "something else here\n25/tcp                     ALLOW IN    Anywhere                  \n", "unknown", 6, "could not be read"},
		{"commands", "ufw default deny incoming\nufw allow 25/tcp\n", "permit", 2, ""},
		{"command with sudo and a name", "sudo ufw allow from 103.13.69.0/24 to any port smtp proto tcp comment 'in'\n", "permit", 1, ""},
		{"a rule that is there is not added again", "ufw default deny\nufw deny from 103.13.69.0/24\nufw allow 25/tcp\nufw deny from 103.13.69.0/24\n", "deny", 2, ""},
		{"another action takes its place", "ufw default deny\nufw deny 25/tcp\nufw allow 443/tcp\nufw allow 25/tcp\n", "permit", 4, ""},
		{"what is there is not inserted again", "ufw default deny\nufw deny 25/tcp\nufw allow from 103.13.69.0/24 to any port 25 proto tcp\nufw insert 1 allow from 103.13.69.0/24 to any port 25 proto tcp\n", "deny", 2, ""},
		{"insert", "ufw default deny\nufw deny 25/tcp\nufw insert 1 allow from 103.13.69.0/24 to any port 25 proto tcp\n", "permit", 3, ""},
		{"prepend", "ufw default deny\nufw deny 25/tcp\nufw prepend allow from 103.13.69.0/24 to any port 25 proto tcp\n", "permit", 3, ""},
		{"prepend to nothing", "ufw default deny\nufw prepend allow from 103.13.69.0/24 to any port 25 proto tcp\n", "permit", 2, ""},
		{"insert to nothing is refused", "ufw default deny\nufw insert 1 allow from 103.13.69.0/24 to any port 25 proto tcp\n", "deny", 1, ""},
		{"delete", "ufw default deny\nufw allow 25/tcp\nufw delete allow 25/tcp\nufw allow 26/tcp\n", "deny", 1, ""},
		{"delete by number", "ufw default deny\nufw allow 25/tcp\nufw delete 1\n", "permit", 2, ""},
		{"delete by number, before", "ufw default deny\nufw allow 26/tcp\nufw delete 1\nufw allow 25/tcp\n", "unknown", 3, "could not be read"},
		{"route is another way", "ufw default deny\nufw route allow proto tcp from any to any port 25\n", "deny", 1, ""},
		{"reset", "ufw allow 25/tcp\nufw --force reset\nufw default deny\nufw allow 26/tcp\n", "deny", 3, ""},
		{"dump and a command", ft.Sample(t, "dump.v4") + "ufw prepend deny from 103.13.69.0/24\n", "deny", 124, ""},
		{"dump and a command at the end", ft.Sample(t, "dump.v4") + "ufw allow from 103.13.69.0/24\n", "permit", 103, ""},
		{"user.rules and a command", ft.Sample(t, "user.rules") + "ufw default deny\n", "permit", 27, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := ask(t, c.text, mail)[0]
			if v.Verdict != c.want || v.Line != c.line || !strings.Contains(v.Why, c.why) {
				t.Errorf("%+v; want %s at line %d because %q", v, c.want, c.line, c.why)
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
	head := "Status: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n"
	open := head + "25/tcp                     ALLOW IN    Anywhere                  \n"
	deny := head + "25/tcp                     DENY IN     Anywhere                  \n"
	for name, c := range map[string]struct {
		text string
		want firewall.Answer
	}{
		"named alone": {head + "25/tcp                     ALLOW IN    103.13.69.0/24            \n25/tcp                     ALLOW IN    124.47.150.0/24           \n", firewall.Proven},
		"everybody":   {open, firewall.Disproven},
		"nobody":      {deny, firewall.Disproven},
		"a dump":      {strings.Replace(ft.Sample(t, "dump.v4"), "-s 103.13.69.0/24 -p tcp -m tcp --dport 25", "-s 192.0.2.0/24 -p tcp -m tcp --dport 25", 1), firewall.Disproven},
		"commands":    {"ufw default deny incoming\nufw default allow outgoing\nufw deny 25\n", firewall.Disproven},
	} {
		t.Run(name, func(t *testing.T) {
			opt := options()
			opt.Lockdown = name != "a dump"
			r, err := firewall.CheckFile("", []byte(c.text), opt)
			if err != nil || r.Format != "ufw" || r.Verdict != c.want {
				t.Fatalf("%v, want %s\n%s", err, c.want, r.Text())
			}
			if c.want == firewall.Proven {
				return
			}
			ft.Mended(t, c.text, r, opt)
		})
	}
}

// TestWriteAndBack: the way back takes away what was put in place.
func TestWriteAndBack(t *testing.T) {
	p := netip.MustParsePrefix
	job := format.Job{Host: true, Flows: []format.Flow{
		{In: true, Proto: "tcp", Src: []netip.Prefix{p("103.13.69.0/24"), p("2001:db8::/32")}, Port: 25, Label: "mail 'in'"},
		{Proto: "tcp", Dst: []netip.Prefix{p("103.13.69.0/24")}, Port: 25, Family: ir.V4, Label: "out"},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Label: "lock-down"},
	}}
	s, err := ufw.Write(job)
	if err != nil {
		t.Fatal(err)
	}
	want := "ufw prepend deny proto tcp from any to any port 25 comment 'mxodus lock-down'\n" +
		"ufw prepend allow out proto tcp from any to 103.13.69.0/24 port 25 comment 'mxodus out'\n" +
		"ufw prepend allow proto tcp from 2001:db8::/32 to any port 25 comment 'mxodus mail in'\n" +
		"ufw prepend allow proto tcp from 103.13.69.0/24 to any port 25 comment 'mxodus mail in'\n"
	if s.Text != want {
		t.Errorf("%s\nwant\n%s", s.Text, want)
	}
	before := "ufw default deny\nufw allow 443/tcp\n"
	if v := ask(t, before+s.Text, mail)[0]; v.Verdict != "permit" {
		t.Errorf("%+v", v)
	}
	if v := ask(t, before+s.Text+s.Undo, mail)[0]; v.Verdict != "deny" || v.Line != 1 {
		t.Errorf("%+v", v)
	}
	job.Host = false
	if s, err = ufw.Write(job); err != nil || !strings.Contains(s.Text, "ufw route prepend allow proto tcp from 103.13.69.0/24") {
		t.Errorf("%v %s", err, s.Text)
	}
	if _, err := ufw.Write(format.Job{}); err == nil {
		t.Error("nothing was written without a word")
	}
}

// TestDetect: examples and the corpus; dumps without ufw are left to iptables.
func TestDetect(t *testing.T) {
	files, _ := filepath.Glob("../../../../../../shared/corpus/firewall/*/*")
	more, _ := filepath.Glob("../../../../../../shared/corpus/firewall/*/*/*")
	own, _ := filepath.Glob("testdata/*")
	nft, _ := filepath.Glob("../nft/testdata/*")
	for _, name := range append(append(append(files, more...), own...), nft...) {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if g := ufw.Detect(source.NewDoc(name, string(b), time.Time{})); (g.Score > 0) != strings.HasPrefix(name, "testdata") {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

// FuzzRead: no panic, and every rule within the file.
func FuzzRead(f *testing.F) {
	names, _ := filepath.Glob("testdata/*")
	for _, n := range names {
		if b, err := os.ReadFile(n); err == nil {
			f.Add(string(b))
		}
	}
	f.Add("ufw insert 3 allow in on eth0 log proto tcp from any port 1:2,5 to ::1 port smtp comment 'x'\nufw delete 4\nufw route deny app 'A B'\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 {
			return
		}
		set := ufw.Read(source.NewDoc("", text, time.Time{}))
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

// TestWriteForIPv6Alone: a rule for everybody over IPv6 leaves IPv4 as it is.
func TestWriteForIPv6Alone(t *testing.T) {
	s, err := ufw.Write(format.Job{Host: true, Flows: []format.Flow{firewall.ShutV6}})
	if err != nil || s.Text != "ufw prepend deny proto tcp from 2000::/3 to any port 25 comment 'mxodus lock-down over IPv6'\n" || len(s.UndoNotes) == 0 {
		t.Fatalf("%v %+v", err, s)
	}
	before := "ufw default deny\nufw allow 25/tcp\n"
	over6 := strings.NewReplacer("103.13.69.7", "2001:db8:1::7", "203.0.113.25", "2001:db8::25").Replace(mail)
	for text, want := range map[string][2]string{before: {"permit", "permit"}, before + s.Text: {"permit", "deny"}, before + s.Text + s.Undo: {"permit", "permit"}} {
		if v4, v6 := ask(t, text, mail)[0], ask(t, text, over6)[0]; v4.Verdict != want[0] || v6.Verdict != want[1] {
			t.Errorf("%s\nIPv4 %+v, IPv6 %+v, want %v", text, v4, v6, want)
		}
	}
}

// TestOneFamily: 0.0.0.0/0 and ::/0 name one family, any both (ufw's parser.py).
func TestOneFamily(t *testing.T) {
	over6 := strings.NewReplacer("103.13.69.7", "2001:db8:1::7", "203.0.113.25", "2001:db8::25").Replace(mail)
	for from, want := range map[string][2]string{"any": {"permit", "permit"}, "0.0.0.0/0": {"permit", "deny"}, "::/0": {"deny", "permit"}} {
		text := "ufw default deny\nufw allow 443/tcp\nufw allow proto tcp from " + from + " to any port 25\n"
		if v4, v6 := ask(t, text, mail)[0], ask(t, text, over6)[0]; v4.Verdict != want[0] || v6.Verdict != want[1] {
			t.Errorf("from %s: IPv4 %+v, IPv6 %+v", from, v4, v6)
		}
	}
}
