package cloud

import (
	"fmt"
	"strings"
	"testing"
)

func TestCommandOptions(t *testing.T) {
	for _, c := range []struct{ words, rest, options string }{
		{"", "[]", "map[]"},
		{"az network nsg rule create", "[az network nsg rule create]", "map[]"},
		{"az create -n web --port 25", "[az create]", "map[n:[web] port:[25]]"},
		{"az create --ports 25 587 --yes", "[az create]", "map[ports:[25 587] yes:[]]"},
		{"gcloud create mail --allow=tcp:25 --allow tcp:587", "[gcloud create mail]", "map[allow:[tcp:25 tcp:587]]"},
		{"x --a=b=c --d= -- -1", "[x]", "map[a:[b=c] d:[ -- -1]]"},
	} {
		rest, opt := Command{Words: strings.Fields(c.words)}.Options()
		if fmt.Sprint(rest) != c.rest || fmt.Sprint(opt) != c.options {
			t.Errorf("%q: %v, %v", c.words, rest, opt)
		}
	}
}

func TestOptionsFirst(t *testing.T) {
	o := Options{"name": {}, "n": {"web", "mail"}, "port": {"25"}}
	for want, names := range map[string][]string{"web": {"name", "n"}, "25": {"port", "n"}, "": {"none"}} {
		if got := o.First(names...); got != want {
			t.Errorf("%v: %q", names, got)
		}
	}
}

func TestItems(t *testing.T) {
	for want, words := range map[string][]string{
		"[a b c d]": {"a,b", "c d"}, "[a]": {",a, "}, "[]": {"", ","},
	} {
		if got := fmt.Sprint(Items(words)); got != want {
			t.Errorf("%q: %s, want %s", words, got, want)
		}
	}
}

// TestCommandsThatAreNotKnown leave everything open: they may have changed any
// rule.
func TestCommandsThatAreNotKnown(t *testing.T) {
	b := NewBook("x", "x")
	if b.Faulty(Command{Line: 1}) || len(b.Doubts)+len(b.Set.Problems) > 0 {
		t.Error("the words of the command are certain")
	}
	if !b.Faulty(Command{Line: 2, Fault: "a quotation stays open"}) {
		t.Error("the words of the command are not certain")
	}
	b.Strange(Command{Line: 3}, "create or delete", "frobnicate", "the command frobnicate --password hunter22")
	if len(b.Doubts) != 2 || b.Doubts[1].At.Line != 3 || !strings.HasPrefix(b.Doubts[1].Why, "the command frobnicate") || strings.Contains(b.Doubts[1].Why, "hunter22") {
		t.Errorf("%+v", b.Doubts)
	}
	for i, want := range []string{
		"line 2: a quotation stays open; the command is not known.",
		"line 3: expected create or delete, came frobnicate; what it changes is not known.",
	} {
		if got := b.Set.Problems[i]; got.Text != want || got.Line != i+2 {
			t.Errorf("%+v", got)
		}
	}
	b = NewBook("x", "x")
	if why := b.Unknown(4, "description", []string{"name", "description"}); why != "" || len(b.Set.Problems) > 0 {
		t.Errorf("an option that decides nothing: %s", why)
	}
	if why := b.Unknown(4, "when", []string{"name"}); why != "the option --when in line 4, which is not known here" || len(b.Set.Problems) != 1 || len(b.Doubts) > 0 {
		t.Errorf("%s, %v", why, b.Set.Problems)
	}
}
