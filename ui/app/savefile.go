package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps/clean"
	"mxodus/ui/screen"
)

// saveFile writes a new file in the folder for files.
func (m *Model) saveFile(name string, content []byte) tea.Cmd {
	dir := m.opt.Dir
	return func() tea.Msg {
		path, err := writeNew(dir, name, content)
		if err != nil {
			return screen.ErrorMsg{Err: err}
		}
		return screen.InfoMsg{Kind: screen.Done, Text: fmt.Sprintf("saved to %s", clean.Line(path))}
	}
}

// target is where a file of a name would be written now. It looks at the
// folder, so it is for commands and not for drawing.
func (m *Model) target(name string) string {
	name = safeName(name)
	for n := 1; n < maxNumber; n++ {
		path := filepath.Join(fullPath(m.opt.Dir), numbered(name, n))
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path
		}
	}
	return filepath.Join(fullPath(m.opt.Dir), name)
}

// fullPath is a folder by its whole path, as far as that can be told.
func fullPath(dir string) string {
	if full, err := filepath.Abs(dir); err == nil {
		return full
	}
	return dir
}

// numbered is the name of a file, or of its next one from 2 on.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	ext := filepath.Ext(name)
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext)
}

// maxNumber is how many files of one name are numbered before giving up.
const maxNumber = 10000

// writeNew creates a file that only its owner can read and never writes over
// another: the name gets a number when it is taken. What could not be written
// whole is taken away again.
func writeNew(dir, name string, content []byte) (string, error) {
	name, dir = safeName(name), fullPath(dir)
	for n := 1; n < maxNumber; n++ {
		path := filepath.Join(dir, numbered(name, n))
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("nothing was saved: %w; start mxodus in a folder you may write to", err)
		}
		_, err = f.Write(content)
		err = errors.Join(err, f.Sync(), f.Close())
		if err != nil {
			_ = os.Remove(path) // half a file is worse than none
			return "", fmt.Errorf("nothing was saved: %w", err)
		}
		return path, nil
	}
	return "", fmt.Errorf("nothing was saved: there are %d files called %s already", maxNumber, name)
}

// safeName makes a plain file name of what may hold outside text.
func safeName(name string) string {
	name = filepath.Base(strings.ReplaceAll(string(clean.Line(name)), "\\", "-"))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name)
	name = strings.TrimLeft(strings.TrimSpace(name), ".-")
	if name == "" {
		return "mxodus.txt"
	}
	return name
}
