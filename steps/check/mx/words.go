package mx

import (
	"fmt"
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// hostList names hosts in short: "eu-smtp-inbound-1 and -2.mimecast.com" where
// they differ in the last digit of the first label only.
func hostList(hosts []string) string {
	if len(hosts) == 2 {
		a, b := hosts[0], hosts[1]
		la, pa, _ := strings.Cut(a, ".")
		lb, pb, _ := strings.Cut(b, ".")
		i, k := strings.LastIndexByte(la, '-'), strings.LastIndexByte(lb, '-')
		if pa == pb && i > 0 && i == k && la[:i] == lb[:k] {
			return la + "." + pa + " and " + lb[k:]
		}
	}
	return listed(hosts, 6)
}

// listed joins names with commas and "and", cutting a long list.
func listed(names []string, most int) string {
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	switch n := len(names); n {
	case 0:
		return "none"
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// setText is a set as a reader says it, e.g. "10 a.example, 20 b.example".
func setText(set []check.MX) string {
	if len(set) == 0 {
		return "no MX record"
	}
	var parts []string
	for _, m := range ordered(set) {
		parts = append(parts, fmt.Sprintf("%d %s", m.Pref, hostText(m.Host)))
	}
	if len(parts) > 8 {
		return strings.Join(parts[:8], ", ") + fmt.Sprintf(" and %d more", len(parts)-8)
	}
	return strings.Join(parts, ", ")
}

// hostText names a host; the single dot of RFC 7505 is shown as what it is.
func hostText(host string) string {
	if host == "." {
		return `"." (null MX)`
	}
	return host
}

// zoneLines are the records as lines of a zone file, ready to paste.
func zoneLines(domain string, set []check.MX) clean.Shown {
	var b strings.Builder
	for i, m := range ordered(set) {
		if i > 0 {
			b.WriteByte('\n')
		}
		host := m.Host + "."
		if m.Host == "." {
			host = "."
		}
		fmt.Fprintf(&b, "%s. %d IN MX %d %s", domain, m.TTL, m.Pref, host)
	}
	return clean.Text(b.String())
}

// plannedLines are the region's records as lines of a zone file. Both hosts at
// one preference, as most public zones have it.
func plannedLines(domain string, hosts []string, ttl uint32) clean.Shown {
	var set []check.MX
	for _, h := range hosts {
		set = append(set, check.MX{Host: h, Pref: 10, TTL: ttl})
	}
	return zoneLines(domain, set)
}

// seconds is a short length of time, e.g. "2 s" or "0.3 s".
func seconds(d time.Duration) string {
	if d%time.Second == 0 {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// span is a length of time in words, e.g. "1 hour", "5 minutes".
func span(d time.Duration) string {
	unit := func(n int64, s string) string {
		if n == 1 {
			return "1 " + s
		}
		return fmt.Sprintf("%d %ss", n, s)
	}
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return unit(int64(d/(24*time.Hour)), "day")
	case d >= time.Hour && d%time.Hour == 0:
		return unit(int64(d/time.Hour), "hour")
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute && d%time.Minute == 0:
		return unit(int64(d/time.Minute), "minute")
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	return unit(int64(d/time.Second), "second")
}

// countdown is "3:12" or "1:02:05".
func countdown(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s%3600/60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// clock is a time of day as the reader's watch shows it, with the date when it
// is another day than now.
func clock(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) != now.Format(time.DateOnly) {
		return t.Format("2 Jan 15:04")
	}
	return t.Format("15:04")
}

// by is clock rounded up to a full minute, so that the promise holds.
func by(t, now time.Time) string {
	if r := t.Truncate(time.Minute); !r.Equal(t) {
		t = r.Add(time.Minute)
	}
	return clock(t, now)
}

// stamp is the exact time of an observation.
func stamp(t, now time.Time) string { return t.In(now.Location()).Format("15:04:05") }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// verdictText is a verdict in a word or two, for a cell.
func verdictText(v Verdict) clean.Shown {
	switch v {
	case Planned:
		return "planned"
	case Part:
		return "not all hosts"
	case Mixed:
		return "old and new mixed"
	case Old:
		return "old"
	case Other:
		return "another set"
	case None:
		return "no MX"
	}
	return "cannot tell"
}
