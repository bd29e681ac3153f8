package cli

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pkg is what go list says of one package of this module.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func modulePackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps", "mxodus/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// under reports that path is one of the packages or lies below one.
func under(path string, roots ...string) bool {
	for _, r := range roots {
		if path == r || strings.HasPrefix(path, r+"/") {
			return true
		}
	}
	return false
}

// edgeRule forbids imports. With deep set it looks at everything a package
// depends on, else at what it imports itself.
type edgeRule struct {
	name   string
	from   func(string) bool
	to     func(from, to string) bool
	deep   bool
	reason string
}

var (
	// x/ansi is not among them: it only measures text
	drawing = []string{
		"github.com/charmbracelet/bubbletea", "github.com/charmbracelet/bubbles", "github.com/charmbracelet/huh",
		"github.com/charmbracelet/lipgloss", "github.com/charmbracelet/glamour", "github.com/charmbracelet/x/term", "github.com/muesli/termenv",
	}
	// database/sql/driver alone is an interface that value types implement
	database = []string{"database/sql", "github.com/mattn/go-sqlite3"}
)

var edgeRules = []edgeRule{
	{
		name: "steps is the domain", deep: true,
		from:   func(p string) bool { return under(p, "mxodus/steps") },
		to:     func(_, d string) bool { return under(d, drawing...) || slices.Contains(database, d) },
		reason: "steps draws nothing and stores nothing",
	},
	{
		name: "steps knows no adapter", deep: true,
		from:   func(p string) bool { return under(p, "mxodus/steps") },
		to:     func(_, d string) bool { return under(d, "mxodus/ui", "mxodus/store") },
		reason: "main -> {ui, store} -> steps, never back",
	},
	{
		name: "ui never imports store", deep: true,
		from:   func(p string) bool { return under(p, "mxodus/ui") },
		to:     func(_, d string) bool { return under(d, "mxodus/store") || slices.Contains(database, d) },
		reason: "main.go alone joins ui and store",
	},
	{
		name: "store never imports ui", deep: true,
		from:   func(p string) bool { return under(p, "mxodus/store") },
		to:     func(_, d string) bool { return under(d, "mxodus/ui") || under(d, drawing...) },
		reason: "store is an adapter of steps.Repository and nothing else",
	},
	{
		name:   "checks know no journey",
		from:   func(p string) bool { return under(p, "mxodus/steps/check") },
		to:     checkEdge,
		deep:   true,
		reason: "steps imports steps/check; checks are told what they need in check.Input",
	},
	{
		name:   "screens stand alone",
		from:   func(p string) bool { return under(p, "mxodus/ui/screen") },
		to:     screenEdge,
		reason: "screens talk by the messages of ui/screen; the app joins them",
	},
	{
		name:   "huh stays behind ui/form",
		from:   func(p string) bool { return under(p, "mxodus") && !under(p, "mxodus/ui/form") },
		to:     func(_, d string) bool { return under(d, "github.com/charmbracelet/huh") },
		reason: "the guards against its defects live in ui/form",
	},
	{
		name: "plain needs no screen toolkit",
		from: func(p string) bool { return under(p, "mxodus/ui/plain") },
		to: func(_, d string) bool {
			return under(d, "github.com/charmbracelet/bubbletea", "mxodus/ui/app", "mxodus/ui/screen")
		},
		deep:   true,
		reason: "plain mode is append-only text",
	},
	{
		name:   "only main opens the store",
		from:   func(p string) bool { return under(p, "mxodus/ui", "mxodus/steps") },
		to:     func(_, d string) bool { return under(d, "mxodus/store") },
		reason: "main.go is the only importer of store",
	},
}

// checkEdge: checks may use the packages below the domain, not the domain.
func checkEdge(_, to string) bool {
	return under(to, "mxodus/steps") &&
		!under(to, "mxodus/steps/check", "mxodus/steps/clean", "mxodus/steps/pattern", "mxodus/steps/region")
}

