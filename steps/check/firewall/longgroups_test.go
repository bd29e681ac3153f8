package firewall

import (
	"cmp"
	"fmt"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Sizes of the files of TestLongGroups: rules that name groups over and over,
// the addresses of one group and the ranges of ports of the other.
const (
	longRules  = 2_000
	longAddrs  = 10_000
	longRanges = 1_000
)

// Limits of one file: what it holds once read and what is allocated in all, in
// bytes, and the time it takes. Where each rule holds a group of its own, or
// each looks through it again, they are passed many times over.
const (
	longHeld  = 150 << 20
	longTotal = 1200 << 20
	longTime  = 15 * time.Second
)

// The sources of rules, as formats name them: the long group, that and a short
// one (or what lies in both), all but the long group, and the region's ranges.
// A file of a format that takes lists in a rule has two that list the long
// group's addresses; some formats have no other.
const (
	fromMany    = "many"
	fromSeveral = "several"
	fromOthers  = "others"
	fromListed  = "listed"
	fromRegion  = "region"
	fromHost    = "host"
)

// longRule is one rule: of TCP, and from a host when from says so. It is for
// the long group of ports, or for one port.
type longRule struct {
	n      int
	from   string
	host   string
	ranges bool
	port   int
	allow  bool
}

// source is the rule's source in the words of a format; a host's has its
// address, or its number, for %s or %d.
func (r longRule) source(words map[string]string) string {
	w, ok := words[r.from]
	switch {
	case !ok:
		return words[fromMany]
	case r.from != fromHost:
		return w
	case strings.Contains(w, "%d"):
		return fmt.Sprintf(w, r.n)
	default:
		return fmt.Sprintf(w, r.host)
	}
}

// ports is the rule's ports in the words of a format.
func (r longRule) ports(ranges, one string) string {
	if r.ranges {
		return ranges
	}
	return fmt.Sprintf(one, r.port)
}

// does is what the rule does in the words of a format.
func (r longRule) does(allow, deny string) string {
	if r.allow {
		return allow
	}
	return deny
}

// longPlan is what the file of a format is written of.
type longPlan struct {
	lists bool // the long group is in no group but in rules, of which there are few
	hosts int  // rules that let one stranger in
}

// each writes all rules: two of five deny the long group, one lets a stranger
// in, one denies several groups, one all addresses but those of a group on a
// port that nobody asks about. The last lets the region's ranges in.
func (p *longPlan) each(rule func(longRule) string) string {
	var b strings.Builder
	for i := range longRules {
		r := longRule{n: i, port: 25}
		switch i % 5 {
		case 0:
			r.from, r.ranges = fromMany, true
		case 1:
			r.from, r.port = fromMany, 20+i/5%10
		case 3:
			r.from = fromSeveral
		case 4:
			r.from, r.port = fromOthers, 7
		}
		if i == 5 || i == 6 {
			r.from = fromListed
		}
		if i%5 == 2 || p.lists && r.from != fromListed {
			r = longRule{n: i, from: fromHost, host: longHost(i), port: 25, allow: true}
			p.hosts++
		}
		b.WriteString(rule(r))
	}
	b.WriteString(rule(longRule{n: longRules, from: fromRegion, port: 25, allow: true}))
	return b.String()
}

// longHost is the stranger of a rule; no two are neighbours.
func longHost(i int) string { return fmt.Sprintf("11.%d.%d.%d", i%2, byte(i>>8), byte(i)) }

// addrsAs writes the addresses of the long group, of which no two are
// neighbours; words has one of them for %s, and its number for %d.
func addrsAs(words, between string) string {
	return eachAs(longAddrs, between, func(i int) string {
		a := fmt.Sprintf("45.%d.%d.%d", i%3, byte(i>>8), byte(i))
		return strings.NewReplacer("%s", a, "%d", strconv.Itoa(i)).Replace(words)
	})
}

// rangesAs writes the ranges of the long group of ports; words has the first
// and the last port for %a and %z, and the number of the range for %d.
func rangesAs(words, between string) string {
	return eachAs(longRanges, between, func(i int) string {
		return strings.NewReplacer("%a", strconv.Itoa(1000+i*60), "%z", strconv.Itoa(1030+i*60), "%d", strconv.Itoa(i)).Replace(words)
	})
}

// hostsAs writes the strangers that rules let in by name, as addrsAs does.
func hostsAs(words string) string {
	return eachAs(longRules, "", func(i int) string {
		return strings.NewReplacer("%s", longHost(i), "%d", strconv.Itoa(i)).Replace(words)
	})
}

func eachAs(n int, between string, one func(i int) string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = one(i)
	}
	return strings.Join(list, between)
}

// TestLongGroups reads, of every format with groups, a file whose rules name a
// group of 10,000 addresses and one of 1,000 ranges of ports thousands of times:
// what is answered, how much it holds and how long it takes.
func TestLongGroups(t *testing.T) {
	switch {
	case testing.Short():
		t.Skip("takes seconds")
	case raceEnabled:
		t.Skip("bounds time and memory, which the race detector multiplies")
	}
	for _, f := range longFiles {
		t.Run(cmp.Or(f.name, f.format), func(t *testing.T) {
			p := &longPlan{lists: f.lists}
			content := []byte(f.write(p))
			askLong(t, f, content, p.hosts+f.more)
		})
	}
}

// askLong holds the answers about a file against what it was made of.
func askLong(t *testing.T, f longFile, content []byte, leaks int) {
	t.Helper()
	var before, read, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := cpuTime()
	set, err := Read("long", content, f.format)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&read)
	rules := set.Rules
	runtime.KeepAlive(set)
	r, err := CheckFile("long", content, CheckOptions{
		Region: "au", Servers: []netip.Addr{server}, Needs: DefaultNeeds()[:1], Lockdown: true,
		Ranges: []Range{
			{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: Named, Region: "au"}, {CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: Named, Region: "au"},
		},
	})
	took := cpuTime() - start
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if r.Format != f.format || rules < longRules {
		t.Errorf("read as %s, %d rules", r.Format, rules)
	}
	for _, q := range r.Requirements {
		if q.Verdict != Proven {
			t.Errorf("%s %s: %s %s", q.Range, q.Label, q.Verdict, q.Why)
		}
	}
	if len(r.Requirements) != 2 || r.Lockdown.Verdict != Disproven || len(r.Leaks) != leaks {
		t.Errorf("%d requirements, others come in: %s, in %d ways, want %d", len(r.Requirements), r.Lockdown.Verdict, len(r.Leaks), leaks)
	}
	held, total := int64(read.HeapAlloc)-int64(before.HeapAlloc), after.TotalAlloc-before.TotalAlloc
	t.Logf("%d KB: %v, %d MB held, %d MB allocated", len(content)>>10, took, held>>20, total>>20)
	if held > longHeld || total > longTotal || took > longTime {
		t.Errorf("it holds %d MB, allocates %d MB and takes %v", held>>20, total>>20, took)
	}
}
