package uitest

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/check"
	cleantext "mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/app"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
)

var sizes = [][2]int{{40, 10}, {60, 16}, {80, 24}, {100, 30}, {120, 40}, {200, 60}}

// places are one position of every screen.
func places() []steps.Position {
	out := []steps.Position{
		{Screen: screen.Hub},
		{Screen: screen.Journal},
		{Screen: screen.Export},
		{Screen: screen.Review},
		{Screen: screen.RFI, Step: steps.MigrateAccount, Field: steps.QOutboundIPs},
		{Screen: screen.RFI, Field: steps.QPlatform},
	}
	for _, st := range steps.Stages {
		out = append(out, steps.Position{Screen: screen.Step, Step: steps.MigrateFirewall, Stage: st},
			steps.Position{Screen: screen.Step, Step: steps.MigrateMX, Stage: st})
	}
	return out
}

// TestFitsExactly draws every screen in every size; the driver checks each frame.
func TestFitsExactly(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), strings.Repeat("A very long name of an organisation ", 8), "acme.com.au")
	for _, c := range w.checks {
		c.run = failing
	}
	for _, p := range places() {
		d := w.start(func(o *app.Options) { o.Position = &p })
		for _, s := range sizes {
			d.Resize(s[0], s[1])
			if s[0] < app.MinWidth {
				d.Expect("60x16")
				continue
			}
			if p.Stage == steps.StageCheck {
				d.Press("r", "enter", "enter", "esc")
			}
			d.Press("?", "esc")
			if p.Screen == screen.Step {
				d.Press("n", "esc")
			}
		}
		if err := d.Model.Finish(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSmallTerminalKeepsWhatIsTyped types on while the window is too small to
// draw anything.
func TestSmallTerminalKeepsWhatIsTyped(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateDates, steps.StageRead))
	d.Press("n")
	d.Type("before ")
	d.Resize(20, 5)
	d.Expect("60x16")
	d.Type("during ")
	d.Resize(80, 24)
	d.Type("after")
	d.Expect("before during after")
	d.Press("esc")
	d.Resize(20, 5)
	d.Press("h", "right", "enter") // nothing is pressed unseen
	d.Resize(80, 24)
	d.Expect("▌Read▐")
	d.Resize(20, 5)
	d.Press("q")
	if !d.Quit() {
		t.Error("q does not leave a window that is too small")
	}
}

func storm(t *testing.T, n int) int {
	t.Helper()
	if testing.Short() {
		return n / 10
	}
	return n
}

// TestResizeStorm resizes ten thousand times while text is typed: no panic, no
// frame that does not fit, no character lost.
func TestResizeStorm(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateDates, steps.StageRead))
	d.Press("n")
	r := rand.New(rand.NewPCG(1, 2))
	var typed strings.Builder
	for i := range storm(t, 10000) {
		d.w, d.h = 1+r.IntN(220), 1+r.IntN(70)
		d.send(tea.WindowSizeMsg{Width: d.w, Height: d.h})
		if i%100 == 0 {
			c := rune('a' + r.IntN(26))
			typed.WriteRune(c)
			d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{c}})
		}
	}
	d.Resize(200, 24)
	d.Expect(typed.String())
}

// pressable are the keys of the storm: every key of the table, and letters that
// are in none.
func pressable() []string {
	seen := map[string]bool{}
	var out []string
	for _, section := range keys.Table() {
		for _, b := range section.Bindings {
			for _, k := range b.Keys() {
				if !seen[k] && k != "ctrl+c" && k != "q" && k != "f1" {
					seen[k] = true
					out = append(out, k)
				}
			}
		}
	}
	return append(out, "f1", "z", "Z", "m", "@", "1", "é", "界")
}

