package fortios

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// timing says when a rule is in force.
type timing struct {
	never  bool
	reason string // completes "depends on ..."; "" for always, or never
}

// zoneSlack covers every time zone that the device may be in.
const zoneSlack = 15 * time.Hour

// schedule is when a named schedule is in force.
func (v *vdom) schedule(name string) timing {
	if t, ok := v.times[name]; ok {
		return t
	}
	v.times[name] = timing{reason: fmt.Sprintf("schedule %s, which contains itself", name)}
	t := v.findSchedule(name)
	v.times[name] = t
	return t
}

func (v *vdom) findSchedule(name string) timing {
	if t := v.at.kid("firewall schedule recurring"); t != nil && t.index[name] != nil {
		return recurring(t.index[name])
	}
	if t := v.at.kid("firewall schedule onetime"); t != nil && t.index[name] != nil {
		return v.onetime(t.index[name])
	}
	if t := v.at.kid("firewall schedule group"); t != nil && t.index[name] != nil {
		return v.scheduleGroup(t.index[name])
	}
	switch name {
	case "always":
		return timing{}
	case "none":
		return timing{never: true}
	}
	return timing{reason: fmt.Sprintf("schedule %s, which is not in the file", name)}
}

func (v *vdom) scheduleGroup(e *entry) timing {
	members, _, _ := e.get("member")
	out := timing{never: true}
	var reasons []string
	for _, m := range members {
		t := v.schedule(m)
		if t.never {
			continue
		}
		if out.never = false; t.reason == "" {
			return timing{}
		}
		reasons = append(reasons, t.reason)
	}
	if len(reasons) > 0 {
		out.reason = reasons[0]
	}
	if len(e.unread) > 0 {
		return timing{reason: unreadIn("schedule group", e)}
	}
	return out
}

func recurring(e *entry) timing {
	if len(e.unread) > 0 {
		return timing{reason: unreadIn("schedule", e)}
	}
	days, _, set := e.get("day")
	start, end := e.value("start"), e.value("end")
	allDay := start == end || slices.Contains([]string{"", "00:00"}, start) && slices.Contains([]string{"", "00:00", "24:00"}, end)
	switch {
	case slices.Contains(days, "none"), !set && e.name == "none":
		return timing{never: true}
	case len(days) == 7 && allDay:
		return timing{}
	case !set && e.name == "always" && allDay:
		return timing{}
	}
	return timing{reason: fmt.Sprintf("schedule %s (line %d), which holds on %s from %s to %s", e.name, e.line, listed(days), clock(start), clock(end))}
}

func listed(days []string) string {
	if len(days) == 0 {
		return "certain days"
	}
	return strings.Join(days[:min(7, len(days))], ", ")
}

func clock(s string) string {
	if s == "" {
		return "00:00"
	}
	return shorten(s)
}

// onetime is a schedule with a beginning and an end, "00:00 2024/01/31" each.
func (v *vdom) onetime(e *entry) timing {
	if len(e.unread) > 0 {
		return timing{reason: unreadIn("schedule", e)}
	}
	w, _, _ := e.get("end")
	text := strings.Join(w, " ")
	end, err := time.Parse("15:04 2006/01/02", text)
	if err == nil && !v.now.IsZero() && v.now.After(end.Add(zoneSlack)) {
		return timing{never: true}
	}
	return timing{reason: fmt.Sprintf("schedule %s (line %d), which ends at %s", e.name, e.line, shorten(text))}
}

// expiry is when a policy ends of itself: policy-expiry-date.
func (v *vdom) expiry(e *entry) timing {
	if !e.is("policy-expiry", "enable") {
		return timing{}
	}
	w, line, _ := e.get("policy-expiry-date")
	text := strings.Join(w, " ")
	if end, err := time.Parse("2006-01-02 15:04:05", text); err == nil && !v.now.IsZero() && v.now.After(end.Add(zoneSlack)) {
		return timing{never: true}
	}
	if n, utc, ok := e.get("policy-expiry-date-utc"); ok && len(n) > 0 && text == "" {
		line, text = utc, n[0]
		if s, ok := number(n[0]); ok && s < 1<<40 && !v.now.IsZero() && v.now.After(time.Unix(int64(s), 0)) {
			return timing{never: true}
		}
	}
	return timing{reason: fmt.Sprintf("the day on which the policy expires, %s (line %d)", shorten(text), line)}
}
