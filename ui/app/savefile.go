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

// maxNumber is how many files of one name are numbered before giving up.
const maxNumber = 10000

// writeNew creates a file that only its owner can read and never writes over
// another: the name gets a number when it is taken. What could not be written
// whole is taken away again.
func writeNew(dir, name string, content []byte) (string, error) {
	name = safeName(name)
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 1; n < maxNumber; n++ {
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", stem, n, ext)
		}
		path := filepath.Join(dir, name)
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
	return "", fmt.Errorf("nothing was saved: there are %d files called %s already", maxNumber, stem)
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