// TestKeyStorm presses twenty thousand keys at random on both journeys, with
// checks that find things, and now and then resizes: no panic, no frame that
// does not fit, no escape sequence, and the journal's chain is whole at the end.
func TestKeyStorm(t *testing.T) {
	w := newWorld(t)
	ids := []string{
		w.move(enterprise(), "Acme", "acme.com.au"),
		w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu"}, "Globex", "globex.example"),
	}
	for _, c := range w.checks {
		c.run = failing
	}
	d := w.start(func(o *app.Options) { o.Open = ids[0] })
	r := rand.New(rand.NewPCG(3, 4))
	all := pressable()
	anywhere := places()
	visited := map[string]int{}
	for i := range storm(t, 20000) {
		switch k := r.IntN(400); {
		case k == 0:
			s := sizes[r.IntN(len(sizes))]
			d.Resize(s[0], s[1])
		case k == 1:
			d.Paste([]string{"198.51.100.7", "acme.example\nother.example", "\x1b[31mred", strings.Repeat("x", 3000)}[r.IntN(4)])
		default:
			d.Press(all[r.IntN(len(all))])
		}
		visited[d.Model.Place().Screen]++
		if i%30 == 0 { // a storm alone would sit in the first text field it meets
			d.send(screen.NavigateMsg{Move: ids[r.IntN(2)], To: anywhere[r.IntN(len(anywhere))]})
			d.Rest()
		}
		if i%50 == 0 {
			noEscapes(t, d)
		}
		if d.Quit() {
			t.Fatalf("key %d left the program", i)
		}
	}
	if err := d.Model.Finish(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{screen.Home, screen.NewMove, screen.Hub, screen.Step, screen.RFI, screen.Review, screen.Journal, screen.Export, screen.Find, screen.Help} {
		if visited[name] == 0 {
			t.Errorf("the storm never came to %s: %v", name, visited)
		}
	}
	t.Log(visited)
	for _, id := range ids {
		if seq, why, err := w.db.VerifyJournal(context.Background(), id); err != nil || seq != 0 {
			t.Errorf("after the storm: entry %d: %s, %v", seq, why, err)
		}
	}
}

// noEscapes fails when the frame holds a control character. Without a terminal
// no colours are drawn, so every one would have come from outside.
func noEscapes(t *testing.T, d *Driver) {
	t.Helper()
	for _, r := range d.Model.View() {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Fatalf("the frame holds %U:\n%q", r, d.Model.View())
		}
	}
}

const hostile = "\x1b]52;c;aGk=\x07\x1b[2J\x1b[31mred\x9b1m\u202eevil\u200b\x00\r\nsecond\tline\u2028"

// TestHostileTextNeverReachesTheTerminal gives every text that comes from
// outside escape sequences to carry.
func TestHostileTextNeverReachesTheTerminal(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	evil := func(context.Context, check.Input, func(check.Progress)) check.Result {
		// a check must clean what it shows; one that forgot to must do no harm
		f := check.Finding{
			Code: "X", Severity: check.Blocker, Title: hostile, Saw: hostile, Should: hostile, IfLeft: hostile, Do: hostile,
			Who: check.WhoTPOC, Copy: hostile, Confirm: hostile, Subject: hostile, Rule: hostile,
		}
		table := check.Table{Title: hostile, Note: hostile, Header: []cleantext.Shown{hostile, "b"}, Rows: [][]check.Cell{{{Text: hostile}, {Mark: check.MarkBad, Text: hostile}}}}
		return check.Result{
			Outcome: check.Fail, Title: hostile, Summary: hostile, Findings: []check.Finding{f, f}, Tables: []check.Table{table},
			Evidence: []check.Evidence{{Kind: "dns", Server: hostile, Asked: hostile, Raw: hostile, At: begin}},
		}
	}
	for _, c := range w.checks {
		c.run = evil
	}
	w.wizard.Who = "kim" + hostile
	s := w.session(id)
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Note(ctx, steps.MigrateFirewall, hostile))
	_, err := s.Attach(ctx, steps.MigrateFirewall, "ruleset", "edge"+hostile, []byte("x"))
	must(err)
	_, err = s.Answer(ctx, steps.QOrg, "Acme"+hostile, steps.Typed, hostile, s.Snapshot().Answers[steps.QOrg].Revision)
	must(err)
	_, err = s.Answer(ctx, "contact.tpoc.name", hostile, steps.Typed, hostile, 0)
	must(err)
	must(s.Tick(ctx, steps.MigrateFirewall, "export_rules", true))
	must(s.SetAside(ctx, steps.MigrateFirewall, "x"+hostile, hostile))

	d := w.start()
	look := func(pressed ...string) {
		t.Helper()
		for _, k := range pressed {
			d.Press(k)
			noEscapes(t, d)
		}
	}
	d.Resize(120, 50)
	look("3", "enter", "right", "right", "right", "right", "left", "r", "enter", "enter", "v", "c", "s", "esc", "esc",
		"H", "enter", "esc", "esc", "right", "O", "esc", "J", "enter", "v", "esc", "esc", "a", "esc", "/", "esc", "e", "enter", "esc", "h", "esc")
}

