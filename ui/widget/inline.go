package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"mxodus/ui/theme"
)

// inline styles of Markdown.
type inlineKind int

const (
	plainText inlineKind = iota
	boldText
	codeText
)

// word is a piece of a line that is not broken; space says that a blank stands
// before it.
type word struct {
	parts []span
	space bool
}

type span struct {
	text string
	kind inlineKind
}

// spans reads **bold**, *emphasis*, `code` and [links](to) out of one paragraph. A mark
// without its partner is text.
func spans(s string) []span {
	var out []span
	add := func(text string, k inlineKind) {
		if text != "" {
			out = append(out, span{text, k})
		}
	}
	for s != "" {
		i := strings.IndexAny(s, "*`[\\")
		if i < 0 {
			add(s, plainText)
			break
		}
		add(s[:i], plainText)
		s = s[i:]
		switch text, rest, kind, ok := marked(s); {
		case ok:
			add(text, kind)
			s = rest
		case s[0] == '\\' && len(s) > 1 && strings.ContainsRune("\\`*_[]|#-<>", rune(s[1])):
			add(s[1:2], plainText)
			s = s[2:]
		default:
			add(s[:1], plainText)
			s = s[1:]
		}
	}
	return out
}

func marked(s string) (text, rest string, kind inlineKind, ok bool) {
	switch {
	case strings.HasPrefix(s, "**"):
		if text, rest, ok = strings.Cut(s[2:], "**"); ok && text != "" {
			return text, rest, boldText, true
		}
	case s[0] == '`':
		if text, rest, ok = strings.Cut(s[1:], "`"); ok && text != "" {
			return text, rest, codeText, true
		}
	case s[0] == '*' && len(s) > 1 && s[1] != ' ' && s[1] != '*':
		if text, rest, ok = strings.Cut(s[1:], "*"); ok && text != "" {
			return text, rest, boldText, true
		}
	case s[0] == '[':
		label, after, found := strings.Cut(s[1:], "](")
		to, rest, closed := strings.Cut(after, ")")
		if found && closed && !strings.ContainsAny(label, "[]") && !strings.ContainsAny(to, " ") {
			if label == to {
				return to, rest, plainText, true
			}
			return label + " (" + to + ")", rest, plainText, true
		}
	}
	return "", "", plainText, false
}

// words splits spans at blanks; code keeps its inner blanks as word ends too,
// so that long commands in a paragraph still wrap.
func words(in []span) []word {
	var out []word
	var now word
	pending := false
	flush := func() {
		if len(now.parts) > 0 {
			out = append(out, now)
			now = word{}
		}
	}
	for _, s := range in {
		for i, f := range strings.Split(s.text, " ") {
			if i > 0 {
				flush()
				pending = true
			}
			if f == "" {
				continue
			}
			if len(now.parts) == 0 {
				now.space = pending
				pending = false
			}
			now.parts = append(now.parts, span{f, s.kind})
		}
	}
	flush()
	return out
}

func (w word) width() int {
	n := 0
	for _, p := range w.parts {
		n += ansi.StringWidth(p.text)
	}
	return n
}

// hard breaks a word that is longer than a line.
func (w word) hard(width int) []word {
	var out []word
	line := word{space: w.space}
	room := width
	for _, p := range w.parts {
		text := p.text
		for text != "" {
			head := ansi.Truncate(text, room, "")
			if head == "" {
				if len(line.parts) == 0 { // one character wider than the line
					break
				}
				out = append(out, line)
				line, room = word{}, width
				continue
			}
			line.parts = append(line.parts, span{head, p.kind})
			room -= ansi.StringWidth(head)
			text = text[len(head):]
		}
	}
	if len(line.parts) > 0 {
		out = append(out, line)
	}
	return out
}

// flow sets a paragraph in lines of at most width cells.
func flow(st *theme.Styles, text string, width int, base theme.Style) []string {
	width = max(1, width)
	var lines []string
	var line []span
	used := 0
	end := func() {
		if len(line) > 0 {
			lines = append(lines, paint(st, line, base))
			line, used = nil, 0
		}
	}
	put := func(w word) {
		n := w.width()
		if used > 0 && w.space {
			if used+1+n > width {
				end()
			} else {
				kind := plainText
				if last := line[len(line)-1]; last.kind == w.parts[0].kind {
					kind = last.kind
				}
				line = append(line, span{" ", kind})
				used++
			}
		}
		line = append(line, w.parts...)
		used += n
	}
	for _, w := range words(spans(text)) {
		if w.width() <= width {
			put(w)
			continue
		}
		if used > 0 {
			end()
		}
		for i, piece := range w.hard(width) {
			if i > 0 {
				end()
			}
			put(piece)
		}
	}
	end()
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}

// paint styles a line, neighbours of one kind at once.
func paint(st *theme.Styles, line []span, base theme.Style) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		j := i
		var text strings.Builder
		for ; j < len(line) && line[j].kind == line[i].kind; j++ {
			text.WriteString(line[j].text)
		}
		switch line[i].kind {
		case boldText:
			b.WriteString(st.Strong.Render(text.String()))
		case codeText:
			b.WriteString(st.Code.Render(text.String()))
		default:
			b.WriteString(base.Render(text.String()))
		}
		i = j
	}
	return b.String()
}
