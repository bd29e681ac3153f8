package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"mxodus/store"
)

func TestPathIsChosenInOrder(t *testing.T) {
	here, err := filepath.Abs("x.db")
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"MXODUS_DB": "/env/m.db", "XDG_DATA_HOME": "/xdg", "HOME": "/home/ann"}
	cases := []struct {
		name, flag string
		without    []string
		want       string
	}{
		{"flag", "/flag/m.db", nil, "/flag/m.db"},
		{"relative flag", "x.db", nil, here},
		{"environment", "", nil, "/env/m.db"},
		{"XDG", "", []string{"MXODUS_DB"}, "/xdg/mxodus/mxodus.db"},
		{"home", "", []string{"MXODUS_DB", "XDG_DATA_HOME"}, "/home/ann/.local/share/mxodus/mxodus.db"},
	}
	for _, c := range cases {
		got, err := store.Path(c.flag, func(k string) string {
			for _, w := range c.without {
				if k == w {
					return ""
				}
			}
			return env[k]
		})
		if err != nil || got != c.want {
			t.Errorf("%s: %q %v, want %q", c.name, got, err, c.want)
		}
	}
	relative := func(k string) string { return map[string]string{"XDG_DATA_HOME": "rel", "HOME": "/h"}[k] }
	if got, _ := store.Path("", relative); got != "/h/.local/share/mxodus/mxodus.db" {
		t.Errorf("a relative XDG_DATA_HOME was used: %q", got)
	}
	_, err = store.Path("", func(string) string { return "" })
	if err == nil || !strings.Contains(err.Error(), "--db") {
		t.Errorf("no home: %v", err)
	}
}
