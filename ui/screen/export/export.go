// Package export writes the completion summary and the Request for Information
// to files.
package export

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	summary "mxodus/steps/export"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// format is one kind of file.
type format struct {
	group, name, what string
	file              string // end of the file's name
	make              func(ctx context.Context, s *wizard.Session) ([]byte, error)
}

func ofSummary(write func(summary.Summary) ([]byte, error)) func(context.Context, *wizard.Session) ([]byte, error) {
	return func(ctx context.Context, s *wizard.Session) ([]byte, error) {
		sum, err := summary.Of(ctx, s, s.Wizard().Checks...)
		if err != nil {
			return nil, err
		}
		return write(sum)
	}
}

func ofRFI(name string) func(context.Context, *wizard.Session) ([]byte, error) {
	return func(_ context.Context, s *wizard.Session) ([]byte, error) { return rfi.Export(s.Facts(), name) }
}

var formats = []format{
	{"Completion summary", "HTML", "one file, made to be printed and signed", "summary.html", ofSummary(func(s summary.Summary) ([]byte, error) {
		return []byte(summary.HTML(s)), nil
	})},
	{"Completion summary", "Markdown", "reads well as it is, for tickets and wikis", "summary.md", ofSummary(func(s summary.Summary) ([]byte, error) {
		return []byte(summary.Markdown(s)), nil
	})},
	{"Completion summary", "JSON", "everything, for other programs", "summary.json", ofSummary(summary.JSON)},
	{"Completion summary", "CSV", "the test cases, for a sheet", "cases.csv", ofSummary(func(s summary.Summary) ([]byte, error) {
		text, err := summary.CSV(s)
		return []byte(text), err
	})},
	{"Request for Information", "Text", "ready to mail", "rfi.txt", ofRFI("text")},
	{"Request for Information", "Markdown", "for tickets and wikis", "rfi.md", ofRFI("markdown")},
	{"Request for Information", "JSON", "for other programs", "rfi.json", ofRFI("json")},
	{"Request for Information", "CSV", "the answers, for a sheet", "rfi.csv", ofRFI("csv")},
}

// Screen lists what can be written.
type Screen struct {
	env  *screen.Env
	w, h int
	list widget.List

	targets []string // where each format would be written, in full
}

// New makes the page with the cursor where it was left.
func New(env *screen.Env, at steps.Position) screen.Screen {
	s := &Screen{env: env}
	s.list.SetLen(len(formats))
	s.list.Move(at.Cursor)
	if at.Field != "" { // asked for one document: the form, as it is mailed
		if i := slices.IndexFunc(formats, func(f format) bool { return f.file == at.Field }); i >= 0 {
			s.list.Move(i)
		}
	}
	return s
}

// madeMsg is a document that was made.
type madeMsg struct {
	name    string
	content []byte
	copied  bool
}

// targetsMsg says where files would be written.
type targetsMsg []string

// Init finds out where files would be written.
func (s *Screen) Init() tea.Cmd { return s.look() }

// Refresh looks again: a file may have come by.
func (s *Screen) Refresh() tea.Cmd { return s.look() }

func (s *Screen) look() tea.Cmd {
	env, first := s.env, stem(s.env.Session.Facts())
	return func() tea.Msg {
		all := make(targetsMsg, len(formats))
		for i, f := range formats {
			all[i] = env.Target(first + "-" + f.file)
		}
		return all
	}
}

// Update takes keys, and documents that were made.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case madeMsg:
		if msg.copied {
			return s.env.Clipboard(string(msg.content))
		}
		return tea.Sequence(s.env.SaveFile(msg.name, msg.content), s.look())
	case targetsMsg:
		s.targets = msg
	case tea.KeyMsg:
		switch {
		case key.Matches(msg, keys.Back):
			return func() tea.Msg { return screen.BackMsg{} }
		case s.list.Key(msg, false):
		case key.Matches(msg, keys.Open), key.Matches(msg, keys.Save):
			return s.write(false)
		case key.Matches(msg, keys.Copy):
			return s.write(true)
		}
	}
	return nil
}

// write makes the document under the cursor and leaves a line in the journal.
func (s *Screen) write(copied bool) tea.Cmd {
	f, env := formats[s.list.Cursor], s.env
	name := stem(env.Session.Facts()) + "-" + f.file
	return func() tea.Msg {
		content, err := f.make(env.Ctx, env.Session)
		if err != nil {
			return screen.Failure(fmt.Errorf("make %s: %w", strings.ToLower(f.group), err))
		}
		entry := steps.NewEntry{Kind: "export", Detail: fmt.Sprintf("exported the %s as %s", strings.ToLower(f.group), f.name)}
		if err := env.Wizard.Repo.Record(env.Ctx, env.Session.ID(), entry, env.Wizard.Who); err != nil {
			return screen.Failure(fmt.Errorf("record the export: %w", err))
		}
		return madeMsg{name, content, copied}
	}
}

// stem begins the names of files: the domain, as it is safe in a file name.
func stem(f steps.Facts) string {
	if f.Domain != "" {
		return f.Domain
	}
	return "mxodus"
}

// View lists the formats in their groups.
func (s *Screen) View() string {
	st := s.env.Styles
	var rows [][]string
	group := ""
	for i, f := range formats {
		var row []string
		if f.group != group {
			row = append(row, "", "  "+st.Heading.Render(f.group))
			group = f.group
		}
		lead, style := "    ", st.Text
		if i == s.list.Cursor {
			lead, style = "  "+st.Cursor.Render(widget.Pad(st.Glyphs.Pointer, 2)), st.Strong
		}
		row = append(row, lead+style.Render(widget.Pad(f.name, 12))+st.Muted.Render(widget.Cut(f.what, s.w-20)))
		rows = append(rows, row)
	}
	foot := s.foot()
	lines := s.list.Render(st, rows, s.h-len(foot))
	return strings.Join(append(lines, foot...), "\n")
}

// foot names the file that Enter writes, and its folder.
func (s *Screen) foot() []string {
	st := s.env.Styles
	if s.list.Cursor >= len(s.targets) {
		return nil
	}
	dir, name := filepath.Split(s.targets[s.list.Cursor])
	out := []string{""}
	put := func(label, text string) {
		out = append(out, widget.Indent(widget.Hang(st.Muted.Render(label), 13, string(clean.Line(text)), s.w-4), 2)...)
	}
	put("Enter writes", name)
	put("in", dir)
	if s.h > len(formats)+10 {
		put("", "No file is ever written over: a name that is taken gets a number.")
	}
	return out
}

// SetSize takes the room.
func (s *Screen) SetSize(w, h int) { s.w, s.h = w, h }

// Keys on offer.
func (s *Screen) Keys() []key.Binding {
	return []key.Binding{keys.As(keys.Open, "write the file"), keys.Copy, keys.UpDown, keys.Journal, keys.Back}
}

// Title of the page.
func (s *Screen) Title() string { return "Export" }

// Aside is empty.
func (s *Screen) Aside() string { return "" }

// Position remembers the cursor.
func (s *Screen) Position() steps.Position {
	return steps.Position{Screen: screen.Export, Cursor: s.list.Cursor}
}
