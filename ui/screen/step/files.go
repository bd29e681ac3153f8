package step

import (
	"context"
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/dustin/go-humanize"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

// files lists what a path being typed may become.
type files struct {
	asked int    // counts the readings of folders
	of    string // text that the list belongs to
	all   []entry
	list  widget.List
	moved bool // the cursor was moved by hand
	err   string
}

// listedMsg is what a folder holds.
type listedMsg struct {
	asked int
	of    string
	all   []entry
	err   error
}

// askRuleset asks for an exported ruleset: a file chosen below, a path, or the
// rules themselves as a paste.
func (s *Screen) askRuleset() tea.Cmd {
	if s.page.Status.Closed() {
		return screen.Say(screen.Refused, "this step is closed; o reopens it, with a reason")
	}
	s.askFor("Which file is the exported ruleset?",
		"Choose one below, or paste its path or the rules themselves. The content is kept with the move.", "", "load it", nil)
	s.ask.files = &files{}
	s.ask.accept = s.acceptFile
	s.ask.pasted = func(text string) tea.Cmd {
		return s.loadRuleset(func(ctx context.Context) (steps.Attachment, error) {
			return s.env.Session.PasteRuleset(ctx, s.id, text)
		})
	}
	return s.listFiles()
}

// acceptFile takes what Enter means: the row under the cursor, or the path as
// it was typed when no row stands for it.
func (s *Screen) acceptFile(text string) tea.Cmd {
	f := s.ask.files
	e, ok := f.chosen(text)
	switch {
	case !ok && text == "":
		return s.refuse("There is no file here that could hold rules. Type the path of one, or paste the rules.")
	case !ok:
		return s.loadPath(text)
	case e.dir:
		s.ask.prompt.SetText(e.path(text))
		return s.listFiles()
	}
	return s.loadPath(e.path(text))
}

func (s *Screen) loadPath(path string) tea.Cmd {
	return s.loadRuleset(func(ctx context.Context) (steps.Attachment, error) {
		return s.env.Session.LoadRuleset(ctx, s.id, path)
	})
}

// loadRuleset keeps a ruleset in the background; what is refused stays at the
// question, with the cursor where it was.
func (s *Screen) loadRuleset(load func(context.Context) (steps.Attachment, error)) tea.Cmd {
	s.ask.busy = true
	return func() tea.Msg {
		a, err := load(s.env.Ctx)
		if err != nil {
			return refusedMsg{sentence(err)}
		}
		return acceptedMsg{screen.Say(screen.Done, fmt.Sprintf("%s is kept with the move; r runs the checks on it", clean.Line(a.Name)))}
	}
}

// listFiles reads the folder of the path being typed.
func (s *Screen) listFiles() tea.Cmd {
	f := s.ask.files
	f.asked++
	n, text := f.asked, s.ask.prompt.Text()
	return func() tea.Msg {
		all, err := listFolder(text)
		return listedMsg{n, text, all, err}
	}
}

func (a *ask) listed(msg listedMsg) {
	if a.files == nil || msg.asked != a.files.asked {
		return
	}
	f := a.files
	f.all, f.of, f.err, f.moved = msg.all, msg.of, "", false
	if msg.err != nil {
		f.err = "this folder cannot be read"
	}
	f.list = widget.List{}
	f.list.SetLen(len(msg.all))
}

// chosen is the row that Enter means. A path typed in full is that file, unless
// the cursor was moved to another.
func (f *files) chosen(text string) (entry, bool) {
	if f.of != text || len(f.all) == 0 {
		return entry{}, false
	}
	if !f.moved {
		_, typed := splitPath(text)
		for _, e := range f.all {
			if e.name == typed {
				return e, true
			}
		}
	}
	return f.all[f.list.Cursor], true
}

// key moves among the names, or completes the path with the one pointed at.
func (f *files) key(k tea.KeyMsg, p *widget.Prompt) (took, changed bool) {
	switch {
	case key.Matches(k, keys.Complete):
		if len(f.all) > 0 {
			p.SetText(f.all[f.list.Cursor].path(p.Text()))
		}
		return true, true
	case f.list.Key(k, true):
		f.moved, p.Problem = true, ""
		return true, false
	}
	return false, false
}

func (f *files) lines(st *theme.Styles, w, h int) []string {
	if f.err != "" {
		return []string{"    " + st.Muted.Render(f.err)}
	}
	if len(f.all) == 0 && f.asked > 0 {
		return []string{"    " + st.Muted.Render("No file here begins like this and could hold rules")}
	}
	var rows [][]string
	for i, e := range f.all {
		right := e.kind
		if right == "" && !e.dir {
			right = humanize.IBytes(uint64(max(0, e.size)))
		}
		style := st.Text
		if i == f.list.Cursor {
			style = st.Strong
		}
		rows = append(rows, []string{widget.Spread(lead(st, i == f.list.Cursor)+style.Render(string(clean.Line(e.name))), st.Muted.Render(right)+"  ", w)})
	}
	return f.list.Render(st, rows, h)
}

// pastedRules reports a paste that is rules and not a path: it has several
// lines.
func pastedRules(k tea.KeyMsg) (string, bool) {
	text := string(k.Runes)
	return text, keys.Pasted(k) && strings.ContainsAny(strings.TrimSpace(text), "\r\n")
}