// TestEveryFooterKeyDoesSomething walks the screens and presses each key that
// their footers show.
func TestEveryFooterKeyDoesSomething(t *testing.T) {
	for _, p := range places() {
		w := newWorld(t)
		w.move(enterprise(), "Acme", "acme.com.au")
		for _, c := range w.checks {
			c.run = failing
		}
		for i := 0; ; i++ {
			d := w.start(func(o *app.Options) { o.Position = &p })
			d.Resize(100, 30)
			if p.Stage == steps.StageCheck {
				d.Press("r")
			}
			shown := d.Model.FooterKeys()
			if len(shown) < 2 {
				t.Errorf("%+v: the footer shows %d keys", p, len(shown))
			}
			if i >= len(shown) {
				break
			}
			pressFooterKey(t, d, p, shown[i])
		}
	}
}

func pressFooterKey(t *testing.T, d *Driver, p steps.Position, b key.Binding) {
	t.Helper()
	before, at := d.Screen(), d.Model.Place()
	for _, k := range b.Keys() {
		if k == "ctrl+v" {
			continue
		}
		d.Press(k)
		if d.Quit() || d.Screen() != before || d.Model.Place() != at {
			return
		}
	}
	t.Errorf("on %s %s, %q (%s) does nothing:\n%s", p.Screen, p.Stage, b.Help().Key, b.Help().Desc, before)
}

// TestHelpShowsEveryBinding scrolls through help and looks for every key.
func TestHelpShowsEveryBinding(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	d.Resize(120, 40)
	d.Press("?")
	var all strings.Builder
	for range 10 {
		all.WriteString(d.Screen())
		d.Press("pgdown")
	}
	text := all.String()
	for _, section := range keys.Table() {
		if !strings.Contains(text, section.Title) {
			t.Errorf("help does not show the section %q", section.Title)
		}
		for _, b := range section.Bindings {
			if !strings.Contains(text, b.Help().Key) || !strings.Contains(text, b.Help().Desc) {
				t.Errorf("help does not show %s %s", b.Help().Key, b.Help().Desc)
			}
		}
	}
	for _, st := range []steps.Status{steps.NotStarted, steps.InProgress, steps.Waiting, steps.Blocked, steps.Done, steps.Overridden} {
		if !strings.Contains(text, wizard.StatusWord(st)) {
			t.Errorf("help does not explain %q", wizard.StatusWord(st))
		}
	}
	d.Press("?")
	if p := d.Model.Place(); p.Screen != screen.Hub {
		t.Errorf("the help key closes help to %+v", p)
	}
}

// TestCopyWritesNoFile keeps the folder clean when something is only copied.
func TestCopyWritesNoFile(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	d.Press("e", "c")
	d.Expect("sent to your terminal's clipboard")
	if files := w.files(); len(files) != 0 {
		t.Errorf("copying wrote %v", files)
	}
}
