package firewall

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"mxodus/steps/check"
)

func diffOf(t *testing.T, before, after string) Difference {
	t.Helper()
	d, err := Diff(check.File{Name: "before", Bytes: []byte(before)}, check.File{Name: "after", Bytes: []byte(after)}, CheckOptions{
		Ranges:  []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}, {netip.MustParsePrefix("195.130.217.0/24"), Other, "uk"}},
		Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const diffHead = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"

func TestDiff(t *testing.T) {
	rule := func(src string) string {
		return "-A INPUT -s " + src + " -d 203.0.113.25/32 -p tcp --dport 25 -j ACCEPT\n"
	}
	whole := diffHead + rule("103.13.69.0/24") + "COMMIT\n"
	for _, c := range []struct {
		name, before, after string
		worse               bool
		want                []string // who, before, after, first block
	}{
		{"nothing", whole, whole, false, nil},
		{"other words, same meaning", whole, diffHead + rule("103.13.69.0/25") + rule("103.13.69.128/25") + "COMMIT\n", false, nil},
		{"a half is lost", whole, diffHead + rule("103.13.69.0/25") + "COMMIT\n", true, []string{"provider open shut 103.13.69.128/25"}},
		{"a half is won", diffHead + rule("103.13.69.0/25") + "COMMIT\n", whole, false, []string{"provider shut open 103.13.69.128/25"}},
		{"somebody new", whole, diffHead + rule("103.13.69.0/24") + rule("198.51.100.7") + "COMMIT\n", true, []string{"internet shut open 198.51.100.7/32"}},
		{"somebody gone", diffHead + rule("103.13.69.0/24") + rule("198.51.100.7") + "COMMIT\n", whole, false, []string{"internet open shut 198.51.100.7/32"}},
		{"the old region shut", diffHead + rule("103.13.69.0/24") + rule("195.130.217.0/24") + "COMMIT\n", whole, false, []string{"old_region open shut 195.130.217.0/24"}},
		{"one's own network", whole, diffHead + rule("103.13.69.0/24") + rule("10.1.0.0/16") + "COMMIT\n", false, []string{"internal shut open 10.1.0.0/16"}},
		{"not told any more", whole, diffHead + "-A INPUT -m geoip --src-cc AU -j DROP\n" + rule("103.13.69.0/24") + "COMMIT\n", true, []string{"provider open cannot tell 103.13.69.0/24"}},
		{"out is shut", whole, strings.Replace(whole, ":OUTPUT ACCEPT", ":OUTPUT DROP", 1), true, []string{"provider open shut 103.13.69.0/24"}},
	} {
		d := diffOf(t, c.before, c.after)
		worse := slices.ContainsFunc(d.Changes, func(x Change) bool { return x.Worse })
		if worse != c.worse {
			t.Errorf("%s: worse is %v: %+v", c.name, worse, d.Changes)
		}
		var got []string
		for _, x := range d.Changes {
			got = append(got, x.Who+" "+string(x.Before)+" "+string(x.After)+" "+x.CIDRs[0])
			if x.Words() == "" || x.Addresses == "" || x.By.Text == "" {
				t.Errorf("%s: a change without words: %+v", c.name, x)
			}
		}
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: got %q, want %q among them", c.name, got, w)
			}
		}
		if len(c.want) == 0 && len(got) > 0 {
			t.Errorf("%s: got %q, want nothing", c.name, got)
		}
	}
}

// TestDiffAsksTheSenders: further addresses that mail leaves from count for
// mail that leaves, and for nothing else.
func TestDiffAsksTheSenders(t *testing.T) {
	head := strings.NewReplacer(":OUTPUT ACCEPT", ":OUTPUT DROP", "-A INPUT -m conn", "-A FORWARD -m conn").Replace(diffHead)
	rule := "-A FORWARD -s 10.0.0.9/32 -d 103.13.69.0/24 -p tcp --dport 25 -j ACCEPT\n"
	opt := CheckOptions{
		Ranges:  []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}},
		Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")}, Senders: []netip.Addr{netip.MustParseAddr("10.0.0.9")},
	}
	d, err := Diff(check.File{Name: "before", Bytes: []byte(head + rule + "COMMIT\n")}, check.File{Name: "after", Bytes: []byte(head + "COMMIT\n")}, opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Changes) != 1 || d.Changes[0].Server != "10.0.0.9" || d.Changes[0].Direction != "out" || d.Changes[0].After != Shut || !d.Changes[0].Worse {
		t.Errorf("%+v", d.Changes)
	}
	opt.Senders = nil
	if d, err = Diff(check.File{Name: "before", Bytes: []byte(head + rule + "COMMIT\n")}, check.File{Name: "after", Bytes: []byte(head + "COMMIT\n")}, opt); err != nil || len(d.Changes) != 0 {
		t.Errorf("%v %+v", err, d.Changes)
	}
}

