package newmove

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
)

// TestAnOddDomainStopsEnterOnce: a domain that looks mistyped is said before the
// move is made; a second Enter keeps it, a key held down does not.
func TestAnOddDomainStopsEnterOnce(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	env := &screen.Env{Styles: theme.New(theme.Options{NoColor: true}), Wizard: &wizard.Wizard{Now: func() time.Time { return now }}}
	s := New(env, steps.Position{}).(*Screen)
	s.SetSize(80, 20)
	for i, id := range order {
		if id == steps.QPrimaryDomain {
			s.show(i)
		}
	}
	s.prompt.SetText("acme.exmaple")
	enter := func(after time.Duration) bool {
		now = now.Add(after)
		return s.Update(tea.KeyMsg{Type: tea.KeyEnter}) != nil
	}
	if enter(time.Second) || !strings.Contains(strings.Join(strings.Fields(s.View()), " "), "press Enter again to keep it") {
		t.Fatalf("not stopped:\n%s", s.View())
	}
	for range 40 {
		if enter(33 * time.Millisecond) {
			t.Fatal("a key held down made the move")
		}
	}
	if !enter(time.Second) {
		t.Errorf("the second Enter does not go on:\n%s", s.View())
	}
}
