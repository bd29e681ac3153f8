package rfi

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/store"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
)

var epoch = time.Date(2026, 11, 21, 14, 2, 11, 0, time.UTC)

// desk is a page on a real store, with the messages it sent.
type desk struct {
	t      *testing.T
	repo   steps.Repository
	w      *wizard.Wizard
	env    *screen.Env
	page   *Page
	sent   []tea.Msg
	timers []func(time.Time) tea.Msg
	pause  time.Duration // the clock, since epoch
	hold   bool          // commands wait until run is called
	held   []tea.Cmd
}

func openStore(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), path, store.Options{Now: func() time.Time { return epoch }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// newDesk makes a Connect move of an organisation with servers of its own and
// opens the page at a question.
func newDesk(t *testing.T, at steps.Position) *desk {
	t.Helper()
	repo := openStore(t, filepath.Join(t.TempDir(), "m.db"))
	d := &desk{t: t, repo: repo}
	w := &wizard.Wizard{Repo: repo, Who: "ann", Now: func() time.Time { return epoch.Add(d.pause) }}
	id, err := w.New(context.Background(), wizard.NewMove{
		Profile: steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "au", Platform: steps.OnPrem},
		Org:     "Acme Pty Ltd", Domain: "acme.com.au",
	})
	if err != nil {
		t.Fatal(err)
	}
	d.w = w
	d.open(id, at)
	return d
}

// open opens the page as on a start of the program.
func (d *desk) open(id string, at steps.Position) {
	d.t.Helper()
	s, err := d.w.Open(context.Background(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	d.env = &screen.Env{
		Ctx: context.Background(), Wizard: d.w, Session: s, Styles: theme.New(theme.Options{NoColor: true}),
		After: func(_ time.Duration, made func(time.Time) tea.Msg) tea.Cmd {
			d.timers = append(d.timers, made)
			return nil
		},
	}
	at.Screen = screen.RFI
	d.page = New(d.env, at).(*Page)
	d.page.SetSize(80, 20)
	d.do(d.page.Init())
}

// do runs commands and hands their messages to the page, until all is quiet.
func (d *desk) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if d.hold {
		d.held = append(d.held, cmd)
		return
	}
	msg := cmd()
	v := reflect.ValueOf(msg)
	if msg == nil {
		return
	}
	if v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeOf(tea.Cmd(nil)) {
		for i := range v.Len() {
			d.do(v.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	d.sent = append(d.sent, msg)
	d.do(d.page.Update(msg))
}

// run lets held commands go.
func (d *desk) run() {
	d.hold = false
	held := d.held
	d.held = nil
	for _, c := range held {
		d.do(c)
	}
}

func (d *desk) press(keys ...string) {
	for _, k := range keys {
		d.do(d.page.Update(keyMsg(k)))
		if k == "enter" && d.page.notice == lookFirst { // looked at; the addresses of tests are those of examples
			d.pause += time.Second
			d.do(d.page.Update(keyMsg(k)))
		}
	}
}

// once presses a key and leaves a warning unanswered.
func (d *desk) once(k string, after time.Duration) {
	d.pause += after
	d.do(d.page.Update(keyMsg(k)))
}

func (d *desk) typed(text string) {
	for _, r := range text {
		d.do(d.page.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}))
	}
}

func (d *desk) paste(text string) {
	d.do(d.page.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true}))
}

func keyMsg(k string) tea.KeyMsg {
	alt := strings.HasPrefix(k, "alt+")
	k = strings.TrimPrefix(k, "alt+")
	for t := tea.KeyType(-200); t < 200; t++ {
		if t != tea.KeyRunes && (tea.Key{Type: t}).String() == k {
			return tea.KeyMsg{Type: t, Alt: alt}
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k), Alt: alt}
}

// wake lets the timers that wait go off.
func (d *desk) wake() {
	due := d.timers
	d.timers = nil
	for _, made := range due {
		d.do(d.page.Update(made(epoch)))
	}
}

func (d *desk) answer(q string) steps.Answer { return d.env.Session.Snapshot().Answers[q] }

// stored reads the answer from the disk, not from memory.
func (d *desk) stored(q string) steps.Answer {
	d.t.Helper()
	snap, err := d.repo.Load(context.Background(), d.env.Session.ID())
	if err != nil {
		d.t.Fatal(err)
	}
	return snap.Answers[q]
}

func last[T tea.Msg](d *desk) (T, bool) {
	for i := len(d.sent) - 1; i >= 0; i-- {
		if m, ok := d.sent[i].(T); ok {
			return m, true
		}
	}
	var zero T
	return zero, false
}

func (d *desk) view() string { return ansi.Strip(d.page.View()) }

func (d *desk) shows(want ...string) {
	d.t.Helper()
	for _, w := range want {
		if !strings.Contains(d.view(), w) {
			d.t.Errorf("%q is not on the page:\n%s", w, d.view())
		}
	}
}

func (d *desk) hides(not ...string) {
	d.t.Helper()
	for _, w := range not {
		if strings.Contains(d.view(), w) {
			d.t.Errorf("%q is on the page:\n%s", w, d.view())
		}
	}
}
