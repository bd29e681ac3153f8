package firewall

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"mxodus/steps/region"
)

// bigSets writes what ipset save prints of a set of 10,000 addresses and one of
// 1,000 ranges of ports.
func bigSets(b *strings.Builder) {
	b.WriteString("create many hash:ip family inet hashsize 4096 maxelem 65536\ncreate ranges bitmap:port range 0-65535\n")
	for i := range 10_000 {
		fmt.Fprintf(b, "add many 45.%d.%d.%d\n", i%3, byte(i>>8), byte(i))
	}
	for i := range 1_000 {
		fmt.Fprintf(b, "add ranges %d-%d\n", 1000+i*60, 1030+i*60)
	}
}

// bigRuleset is a dump of n rules: strangers one by one, other ports, large
// sets that many of them name, a chain now and then, the region at the very
// end.
func bigRuleset(n int) []byte {
	au, _ := region.Find("au")
	var b strings.Builder
	bigSets(&b)
	b.WriteString(filterHead + ":noise - [0:0]\n" + established)
	for i := range n {
		a, c, d := byte(i>>16), byte(i>>8), byte(i)
		switch i % 10 {
		case 0:
			fmt.Fprintf(&b, "-A INPUT -s 11.%d.%d.%d/32 -p tcp -m tcp --dport %d -j DROP\n", a, c, d, 1000+i%500)
		case 1:
			fmt.Fprintf(&b, "-A INPUT -s 12.%d.%d.0/24 -p udp -m udp --dport 53 -j ACCEPT\n", a, c)
		case 2:
			fmt.Fprintf(&b, "-A noise -s 13.%d.%d.%d/32 -j RETURN\n", a, c, d)
		case 3:
			fmt.Fprintf(&b, "-A INPUT -s 14.%d.%d.%d/32 -p tcp -m multiport --dports 25,465 -j DROP\n", a, c, d)
		case 4:
			b.WriteString("-A INPUT -p tcp -m set --match-set many src -m set --match-set ranges dst -j DROP\n")
		case 5:
			fmt.Fprintf(&b, "-A INPUT -p tcp -m set --match-set many src -m tcp --dport %d -j DROP\n", 20+i%10)
		default:
			fmt.Fprintf(&b, "-A INPUT -s 15.%d.%d.%d/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", a, c, d)
		}
	}
	b.WriteString("-A INPUT -p tcp --dport 25 -j noise\n")
	for _, p := range au.Prefixes() {
		fmt.Fprintf(&b, "-A INPUT -s %s -p tcp -m tcp --dport 25 -j ACCEPT\n", p)
	}
	b.WriteString("COMMIT\n")
	return []byte(b.String())
}

func bigOptions() CheckOptions {
	au, _ := region.Find("au")
	return CheckOptions{
		Region: "au", Ranges: RegionRanges(au, region.Region{}), Servers: []netip.Addr{server}, Lockdown: true,
	}
}

// TestScale bounds memory, and time so far that growth other than about linear
// is found out on any machine: 10,000 rules, whole file with parsing and
// lock-down, are meant to take less than a second, 100,000 less than eight
// (BenchmarkIptables measures).
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, c := range []struct {
		rules  int
		limit  time.Duration
		memory uint64
	}{{10_000, 5 * time.Second, 200 << 20}, {100_000, 40 * time.Second, 1500 << 20}} {
		limit := c.limit
		if raceEnabled {
			if c.rules > 10_000 {
				continue // the detector has seen as much of it
			}
			limit *= 15
		}
		content := bigRuleset(c.rules)
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start, worked := time.Now(), cpuTime()
		r, err := CheckFile("big", content, bigOptions())
		took := min(time.Since(start), cpuTime()-worked) // on a busy machine the work counts, not the waiting
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range r.Requirements {
			if q.Verdict != Proven {
				t.Fatalf("%s %s: %s", q.Range, q.Label, q.Verdict)
			}
		}
		if len(r.Leaks) < c.rules/3 {
			t.Errorf("%d leaks found of %d rules", len(r.Leaks), c.rules)
		}
		t.Logf("%d rules: %v, %d MB allocated in all", c.rules, took, (after.TotalAlloc-before.TotalAlloc)>>20)
		if took > limit {
			t.Errorf("%d rules took %v, more than %v", c.rules, took, limit)
		}
		if held := after.HeapAlloc; held > c.memory {
			t.Errorf("%d rules hold %d MB", c.rules, held>>20)
		}
	}
}

// TestDeepChains bounds rulesets made to take for ever: chains that call each
// other twice, forty deep. The answer may be "too large", but it must come.
func TestDeepChains(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	b.WriteString("*filter\n:INPUT DROP [0:0]\n")
	for i := range 41 {
		fmt.Fprintf(&b, ":c%d - [0:0]\n", i)
	}
	b.WriteString("-A INPUT -p tcp --dport 25 -j c0\n")
	for i := range 40 {
		fmt.Fprintf(&b, "-A c%d -s 103.0.0.0/8 -j c%d\n-A c%d -j c%d\n", i, i+1, i, i+1)
	}
	b.WriteString("-A c40 -s 1.2.3.4 -j DROP\nCOMMIT\n")
	start := time.Now()
	_, err := CheckFile("deep", []byte(b.String()), options())
	if took := time.Since(start); took > 60*time.Second {
		t.Errorf("took %v", took)
	}
	if err == nil || !strings.Contains(err.Error(), "too much open") {
		t.Errorf("error %v", err)
	}
}

// BenchmarkIptables reads and answers dumps of three sizes.
func BenchmarkIptables(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		content, opt := bigRuleset(n), bigOptions()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := CheckFile("big", content, opt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
