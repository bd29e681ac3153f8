package mikrotik_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
)

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.rsc")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		f.Add(sample(f, filepath.Base(name)))
	}
	f.Add(filter + "add chain=x action=jump jump-target=x\nset [find a~\"(\"] b\nremove [find]\n\\\n\\")
	f.Fuzz(func(t *testing.T, text string) {
		began := time.Now()
		set, err := firewall.Read("", []byte(text), id)
		if spent := time.Since(began); spent > 10*time.Second {
			t.Fatalf("it took %s", spent)
		}
		if err != nil {
			return
		}
		lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r")
		for _, p := range set.Programs {
			for _, c := range p.Chains {
				for _, r := range c.Rules {
					if r.At.Line < 1 || r.At.Line > lines {
						t.Fatalf("a rule at line %d of %d", r.At.Line, lines)
					}
				}
			}
		}
		if v := ask(t, text, mail()); strings.Contains(v.Why, "internal error") {
			t.Fatalf("%+v", v)
		}
	})
}
