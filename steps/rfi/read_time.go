package rfi

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // machines without a zone database: Windows, small containers
	"unicode"

	"mxodus/steps/pattern"
)

const isoDate = "2006-01-02"

var (
	dayOfWeek = pattern.New(`(?i)^(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+`)
	ymd       = pattern.New(`^(\d{4})([-/.])(\d{1,2})[-/.](\d{1,2})$`)
	ymdSolid  = pattern.New(`^(\d{4})(\d{2})(\d{2})$`)
	slashed   = pattern.New(`^(\d{1,2})([-/.])(\d{1,2})[-/.](\d{2}|\d{4})$`)
	dayFirst  = pattern.New(`(?i)^(\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?:of\s+)?([a-z]{3,9})\.?,?[\s-]+(\d{2}|\d{4})$`)
	monFirst  = pattern.New(`(?i)^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{2}|\d{4})$`)
	clock     = pattern.New(`(?i)(?:^|[\sT,])(?:at\s+)?(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2})(?:\.\d+)?)?\s*(am|pm|a\.m\.|p\.m\.)?\s*(Z|[+-]\d{1,2}(?::?\d{2})?|(?:UTC|GMT)[+-]\d{1,2}(?::?\d{2})?)?(?:\s+\(?([A-Za-z][A-Za-z0-9_+/-]*)\)?)?$`)
)

func readDate(r *reading, text string) {
	d, why := parseDate(strings.TrimSpace(text))
	if why != "" {
		r.problem(0, text, why)
		return
	}
	r.u.Value, r.u.Shown = d.Format(isoDate), d.Format("Monday, 2 January 2006")
}

// parseDate reads a calendar date; the time is midnight UTC.
func parseDate(s string) (time.Time, string) {
	s = strings.Join(strings.Fields(s), " ")
	weekday := ""
	if m := dayOfWeek.FindStringSubmatch(s); m != nil {
		weekday, s = strings.ToLower(m[1][:3]), s[len(m[0]):]
	}
	y, m, d, why := dateParts(s)
	if why != "" {
		return time.Time{}, why
	}
	if y < 100 {
		return time.Time{}, "write the year with four digits, such as 2026"
	}
	if y < 1970 || y > 2199 {
		return time.Time{}, fmt.Sprintf("the year %d cannot be meant; write the date as in 2026-12-03", y)
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if m < 1 || m > 12 {
		return time.Time{}, fmt.Sprintf("there is no month %d", m)
	}
	if t.Day() != d || t.Month() != time.Month(m) {
		return time.Time{}, fmt.Sprintf("there is no %d %s %d", d, time.Month(m), y)
	}
	if weekday != "" && weekday != strings.ToLower(t.Weekday().String()[:3]) {
		return time.Time{}, fmt.Sprintf("%s is a %s; correct the day or the date", t.Format("2 January 2006"), t.Weekday())
	}
	return t, ""
}

func dateParts(s string) (y, m, d int, why string) {
	num := func(t string) int { n, _ := strconv.Atoi(t); return n }
	if g := ymd.FindStringSubmatch(s); g != nil {
		return num(g[1]), num(g[3]), num(g[4]), ""
	}
	if g := ymdSolid.FindStringSubmatch(s); g != nil {
		return num(g[1]), num(g[2]), num(g[3]), ""
	}
	if g := slashed.FindStringSubmatch(s); g != nil {
		a, b, year := num(g[1]), num(g[3]), num(g[4])
		switch {
		case a > 12:
			return year, b, a, ""
		case b > 12:
			return year, a, b, ""
		case a == b:
			return year, b, a, ""
		}
		return 0, 0, 0, "this may mean " + monthDay(a, b) + " or " + monthDay(b, a) + "; write it as in 2026-12-03 or 3 Dec 2026"
	}
	if g := dayFirst.FindStringSubmatch(s); g != nil {
		if mon := month(g[2]); mon > 0 {
			return num(g[3]), mon, num(g[1]), ""
		}
		return 0, 0, 0, fmt.Sprintf("%q is not the English name of a month", g[2])
	}
	if g := monFirst.FindStringSubmatch(s); g != nil {
		if mon := month(g[1]); mon > 0 {
			return num(g[3]), mon, num(g[2]), ""
		}
		return 0, 0, 0, fmt.Sprintf("%q is not the English name of a month", g[1])
	}
	return 0, 0, 0, "a date is needed, such as 2026-12-03 or 3 Dec 2026"
}

func monthDay(d, m int) string {
	if m < 1 || m > 12 {
		return fmt.Sprintf("day %d of month %d", d, m)
	}
	return fmt.Sprintf("%d %s", d, time.Month(m))
}

// month returns the number of an English month name of three letters or more.
func month(s string) int {
	s = strings.ToLower(s)
	for m := time.January; m <= time.December; m++ {
		if full := strings.ToLower(m.String()); len(s) >= 3 && (strings.HasPrefix(full, s) || s == "sept" && m == time.September) {
			return int(m)
		}
	}
	return 0
}

// readDateTime reads a date, a time of day and a zone. The value is RFC 3339
// with the offset of the zone at that time; the zone's name stays in the text
// and in what is shown.
func readDateTime(r *reading, text string) {
	s := strings.Join(strings.Fields(text), " ")
	g := clock.FindStringSubmatchIndex(s)
	if g == nil || g[0] == 0 {
		if _, why := parseDate(s); why == "" {
			r.problem(0, text, "the time of day and the zone are missing; write it as in 2026-12-03 20:00 Australia/Sydney")
			return
		}
		r.problem(0, text, "a date, a time and a zone are needed, such as 2026-12-03 20:00 Australia/Sydney or 2026-12-03 20:00 +11:00")
		return
	}
	part := func(i int) string {
		if g[2*i] < 0 {
			return ""
		}
		return s[g[2*i]:g[2*i+1]]
	}
	day, why := parseDate(strings.TrimRight(s[:g[0]], " ,"))
	var h, m, sec int
	if why == "" {
		h, m, sec, why = clockParts(part(1), part(2), part(3), part(4))
	}
	if why == "" && part(5) == "" && part(6) == "" {
		why = "the zone is missing; add its name or its distance from UTC, such as 20:00 Australia/Sydney or 20:00 +11:00"
	}
	if why != "" {
		r.problem(0, text, why)
		return
	}
	local := time.Date(day.Year(), day.Month(), day.Day(), h, m, sec, 0, time.UTC)
	t, why := inZone(local, part(5), part(6))
	if why != "" {
		r.problem(0, text, why)
		return
	}
	r.u.Value = t.Format(time.RFC3339)
	name := t.Location().String()
	if name == "" {
		name = "UTC" + t.Format("-07:00")
	}
	r.u.Shown = t.Format("Monday, 2 January 2006, 15:04 ") + name
}

func clockParts(hour, minute, second, half string) (h, m, s int, why string) {
	h, _ = strconv.Atoi(hour)
	m, _ = strconv.Atoi(minute)
	s, _ = strconv.Atoi(second)
	if half = strings.ReplaceAll(strings.ToLower(half), ".", ""); half != "" {
		if h < 1 || h > 12 {
			return 0, 0, 0, "before am and pm the hour is 1 to 12"
		}
		if h %= 12; half == "pm" {
			h += 12
		}
	} else if minute == "" {
		return 0, 0, 0, "write the time with minutes, such as 20:00"
	}
	if h > 23 || m > 59 || s > 59 {
		return 0, 0, 0, "the time of day runs from 00:00 to 23:59"
	}
	return h, m, s, ""
}

// inZone finds the instant of a local time in an offset, a named zone or both.
func inZone(local time.Time, offset, name string) (time.Time, string) {
	fixed, why := offsetZone(offset)
	if why != "" {
		return time.Time{}, why
	}
	in := func(l *time.Location) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, l)
	}
	if name == "" {
		return in(fixed), ""
	}
	zone, why := namedZone(name)
	if why != "" {
		return time.Time{}, why
	}
	if fixed != nil {
		t := in(fixed).In(zone)
		if !sameClock(t, local) {
			return time.Time{}, fmt.Sprintf("%s is not %s from UTC at that time but %s; correct one of the two", zone, offset, in(zone).Format("-07:00"))
		}
		return t, ""
	}
	t := in(zone)
	if !sameClock(t, local) {
		return time.Time{}, fmt.Sprintf("%s on %s does not exist in %s: the clocks are put forward over it; choose a time an hour later or earlier", local.Format("15:04"), local.Format("2 January 2006"), zone)
	}
	for _, d := range []time.Duration{-time.Hour, time.Hour, -30 * time.Minute, 30 * time.Minute} {
		if other := t.Add(d); sameClock(other, local) {
			return time.Time{}, fmt.Sprintf("%s on %s comes twice in %s, as the clocks are put back; say which by adding %s or %s before the zone", local.Format("15:04"), local.Format("2 January 2006"), zone, t.Format("-07:00"), other.Format("-07:00"))
		}
	}
	return t, ""
}

