package wizard

import (
	"os"
	"path/filepath"
	"strings"
)

// completeMost bounds how many names of a folder are looked through.
const completeMost = 5000

// CompletePath goes on with a path being typed as far as the names of its
// folder leave no choice; a folder gets its slash. A path that nothing goes on
// with comes back as it is.
func CompletePath(text string) string {
	path := ExpandPath(text)
	dir, begin := filepath.Split(path)
	if strings.TrimSpace(text) == "" {
		return text
	}
	look := dir
	if look == "" {
		look = "."
	}
	d, err := os.Open(look)
	if err != nil {
		return text
	}
	defer d.Close()
	names, _ := d.ReadDir(completeMost) // what was read before an error is good
	common, found := "", 0
	for _, e := range names {
		name := e.Name()
		if !strings.HasPrefix(name, begin) || begin == "" && strings.HasPrefix(name, ".") {
			continue
		}
		if info, err := os.Stat(filepath.Join(look, name)); err == nil && info.IsDir() {
			name += string(filepath.Separator)
		}
		if found++; found == 1 {
			common = name
		}
		common = commonBeginning(common, name)
	}
	if found == 0 || len(common) <= len(begin) {
		return text
	}
	return dir + common
}

// commonBeginning is what two names begin with alike, in whole characters.
func commonBeginning(a, b string) string {
	end := 0
	for i, r := range a {
		if !strings.HasPrefix(b[min(i, len(b)):], string(r)) {
			break
		}
		end = i + len(string(r))
	}
	return a[:end]
}