func screenEdge(from, to string) bool {
	const base = "mxodus/ui/screen"
	if under(to, "mxodus/ui/app", "mxodus/ui/cli", "mxodus/ui/plain") {
		return true
	}
	return from != base && under(to, base) && to != base && !under(to, from) && !under(from, to)
}

// broken lists the edges of a package that a rule forbids.
func (r edgeRule) broken(p pkg) []string {
	if !r.from(p.ImportPath) {
		return nil
	}
	deps := p.Imports
	if r.deep {
		deps = p.Deps
	}
	var out []string
	for _, d := range deps {
		if r.to(p.ImportPath, d) {
			out = append(out, d)
		}
	}
	return out
}

func TestNoForbiddenEdges(t *testing.T) {
	all := modulePackages(t)
	if len(all) < 5 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	for _, rule := range edgeRules {
		t.Run(rule.name, func(t *testing.T) {
			for _, p := range all {
				for _, d := range rule.broken(p) {
					t.Errorf("%s must not depend on %s: %s", p.ImportPath, d, rule.reason)
				}
			}
		})
	}
}

// TestTheDomainWritesNowhere looks for the process's own streams in packages
// that are handed everything they need.
func TestTheDomainWritesNowhere(t *testing.T) {
	for _, root := range []string{"../../steps", "../../store"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			src, err := os.ReadFile(path)
			for _, stream := range []string{"os.Stdout", "os.Stderr", "os.Stdin", "fmt.Print(", "fmt.Println(", "fmt.Printf("} {
				if strings.Contains(string(src), stream) {
					t.Errorf("%s uses %s", path, stream)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestEdgeRulesBite proves that each rule refuses the edge it is there for.
func TestEdgeRulesBite(t *testing.T) {
	bad := []struct{ rule, from, to string }{
		{"steps is the domain", "mxodus/steps/plan", "github.com/charmbracelet/lipgloss"},
		{"steps is the domain", "mxodus/steps", "database/sql"},
		{"steps knows no adapter", "mxodus/steps/wizard", "mxodus/store"},
		{"ui never imports store", "mxodus/ui/cli", "mxodus/store"},
		{"store never imports ui", "mxodus/store", "mxodus/ui/theme"},
		{"checks know no journey", "mxodus/steps/check/mx", "mxodus/steps/connect"},
		{"checks know no journey", "mxodus/steps/check/mx", "mxodus/steps"},
		{"screens stand alone", "mxodus/ui/screen/hub", "mxodus/ui/screen/step"},
		{"screens stand alone", "mxodus/ui/screen/hub", "mxodus/ui/app"},
		{"huh stays behind ui/form", "mxodus/ui/screen/rfi", "github.com/charmbracelet/huh"},
		{"plain needs no screen toolkit", "mxodus/ui/plain", "github.com/charmbracelet/bubbletea"},
		{"only main opens the store", "mxodus/ui/app", "mxodus/store"},
	}
	for _, b := range bad {
		for _, rule := range edgeRules {
			p := pkg{ImportPath: b.from, Imports: []string{b.to}, Deps: []string{b.to}}
			if rule.name == b.rule && len(rule.broken(p)) != 1 {
				t.Errorf("%s does not refuse %s -> %s", rule.name, b.from, b.to)
			}
		}
	}
	fine := []struct{ from, to string }{
		{"mxodus/ui/screen/hub", "mxodus/ui/screen"},
		{"mxodus/ui/screen/hub", "mxodus/steps/wizard"},
		{"mxodus/steps/check/mx", "mxodus/steps/region"},
		{"mxodus/ui/form", "github.com/charmbracelet/huh"},
		{"mxodus/store", "mxodus/steps"},
		{"mxodus", "mxodus/store"},
	}
	for _, f := range fine {
		for _, rule := range edgeRules {
			if got := rule.broken(pkg{ImportPath: f.from, Imports: []string{f.to}, Deps: []string{f.to}}); len(got) > 0 {
				t.Errorf("%s refuses %s -> %s", rule.name, f.from, f.to)
			}
		}
	}
}
