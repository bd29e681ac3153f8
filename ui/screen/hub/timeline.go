package hub

import (
	"strings"
	"time"

	"mxodus/steps/plan"
	"mxodus/steps/wizard"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

// timeline draws the dated milestones, and today among them, as three lines: a
// rule with ticks, the labels, the days. Distances are even, since a move has
// busy days and empty months; what matters is the order and the dates. With no
// dated milestone there is nothing to draw.
func timeline(st *theme.Styles, all []plan.Milestone, now time.Time, w int) []string {
	stops := stopsOf(all, now)
	if len(stops) < 2 {
		return nil
	}
	room := w - 4
	widths := make([]int, len(stops))
	for {
		total := 0
		for i, s := range stops {
			widths[i] = max(widget.Width(s.label), widget.Width(s.day)) + 2
			total += widths[i]
		}
		if total <= room {
			extra := (room - total) / len(stops)
			for i := range widths {
				widths[i] += min(extra, 14)
			}
			break
		}
		if len(stops) <= 2 {
			return nil
		}
		stops, widths = stops[1:], widths[1:] // the past goes first
	}
	var line, labels, days strings.Builder
	for i, s := range stops {
		mark, style := st.Glyphs.Tick, st.Text
		switch {
		case s.today:
			mark, style = st.Glyphs.Now, st.Cursor
		case s.overdue:
			style = st.Warn
		case s.done:
			mark, style = st.Glyphs.Tick, st.Muted
		}
		run := widths[i] - 1
		if i == len(stops)-1 {
			run = 0
		}
		line.WriteString(style.Render(mark) + st.Rule.Render(strings.Repeat(st.Glyphs.Rule, run)))
		labels.WriteString(style.Render(widget.Pad(s.label, widths[i])))
		days.WriteString(st.Muted.Render(widget.Pad(s.day, widths[i])))
	}
	return []string{"  " + line.String(), "  " + labels.String(), "  " + days.String()}
}

type stop struct {
	label, day  string
	at          time.Time
	today, done bool
	overdue     bool // planned for a time that has passed, and not marked as done
}

// stopsOf lists what stands on the line, today in its place.
func stopsOf(all []plan.Milestone, now time.Time) []stop {
	var out []stop
	dated, placed := false, false
	today := stop{label: "today", day: wizard.Day(now, now), at: now, today: true}
	for _, m := range all {
		if m.At.IsZero() {
			continue
		}
		dated = true
		if !placed && m.At.After(now) {
			out, placed = append(out, today), true
		}
		s := stop{label: m.Label, day: wizard.Day(m.At, now), at: m.At, done: m.Done, overdue: !m.Done && m.At.Before(now)}
		if s.overdue {
			s.day += ", not done"
		}
		out = append(out, s)
	}
	if !dated {
		return nil
	}
	if !placed {
		out = append(out, today)
	}
	return out
}
