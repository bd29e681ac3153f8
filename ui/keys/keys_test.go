package keys

import (
	"testing"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// aliases say one act by two names: arrows as a pair and each by itself.
var aliases = map[string]bool{"up": true, "down": true, "k": true, "j": true, "left": true, "right": true, "enter": true, "esc": true, "ctrl+c": true, "tab": true}

func TestNoKeyMeansTwoThingsInOnePlace(t *testing.T) {
	for _, section := range Table() {
		seen := map[string]string{}
		for _, b := range section.Bindings {
			if b.Help().Key == "" || b.Help().Desc == "" {
				t.Errorf("%s: a binding of %v says nothing", section.Title, b.Keys())
			}
			for _, k := range b.Keys() {
				if was, ok := seen[k]; ok && !aliases[k] {
					t.Errorf("%s: %q is %s and %s", section.Title, k, was, b.Help().Desc)
				}
				seen[k] = b.Help().Desc
			}
		}
	}
}

// TestGlobalKeysAreFree: no screen gives a global letter another meaning.
func TestGlobalKeysAreFree(t *testing.T) {
	global := map[string]bool{}
	for _, b := range []key.Binding{Help, Find, Hub, Journal, Export, Review, Leave} {
		for _, k := range b.Keys() {
			global[k] = true
		}
	}
	for _, section := range Table()[2:] {
		if section.Title == "While typing" { // the same keys, by other names
			continue
		}
		for _, b := range section.Bindings {
			for _, k := range b.Keys() {
				if global[k] {
					t.Errorf("%s: %q (%s) is a global key", section.Title, k, b.Help().Desc)
				}
			}
		}
	}
}

func runes(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }

func TestSplit(t *testing.T) {
	for in, want := range map[string]int{"j": 1, "jjj": 3, "jk": 1, "hello": 1, "": 1} {
		if got := len(Split(runes(in))); got != want {
			t.Errorf("%q becomes %d keys, want %d", in, got, want)
		}
	}
	pasted := runes("jjj")
	pasted.Paste = true
	if got := Split(pasted); len(got) != 1 || !got[0].Paste {
		t.Errorf("a paste becomes %v", got)
	}
}

func TestDigit(t *testing.T) {
	if n, ok := Digit(runes("7")); !ok || n != 7 {
		t.Errorf("7 is %d, %v", n, ok)
	}
	pasted := runes("7")
	pasted.Paste = true
	for _, k := range []tea.KeyMsg{pasted, runes("77"), runes("x"), {Type: tea.KeyRunes, Runes: []rune{'7'}, Alt: true}} {
		if _, ok := Digit(k); ok {
			t.Errorf("%v is a digit", k)
		}
	}
}

func TestCleanPaste(t *testing.T) {
	if got := string(CleanPaste(runes(" a\r\nb\tc\x1b[31m\n")).Runes); got != `a b c\x1b[31m` {
		t.Errorf("got %q", got)
	}
}