// TestDiffLooksAtEveryDoor: a second public address opens the server to others,
// and a translation that is no longer in force shuts mail out.
func TestDiffLooksAtEveryDoor(t *testing.T) {
	vip := "    edit \"VIP-2\"\n        set extip 203.0.113.26\n        set mappedip \"10.20.30.25\"\n        set extintf \"wan1\"\n    next\n"
	policy := func(src, dst string) string {
		return "    edit 13\n        set srcintf \"wan1\"\n        set dstintf \"internal\"\n        set action accept\n        set srcaddr \"" + src + "\"\n        set dstaddr \"" + dst + "\"\n        set schedule \"always\"\n        set service \"ALL\"\n    next\n"
	}
	good := strings.NewReplacer("set srcaddr \"all\"\n        set dstaddr \"VIP-SMTP\"", "set srcaddr \"RANGE\"\n        set dstaddr \"VIP-SMTP\"",
		"config firewall vip\n", "config firewall vip\n"+vip, "    edit \"EXCH01\"", "    edit \"RANGE\"\n        set subnet 103.13.69.0 255.255.255.0\n    next\n    edit \"EXCH01\"",
	).Replace(fortiEdge("VIP-SMTP", "enable"))
	for _, c := range []struct {
		name, after, server string
		want                string
	}{
		{"nothing", good, "203.0.113.25", ""},
		{"a second address", strings.Replace(good, "    edit 14\n", policy("all", "VIP-2")+"    edit 14\n", 1), "203.0.113.25", "internet shut open policy 13"},
		{"a second address for the range alone", strings.Replace(good, "    edit 14\n", policy("RANGE", "VIP-2")+"    edit 14\n", 1), "203.0.113.25", ""},
		{"no translation", strings.Replace(good, "set status enable", "set status disable", 1), "203.0.113.25", "provider open cannot tell no translation in force"},
		{"no translation, from within", strings.Replace(good, "set dstaddr \"VIP-SMTP\"", "set dstaddr \"EXCH01\"", 1), "10.20.30.25", "provider open cannot tell no translation in force"},
	} {
		d, err := Diff(check.File{Name: "before", Bytes: []byte(good)}, check.File{Name: "after", Bytes: []byte(c.after)}, CheckOptions{
			Ranges: []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}}, Servers: []netip.Addr{netip.MustParseAddr(c.server)},
			Needs: DefaultNeeds()[:1],
		})
		if err != nil {
			t.Fatal(err)
		}
		if (len(d.Changes) > 0) != (c.want != "") {
			t.Errorf("%s: %+v", c.name, d.Changes)
			continue
		}
		if c.want == "" {
			continue
		}
		x := d.Changes[0]
		if got := x.Who + " " + string(x.Before) + " " + string(x.After) + " "; !x.Worse || !strings.HasPrefix(c.want, got) || !strings.Contains(x.By.Text, strings.TrimPrefix(c.want, got)) {
			t.Errorf("%s: %+v, want %s", c.name, x, c.want)
		}
	}
}

// TestDiffNamesTheLine says which line decides after the change.
func TestDiffNamesTheLine(t *testing.T) {
	d := diffOf(t, diffHead+"COMMIT\n", diffHead+"-A INPUT -s 198.51.100.0/28 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n")
	i := slices.IndexFunc(d.Changes, func(x Change) bool { return x.Who == "internet" })
	if i < 0 || d.Changes[i].By.Line != 6 {
		t.Errorf("got %+v, want line 6", d.Changes)
	}
}
