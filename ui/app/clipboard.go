package app

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/ui/screen"
)

// MaxClipboard is the largest text that is sent to a clipboard, in bytes:
// terminals cut or drop longer ones without saying so.
const MaxClipboard = 64 << 10

// copyText sends text to the terminal's clipboard. The terminal does not
// acknowledge, so the words promise no more than that it was sent.
func (m *Model) copyText(text string) tea.Cmd { return m.send(text, "s saves to a file as well") }

// copyPart is copyText for a part of what s saves on the same screen.
func (m *Model) copyPart(text string) tea.Cmd { return m.send(text, "s saves the whole result") }

func (m *Model) send(text, saves string) tea.Cmd {
	if text == "" {
		return say(screen.InfoMsg{Kind: screen.Refused, Text: "there is nothing to copy here"})
	}
	if len(text) > MaxClipboard {
		return say(screen.ErrorMsg{Err: fmt.Errorf(
			"this text has %d bytes and a terminal's clipboard takes %d; nothing was copied, save it to a file with s",
			len(text), MaxClipboard)})
	}
	out, seq := m.out, Sequence(text, m.getenv)
	return func() tea.Msg {
		if out != nil {
			if _, err := out.Write([]byte(seq)); err != nil {
				return screen.ErrorMsg{Err: fmt.Errorf("copy: %w; save it to a file with s", err)}
			}
		}
		lines := strings.Count(strings.TrimRight(text, "\n"), "\n") + 1
		what := "1 line"
		if lines > 1 {
			what = fmt.Sprintf("%d lines", lines)
		}
		return screen.InfoMsg{Kind: screen.Done, Text: what + " sent to your terminal's clipboard; " + saves}
	}
}

// Sequence is the escape sequence (OSC 52) that sets the clipboard. Inside tmux
// it is sent twice: bare, which tmux takes when set-clipboard is on, and passed
// through to the terminal outside, for when allow-passthrough is on. GNU
// screen needs it cut into pieces.
func Sequence(text string, getenv func(string) string) string {
	seq := osc52.New(text)
	switch kind := getenv("TERM"); {
	case getenv("TMUX") != "" || strings.HasPrefix(kind, "tmux"):
		return seq.String() + seq.Tmux().String()
	case strings.HasPrefix(kind, "screen"):
		return seq.Screen().String()
	}
	return seq.String()
}

func say(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }
