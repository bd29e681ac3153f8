package windows

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var (
	netshHead = pattern.New(`(?m)^(Rule Name:\s{2,}\S.*|(?:Domain|Private|Public) Profile Settings:)`)
	regHead   = pattern.New(`(?mi)^(\[?HKEY_LOCAL_MACHINE\\[^\]\r\n]*\\(?:FirewallPolicy|WindowsFirewall))\b`)
	psHead    = pattern.New(`(?mi)^\s*((?:PS [^>\r\n]*>\s*)?(?:New|Set|Remove|Enable|Disable)-NetFirewall(?:Rule|Profile))\b`)
)

// detect tells the forms in which rules of Windows Firewall come.
func detect(head *source.Doc) format.Guess {
	g := format.Find(head.Text, format.Mark{Re: netshHead, Score: 95}, format.Mark{Re: regHead, Score: 97}, format.Mark{Re: psHead, Score: 97})
	if mark, ok := jsonMarks(head.Text); g.Score == 0 && ok {
		return format.Has(92, mark, source.LineAt(head.Text, strings.Index(head.Text, mark)))
	}
	return g
}

// read reads a file in whichever of the forms it is.
func read(doc *source.Doc) *ir.Ruleset {
	f := newFile()
	lines := doc.Lines()
	commands := slices.IndexFunc(lines, func(l source.Line) bool { return cmdlet.MatchString(l.Text) })
	rest := lines
	if commands >= 0 {
		rest = lines[:commands]
		for len(rest) > 0 && (strings.HasPrefix(strings.TrimSpace(rest[len(rest)-1].Text), "#") || strings.TrimSpace(rest[len(rest)-1].Text) == "") {
			rest = rest[:len(rest)-1]
		}
		f.assumed = len(rest) == 0
	}
	for len(rest) > 0 && strings.TrimSpace(strings.TrimPrefix(rest[0].Text, "\ufeff")) == "" {
		rest = rest[1:]
	}
	f.readRest(rest)
	if commands >= 0 {
		from := 0
		if len(rest) > 0 {
			from = rest[len(rest)-1].Number
		}
		f.readCommands(lines[from:])
	}
	if f.assumed && len(f.profiles) == 0 {
		f.note("The file holds commands alone. Profiles are taken to be as Windows has them from the start: what comes in is blocked, what goes out is allowed.")
	}
	f.lower()
	f.set.Notes = append(f.set.Notes, f.state()...)
	return f.set
}

// readRest reads what stands before commands.
func (f *file) readRest(lines []source.Line) {
	if len(lines) == 0 {
		return
	}
	first := strings.TrimSpace(strings.TrimPrefix(lines[0].Text, "\ufeff"))
	switch {
	case strings.HasPrefix(first, "{") || strings.HasPrefix(first, "[") && !regKey.MatchString(first):
		f.readJSON(lines)
	case slices.ContainsFunc(lines, func(l source.Line) bool {
		return regKey.MatchString(strings.TrimSpace(l.Text)) || regQuery.MatchString(l.Text)
	}):
		f.readRegistry(lines)
	default:
		f.readNetsh(lines)
	}
}

// state says what is assumed of the whole file.
func (f *file) state() []string {
	var out []string
	for _, x := range []profile{domain, private, public} {
		if s := f.profiles[x]; s != nil && s.off {
			out = append(out, fmt.Sprintf("The firewall is off in the profile %s (line %d).", profileNames[x], s.line))
		}
	}
	if f.active != 0 {
		out = append(out, "Active: profile "+profileList(f.active)+", by the networks that the computer is connected to.")
	}
	return out
}
