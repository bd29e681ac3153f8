package firewall

import (
	"fmt"
	"strings"

	"mxodus/steps/clean"
)

// Text renders the report for a terminal without colour: verdict first, then
// each failure with packet, line, reason and smallest change.
func (r Report) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(string(clean.Sprintf(format, args...)) + "\n") }
	line("%s: %s", strings.ToUpper(string(r.Verdict)), r.Summary)
	line("%s, %s, %d rules", orDash(r.File), r.Label, r.Rules)
	for _, d := range r.SelfCheck.Disagreements {
		line("internal error, do not rely on this: %s", d)
	}
	r.textRequirements(line)
	if r.Lockdown != nil {
		r.textLeaks(line)
	}
	for _, group := range []struct {
		title string
		lines []string
	}{{"Assumed", r.Assumptions}, {"Note", r.Notes}} {
		for _, s := range group.lines {
			line("%s: %s", group.title, s)
		}
	}
	for i, p := range r.Problems {
		if i == 20 {
			line("Not understood: %d more", len(r.Problems)-i)
			break
		}
		line("Not understood: %s", p.Text)
	}
	return b.String()
}

func orDash(s string) string {
	if s == "" {
		return "(no name)"
	}
	return s
}

func (r Report) textRequirements(line func(string, ...any)) {
	word := map[Answer]string{Proven: "open", Disproven: "shut", CannotTell: "cannot tell"}
	for _, q := range r.Requirements {
		state := word[q.Verdict]
		if q.Half && q.Verdict == Disproven {
			state = q.InPart()
		}
		by := ""
		if q.Verdict == Proven && len(q.By) > 0 {
			by = ", by " + place(Verdict{Line: q.By[0].Line, Text: q.By[0].Text})
		}
		line("")
		at := q.Label
		if q.Server != "" {
			at += ", " + q.Server
		}
		line("%s  %s: %s%s", q.Range, at, state, by)
		if q.Verdict == CannotTell && q.Why != "" {
			line("  Why       %s", q.Why)
		}
		if q.Do != "" {
			line("  Change    %s", q.Do)
		}
		for _, g := range q.Gaps {
			line("  Shut      %s", some(g.CIDRs, g.More))
			decisionText(line, g.By)
			line("  Packet    %s", g.Witness.String())
			fixText(line, g.Fix, g.Confirm)
		}
	}
}

func (r Report) textLeaks(line func(string, ...any)) {
	line("")
	line("Lock-down, port 25: %s: %s", r.Lockdown.Verdict, r.Lockdown.Summary)
	for _, l := range r.Lockdown.Leaks {
		line("")
		line("  %s", l.Headline())
		switch l.Category {
		case "internal":
			line("  No leak to the internet: only your own network or a tunnel brings such packets.")
		case "retired":
			line("  An old range of the provider: harmless until Mimecast says that it may go.")
		}
		decisionText(line, l.By)
		line("  Packet    %s", l.Witness.String())
		if l.Hint != "" {
			line("  Hint      %s", l.Hint)
		}
		if l.Category == "internet" {
			fixText(line, l.Fix, l.Confirm)
		}
	}
}

func decisionText(line func(string, ...any), d Decision) {
	if d.Line > 0 {
		line("  Line %-4d %s", d.Line, d.Text)
	} else {
		line("  Decided   %s", d.Text)
	}
	if d.Why != "" {
		line("  Why       %s", d.Why)
	}
}

func fixText(line func(string, ...any), f Fix, confirm string) {
	if f.Text != "" {
		line("  Change    %s", f.Text)
	}
	if f.Copy != "" {
		for _, s := range strings.Split(f.Copy, "\n") {
			line("            %s", s)
		}
	}
	if confirm != "" {
		line("  Confirm   %s", confirm)
	}
}

// some lists a few blocks.
func some(cidrs []string, more int) string {
	if n := len(cidrs); n > 8 {
		return fmt.Sprintf("%s and %d more", strings.Join(cidrs[:8], ", "), n-8+more)
	}
	return strings.Join(cidrs, ", ")
}

// Headline says in one line who gets in where: "9.0.0.0/8 (16,777,216
// addresses) can reach 203.0.113.25 port 25".
func (l Leak) Headline() string {
	who := l.Sources
	if n := addressCount(l); n != "" {
		who += " (" + n + ")"
	}
	verb := "can"
	if l.Verdict == CannotTell {
		verb = "can perhaps"
	}
	return capital(fmt.Sprintf("%s %s reach %s", who, verb, l.To))
}

// String is the packet in words.
func (p Packet) String() string {
	s := fmt.Sprintf("%s from %s", p.Proto, p.Src)
	if p.SPort != 0 {
		s += fmt.Sprintf(" port %d", p.SPort)
	}
	s += fmt.Sprintf(" to %s", p.Dst)
	if p.DPort != 0 {
		s += fmt.Sprintf(" port %d", p.DPort)
	}
	if p.InIf != "" {
		s += ", coming in by " + named(p.InIf)
	}
	if p.OutIf != "" && p.OutIf != AnyOther {
		s += ", going out by " + named(p.OutIf)
	}
	switch p.Step {
	case "answers":
		s += " (the answer)"
	case "continues":
		s += " (a later packet)"
	}
	return s
}

func named(iface string) string {
	if iface == AnyOther {
		return "an interface that no rule names"
	}
	return iface
}
