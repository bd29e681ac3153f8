package fortios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format/fortios"
	"mxodus/steps/check/firewall/source"
)

// bigSite is a configuration of n policies: strangers one by one, other ports,
// a group of 10,000 addresses and a service of 1,000 ranges that many of them
// name, the provider last.
func bigSite(n int) []byte {
	var b strings.Builder
	b.WriteString(header("7.2.8") + "config firewall address\n    edit \"all\"\n    next\n")
	add := func(name, net string) {
		fmt.Fprintf(&b, "    edit %q\n        set uuid 9b8d3a50-0000-51ee-0000-000000000001\n        set subnet %s\n    next\n", name, net)
	}
	add("m1", "103.13.69.0 255.255.255.0")
	add("m2", "124.47.150.0 255.255.255.0")
	add("exchange", "10.0.0.25 255.255.255.255")
	for i := range n {
		add(fmt.Sprintf("h%d", i), fmt.Sprintf("%d.%d.%d.%d 255.255.255.255", 11+i%5, byte(i>>16), byte(i>>8), byte(i)))
	}
	const entries = 10_000
	for i := range entries {
		add(fmt.Sprintf("e%d", i), fmt.Sprintf("45.%d.%d.%d 255.255.255.255", i%3, byte(i>>8), byte(i)))
	}
	b.WriteString("end\nconfig firewall addrgrp\n    edit \"many\"\n        set member")
	for i := range entries {
		fmt.Fprintf(&b, " \"e%d\"", i)
	}
	b.WriteString("\n    next\n    edit \"mimecast\"\n        set member \"m1\" \"m2\"\n    next\nend\nconfig firewall service custom\n    edit \"ranges\"\n        set tcp-portrange")
	for i := range 1_000 {
		fmt.Fprintf(&b, " %d-%d", 1000+i*60, 1030+i*60)
	}
	b.WriteString("\n    next\nend\nconfig firewall vip\n    edit \"mail\"\n        set extip 203.0.113.25\n        set extintf \"wan1\"\n        set mappedip \"10.0.0.25\"\n    next\nend\nconfig firewall policy\n")
	for i := range n {
		host := fmt.Sprintf("srcaddr \"h%d\"", i)
		switch i % 10 {
		case 0:
			b.WriteString(rule(i+1, host, "action deny", `service "HTTPS"`))
		case 1:
			b.WriteString(rule(i+1, host, `srcintf "internal"`, `dstintf "wan1"`, `dstaddr "all"`, "nat enable"))
		case 2:
			b.WriteString(rule(i+1, `srcaddr "many"`, "action deny", `dstaddr "mail"`, `service "ranges"`))
		case 3:
			b.WriteString(rule(i+1, `srcaddr "many"`, "action deny", `dstaddr "mail"`))
		case 4:
			b.WriteString(rule(i+1, host, `service "ranges"`))
		default:
			b.WriteString(rule(i+1, host, `dstaddr "mail"`, fmt.Sprintf(`name "rule %d"`, i), "logtraffic all"))
		}
	}
	b.WriteString(rule(n+1, `srcaddr "mimecast"`, `dstaddr "mail"`) + rule(n+2, `srcintf "dmz"`, `dstintf "wan1"`, `srcaddr "exchange"`, `dstaddr "all"`) + "end\n")
	return []byte(b.String())
}

// TestScale bounds reading and answering so far that growth other than about
// linear is found out on any machine.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for n, limit := range map[int]time.Duration{1_000: 20 * time.Second, 10_000: 40 * time.Second} {
		content := bigSite(n)
		began := time.Now()
		fortios.Read(source.NewDoc("", string(content), time.Time{}))
		read := time.Since(began)
		r, err := firewall.CheckFile("big", content, lockOptions("203.0.113.25"))
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range r.Requirements {
			if q.Verdict != firewall.Proven {
				t.Fatalf("%s %s: %s %s", q.Range, q.Label, q.Verdict, q.Why)
			}
		}
		if len(r.Leaks) < n/2 {
			t.Errorf("%d leaks found of %d policies", len(r.Leaks), n)
		}
		took := time.Since(began)
		t.Logf("%d policies: read in %v, all in %v", n, read, took)
		if took > limit && !raceEnabled {
			t.Errorf("%d policies took %v", n, took)
		}
	}
}

func BenchmarkFortiOS(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			content, opt := bigSite(n), lockOptions("203.0.113.25")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := firewall.CheckFile("big", content, opt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := string(bigSite(n))
			b.ReportAllocs()
			for b.Loop() {
				fortios.Read(source.NewDoc("", text, time.Time{}))
			}
		})
	}
}
