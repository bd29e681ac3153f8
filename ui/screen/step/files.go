package step

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/dustin/go-humanize"

	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

// files lists what a path being typed may become.
type files struct {
	asked int // counts the readings of folders
	all   []entry
	list  widget.List
	err   string
}

type entry struct {
	name string // with a slash when it is a folder
	size int64
	dir  bool
}

// listedMsg is what a folder holds.
type listedMsg struct {
	asked int
	all   []entry
	err   error
}

// mostFiles bounds how many names of a folder are offered.
const mostFiles = 500

// askRuleset asks for the path of an exported ruleset.
func (s *Screen) askRuleset() tea.Cmd {
	if s.page.Status.Closed() {
		return screen.Say(screen.Refused, "this step is closed; o reopens it, with a reason")
	}
	s.askFor("Which file is the exported ruleset?",
		"Type or paste its path. The content is kept with the move, so the file may go away afterwards.", "", "load it",
		func(path string) tea.Cmd {
			if path == "" {
				return s.refuse("Type the path of a file, or choose one below with tab.")
			}
			return s.take(func(ctx context.Context) error { return s.attach(ctx, path) },
				screen.Say(screen.Done, fmt.Sprintf("%s is kept with the move; r runs the checks on it", clean.Line(filepath.Base(path)))))
		})
	s.ask.files = &files{}
	return s.listFiles()
}

func (s *Screen) attach(ctx context.Context, path string) error {
	path = expand(path)
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("this file cannot be read: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("this file cannot be read: %w", err)
	case info.IsDir():
		return errors.New("this is a folder; choose a file in it")
	case !info.Mode().IsRegular():
		return errors.New("this is not a plain file; export the ruleset into one")
	case info.Size() > wizard.MaxAttachment:
		return fmt.Errorf("this file has %s; at most %s are kept. Export the rules alone, without logs",
			humanize.IBytes(uint64(info.Size())), humanize.IBytes(wizard.MaxAttachment))
	case info.Size() == 0:
		return errors.New("this file is empty")
	}
	content, err := io.ReadAll(io.LimitReader(f, wizard.MaxAttachment+1))
	if err != nil {
		return fmt.Errorf("this file cannot be read: %w", err)
	}
	_, err = s.env.Session.Attach(ctx, s.id, "ruleset", filepath.Base(path), content)
	return err
}

// expand reads a path as people write and paste it: quotes around it, file://
// before it, ~ for the home folder.
func expand(path string) string {
	path = strings.TrimSpace(path)
	for _, q := range []string{`"`, `'`} {
		if len(path) > 1 && strings.HasPrefix(path, q) && strings.HasSuffix(path, q) {
			path = path[1 : len(path)-1]
		}
	}
	path = strings.TrimPrefix(path, "file://")
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	return path
}

// listFiles reads the folder of the path being typed.
func (s *Screen) listFiles() tea.Cmd {
	f := s.ask.files
	f.asked++
	n := f.asked
	dir, begin := filepath.Split(s.ask.prompt.Text())
	return func() tea.Msg {
		all, err := listFolder(expand(dir), begin)
		return listedMsg{n, all, err}
	}
}

func listFolder(dir, begin string) ([]entry, error) {
	if dir == "" {
		dir = "."
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	found, err := d.ReadDir(10 * mostFiles)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var out []entry
	for _, e := range found {
		if !strings.HasPrefix(strings.ToLower(e.Name()), strings.ToLower(begin)) ||
			begin == "" && strings.HasPrefix(e.Name(), ".") {
			continue
		}
		one := entry{name: e.Name(), dir: e.IsDir()}
		if info, err := e.Info(); err == nil {
			one.size = info.Size()
		}
		if one.dir {
			one.name += string(filepath.Separator)
		}
		out = append(out, one)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out[:min(len(out), mostFiles)], nil
}

func (a *ask) listed(msg listedMsg) {
	if a.files == nil || msg.asked != a.files.asked {
		return
	}
	a.files.all, a.files.err = msg.all, ""
	if msg.err != nil {
		a.files.err = "this folder cannot be read"
	}
	a.files.list.Cursor = 0
	a.files.list.SetLen(len(msg.all))
}

// key moves among the names, or completes the path with the one pointed at.
func (f *files) key(k tea.KeyMsg, p *widget.Prompt) bool {
	switch {
	case key.Matches(k, keys.Complete):
		if len(f.all) > 0 {
			dir, _ := filepath.Split(p.Text())
			p.SetText(dir + f.all[f.list.Cursor].name)
		}
		return true
	case key.Matches(k, keys.LineUp), key.Matches(k, keys.LineDown):
		f.list.Key(k, true)
		return false
	}
	return false
}

func (f *files) lines(st *theme.Styles, w, h int) []string {
	if f.err != "" {
		return []string{"    " + st.Muted.Render(f.err)}
	}
	var rows [][]string
	for i, e := range f.all {
		size := ""
		if !e.dir {
			size = humanize.IBytes(uint64(max(0, e.size))) + "  "
		}
		style := st.Muted
		if i == f.list.Cursor {
			style = st.Strong
		}
		rows = append(rows, []string{widget.Spread(lead(st, i == f.list.Cursor)+style.Render(string(clean.Line(e.name))), st.Muted.Render(size), w)})
	}
	return f.list.Render(st, rows, h)
}
