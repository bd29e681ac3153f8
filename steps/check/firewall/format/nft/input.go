package nft

import (
	"strings"

	"mxodus/steps/pattern"
)

var (
	prompt     = pattern.New(`^\s*[^\s{}"]*[@\]~:][^\s{}"]*\s*[#$>]\s*(sudo\s+)?([^\s#]*/)?nft\s.*\blist\b.*$`)
	echoed     = pattern.New(`^\s*[#$>]?\s*(sudo\s+)?([^\s#]*/)?nft\s+(-\S+\s+)*list\b.*$`)
	barePrompt = pattern.New(`^[\w.-]*@[\w.:~/-]+[#$]\s*$`)
	shellLine  = pattern.New(`^\s*(sudo\s+)?([^\s#]*/)?nft\s+`)
	hereDoc    = pattern.New(`^\s*(sudo\s+)?([^\s#]*/)?nft\s+-f\s+(-|/dev/stdin)\s*<<-?\s*['"]?(\w+)['"]?\s*$`)
)

// plain takes out what a terminal or a shell puts around the text of nft, and
// keeps every line at its number.
func plain(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if !strings.Contains(text, "nft") && !strings.Contains(text, "--More--") && !strings.Contains(text, "@") {
		return text
	}
	lines := strings.Split(text, "\n")
	until := ""
	for i, l := range lines {
		l = strings.TrimPrefix(strings.ReplaceAll(l, "--More--", ""), "\ufeff")
		lines[i] = l
		if m := hereDoc.FindStringSubmatch(l); m != nil {
			until, lines[i] = m[4], ""
			continue
		}
		switch {
		case until != "" && strings.TrimSpace(l) == until:
			until, lines[i] = "", ""
		case prompt.MatchString(l), echoed.MatchString(l), barePrompt.MatchString(l):
			lines[i] = ""
		case shellLine.MatchString(l):
			lines[i] = unquote(options(shellLine.ReplaceAllString(l, "")))
		}
	}
	return strings.Join(lines, "\n")
}

var shellOption = pattern.New(`^-[a-eg-zA-Z]+\s+`)

// options takes options of the command off; -f FILE reads another file.
func options(s string) string {
	for shellOption.MatchString(s) {
		s = shellOption.ReplaceAllString(s, "")
	}
	if rest, ok := strings.CutPrefix(s, "-f"); ok {
		return `include "` + strings.Trim(strings.TrimSpace(rest), `"'`) + `"`
	}
	return s
}

// unquote is a command line as the shell hands it to nft, which joins the
// words again.
func unquote(s string) string {
	if !strings.ContainsAny(s, `\'"`) {
		return s
	}
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(s) && (quote == 0 || strings.IndexByte("\\\"$`", s[i+1]) >= 0):
			i++
			b.WriteByte(s[i])
		case c == '\\' && quote == 0 && i+1 == len(s):
			b.WriteByte(c) // joins the next line
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