func sameClock(a, b time.Time) bool {
	return a.Format("2006-01-02 15:04:05") == b.Format("2006-01-02 15:04:05")
}

// offsetZone reads "Z", "+11", "+1100", "+11:00", "UTC+11"; nil when empty.
func offsetZone(s string) (*time.Location, string) {
	if s == "" {
		return nil, ""
	}
	if strings.EqualFold(s, "Z") {
		return time.UTC, ""
	}
	s = strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(s), "UTC"), "GMT")
	digits := strings.ReplaceAll(s[1:], ":", "")
	h, m := digits, "0"
	if len(digits) > 2 {
		h, m = digits[:len(digits)-2], digits[len(digits)-2:]
	}
	hours, _ := strconv.Atoi(h)
	minutes, _ := strconv.Atoi(m)
	if hours > 14 || minutes > 59 {
		return nil, "a zone lies at most 14 hours from UTC, such as +11:00"
	}
	seconds := hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), ""
}

// namedZone loads a zone of the IANA database, in any case.
func namedZone(s string) (*time.Location, string) {
	if strings.EqualFold(s, "utc") || strings.EqualFold(s, "gmt") {
		return time.UTC, ""
	}
	if !strings.Contains(s, "/") {
		return nil, fmt.Sprintf("%s is a short or local name that several places may share; write the zone as in Australia/Sydney, or as its distance from UTC, such as +11:00", clip(s))
	}
	for _, name := range []string{zoneCase(s), s} {
		if l, err := time.LoadLocation(name); err == nil {
			return l, ""
		}
	}
	return nil, fmt.Sprintf("%s is not a zone of the IANA list; write it as in Australia/Sydney, or as its distance from UTC, such as +11:00", clip(s))
}

// zoneCase writes a zone name with capitals as the database does.
func zoneCase(s string) string {
	up := true
	return strings.Map(func(c rune) rune {
		if up {
			c = unicode.ToUpper(c)
		} else {
			c = unicode.ToLower(c)
		}
		up = c == '/' || c == '_' || c == '-'
		return c
	}, s)
}
