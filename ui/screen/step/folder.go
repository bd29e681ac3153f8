package step

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/wizard"
)

// entry is one name of a folder.
type entry struct {
	name string // with a slash when it is a folder
	size int64
	dir  bool
	kind string // what the rules in it look like, "" when that is not known
	// added is set for rules that are to be added to a firewall: no export.
	added bool
}

// path is the path of the entry, in the folder of the path being typed.
func (e entry) path(text string) string {
	dir, _ := splitPath(text)
	if e.name == up {
		if dir == "" || strings.HasSuffix(dir, up) {
			return dir + up
		}
		return filepath.Dir(filepath.Clean(dir)) + string(filepath.Separator)
	}
	return dir + e.name
}

// splitPath divides what is typed into folder and the beginning of a name.
func splitPath(text string) (dir, begin string) {
	return filepath.Split(wizard.ExpandPath(text))
}

// up is the row for the folder above.
const up = ".." + string(filepath.Separator)

// mostFiles bounds how many names of a folder are offered, mostLooks into how
// many files is looked, headBytes how far.
const (
	mostFiles = 500
	mostLooks = 200
	headBytes = 8 << 10
)

// listFolder lists what a path being typed may become: files that can hold
// rules, those that are seen to do so first, then folders.
func listFolder(text string) ([]entry, error) {
	dir, begin := splitPath(text)
	open := dir
	if open == "" {
		open = "."
	}
	d, err := os.Open(open)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	found, err := d.ReadDir(10 * mostFiles)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	slices.SortFunc(found, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	var out []entry
	looks := 0
	for _, e := range found {
		name := e.Name()
		if !strings.HasPrefix(strings.ToLower(name), strings.ToLower(begin)) || begin == "" && strings.HasPrefix(name, ".") {
			continue
		}
		looks++
		if one, ok := look(filepath.Join(open, name), looks <= mostLooks); ok {
			out = append(out, one)
		}
		if len(out) == mostFiles {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b entry) int { return a.rank() - b.rank() })
	if begin == "" {
		out = append(out, entry{name: up, dir: true})
	}
	return out, nil
}

// rank puts rulesets first and folders last, before what is no export at all.
func (e entry) rank() int {
	switch {
	case e.dir:
		return 2
	case e.added:
		return 3
	case e.kind == "":
		return 1
	}
	return 0
}

// look says what a name is, and whether it could hold rules: databases,
// programs, pictures and everything else that is no text could not.
func look(path string, inside bool) (entry, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return entry{}, false
	}
	one := entry{name: info.Name(), size: info.Size(), dir: info.IsDir()}
	if one.dir {
		one.name += string(filepath.Separator)
		return one, true
	}
	for _, end := range []string{".db", ".db-wal", ".db-shm", ".sqlite", ".sqlite3"} {
		if strings.HasSuffix(strings.ToLower(one.name), end) {
			return entry{}, false
		}
	}
	if !info.Mode().IsRegular() || one.size == 0 || one.size > wizard.MaxAttachment {
		return entry{}, false
	}
	if !inside {
		return one, true
	}
	f, err := os.Open(path)
	if err != nil {
		return entry{}, false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, headBytes))
	if err != nil {
		return entry{}, false
	}
	text, _, err := source.Text(head)
	if err != nil {
		return entry{}, false
	}
	doc := source.NewDoc(one.name, text, time.Time{})
	kind, _, ok := firewall.Detect(doc)
	switch {
	case firewall.Suggested(text):
		one.kind, one.added = "suggestion, no export", true
	case ok && firewall.Adds(kind.ID, doc):
		one.kind, one.added = "commands, no export", true
	case ok:
		if one.kind = kinds[kind.ID]; one.kind == "" {
			one.kind = kind.Label
		}
	}
	return one, true
}

// kinds says the formats of rulesets in words.
var kinds = map[string]string{source.IPTables: "iptables rules", source.Table: "table of rules"}
