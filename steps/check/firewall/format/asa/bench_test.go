package asa_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/region"
)

// bigConfig is a configuration of n entries: strangers one by one, networks
// with other ports, a group of 10,000 addresses and one of 1,000 port ranges
// named over and over, the region at the end.
func bigConfig(n int) []byte {
	au, _ := region.Find("au")
	var b strings.Builder
	b.WriteString(strings.Replace(twoSides, "access-group in in", "access-group outside_in in", 1))
	b.WriteString("object network mail\n host 10.0.0.25\n nat (inside,outside) static 203.0.113.25\nobject-group network blocked\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, " network-object host 20.%d.%d.%d\n", i>>14, i>>6&255, i<<2&255)
	}
	b.WriteString("object-group service ports tcp\n")
	for i := range 1_000 {
		fmt.Fprintf(&b, " port-object range %d %d\n", 2000+i*40, 2000+i*40+i%60)
	}
	b.WriteString("object-group network gateway\n")
	for _, p := range au.Prefixes() {
		fmt.Fprintf(&b, " network-object %s\n", mask(p))
	}
	for i := range n {
		a, c, d := byte(i>>16), byte(i>>8), byte(i)
		switch i % 10 {
		case 0:
			fmt.Fprintf(&b, "access-list outside_in extended deny tcp host 11.%d.%d.%d any eq %d\n", a, c, d, 1000+i%500)
		case 1:
			fmt.Fprintf(&b, "access-list outside_in extended permit udp 12.%d.%d.0 255.255.255.0 any eq domain\n", a, c)
		case 2:
			fmt.Fprintf(&b, "access-list outside_in extended deny tcp object-group blocked host 10.1.%d.%d object-group ports\n", c, d)
		case 3:
			fmt.Fprintf(&b, "access-list outside_in extended deny tcp object-group blocked any eq %d\n", 30+i%100)
		default:
			fmt.Fprintf(&b, "access-list outside_in extended permit tcp host 15.%d.%d.%d host 10.0.0.25 eq smtp\n", a, c, d)
		}
	}
	b.WriteString("access-list outside_in extended deny tcp object-group blocked any\n")
	b.WriteString("access-list outside_in extended permit tcp object-group gateway host 10.0.0.25 eq smtp\n")
	b.WriteString("access-list outside_in extended deny ip any any\n")
	return []byte(b.String())
}

func mask(p netip.Prefix) string {
	m := ^uint32(0) << (32 - p.Bits())
	return fmt.Sprintf("%s %d.%d.%d.%d", p.Masked().Addr(), m>>24, m>>16&255, m>>8&255, m&255)
}

func bigOptions() firewall.CheckOptions {
	au, _ := region.Find("au")
	return firewall.CheckOptions{
		Region: "au", Ranges: firewall.RegionRanges(au, region.Region{}), Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")}, Lockdown: true,
	}
}

// BenchmarkASA reads and answers configurations of three sizes.
func BenchmarkASA(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		content, opt := bigConfig(n), bigOptions()
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := firewall.CheckFile("big", content, opt)
				if err != nil {
					b.Fatal(err)
				}
				if len(r.Leaks) < n/2 {
					b.Fatalf("%d leaks", len(r.Leaks))
				}
			}
		})
	}
}

// TestBig reads a configuration of 10,000 entries, and finds every stranger.
func TestBig(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r, err := firewall.CheckFile("big", bigConfig(10_000), bigOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range r.Requirements {
		if q.Verdict != firewall.Proven {
			t.Fatalf("%s %s: %s", q.Range, q.Label, q.Verdict)
		}
	}
	if len(r.Leaks) != 6_000 {
		t.Errorf("%d leaks", len(r.Leaks))
	}
}
