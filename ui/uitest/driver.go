// Package uitest drives the full-screen program without a terminal, as a person
// would: type, press, paste, resize, look. Commands really run; the driver
// knows when the program is at rest, so no test sleeps, and the clock is the
// test's own.
package uitest

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/ui/app"
)

// T is what the driver needs of a test.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// patience is how long the driver waits, in real time, for work that should
// take milliseconds.
const patience = 20 * time.Second

// Driver runs one program.
type Driver struct {
	t     T
	Model *app.Model
	Clock *Clock

	w, h     int
	results  chan tea.Msg
	launched int          // commands started whose result was not taken yet
	parked   atomic.Int64 // commands among them that wait for time or for a running check
	quit     bool
	end      chan struct{}

	mu     sync.Mutex
	timers []*timer
}

type timer struct {
	at   time.Time
	ring chan time.Time
}

// Start begins the program in a terminal of 80 by 24 cells. The clock of
// o.Wizard becomes the driver's.
func Start(t T, o app.Options, clock *Clock) *Driver {
	t.Helper()
	d := &Driver{t: t, Clock: clock, results: make(chan tea.Msg, 1024), end: make(chan struct{})}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	o.Wizard.Now = clock.Now
	o.Commands, o.After = d.command, d.after
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		close(d.end)
	})
	m, err := app.New(ctx, o)
	if err != nil {
		t.Fatalf("start the program: %v", err)
	}
	d.Model = m
	d.launch(m.Init())
	d.Resize(80, 24)
	return d
}

// command is given every command before it runs: timers of the toolkit (a
// blinking cursor) never end and are left out; one that listens to running
// checks counts as at rest while it waits.
func (d *Driver) command(cmd tea.Cmd) tea.Cmd {
	name := nameOf(cmd)
	switch {
	case strings.Contains(name, "/uitest."):
		return cmd
	case app.IsTimer(cmd):
		return nil
	case strings.Contains(name, "live.(*Run).listen"):
		return func() tea.Msg {
			d.parked.Add(1)
			defer d.parked.Add(-1)
			return cmd()
		}
	}
	return cmd
}

func nameOf(cmd tea.Cmd) string {
	if f := runtime.FuncForPC(reflect.ValueOf(cmd).Pointer()); f != nil {
		return f.Name()
	}
	return ""
}

// after is a timer on the driver's clock.
func (d *Driver) after(wait time.Duration, made func(time.Time) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		t := &timer{d.Clock.Now().Add(wait), make(chan time.Time, 1)}
		d.mu.Lock()
		d.timers = append(d.timers, t)
		d.mu.Unlock()
		d.parked.Add(1)
		defer d.parked.Add(-1)
		select {
		case now := <-t.ring:
			return made(now)
		case <-d.end:
			return nil
		}
	}
}

var commandType = reflect.TypeOf(tea.Cmd(nil))

// launch starts a command; lists of commands are taken apart, the toolkit's
// sequences in order.
func (d *Driver) launch(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.launched++
	go func() { d.results <- taken{cmd()} }()
}

// taken wraps a result, so that nil counts as well.
type taken struct{ msg tea.Msg }

// unpack returns the commands of a batch or sequence.
func unpack(msg tea.Msg) (list []tea.Cmd, ok bool) {
	t := reflect.TypeOf(msg)
	if t == nil || t.Kind() != reflect.Slice || t.Elem() != commandType {
		return nil, false
	}
	v := reflect.ValueOf(msg)
	for i := range v.Len() {
		if cmd, _ := v.Index(i).Interface().(tea.Cmd); cmd != nil {
			list = append(list, cmd)
		}
	}
	return list, true
}

// take hands one result to the program.
func (d *Driver) take(msg tea.Msg) {
	if r, ok := msg.(taken); ok {
		d.launched--
		msg = r.msg
	}
	if msg == nil {
		return
	}
	if list, ok := unpack(msg); ok {
		if _, batch := msg.(tea.BatchMsg); batch {
			for _, cmd := range list {
				d.launch(cmd)
			}
			return
		}
		d.launch(inOrder(list, d.results))
		return
	}
	if _, ok := msg.(tea.QuitMsg); ok {
		d.quit = true
		return
	}
	d.send(msg)
}

// inOrder runs the commands of a sequence one after another.
func inOrder(list []tea.Cmd, out chan<- tea.Msg) tea.Cmd {
	return func() tea.Msg {
		for _, cmd := range list {
			if msg := cmd(); msg != nil {
				out <- msg
			}
		}
		return nil
	}
}

func (d *Driver) send(msg tea.Msg) {
	if d.quit {
		return
	}
	_, cmd := d.Model.Update(msg)
	d.fits()
	d.launch(cmd)
}

// fits fails the test when the frame is larger than the terminal, or smaller
// than its height.
func (d *Driver) fits() {
	d.t.Helper()
	if d.w == 0 || d.h == 0 {
		return
	}
	lines := strings.Split(d.Model.View(), "\n")
	if want := d.h; d.w >= app.MinWidth && d.h >= app.MinHeight && len(lines) != want || len(lines) > want {
		d.t.Fatalf("the frame has %d lines in a terminal of %dx%d:\n%s", len(lines), d.w, d.h, d.Model.View())
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n > d.w {
			d.t.Fatalf("line %d is %d cells wide in a terminal of %dx%d: %q", i+1, n, d.w, d.h, l)
		}
	}
}

// Rest runs everything that is under way, until only timers and running checks
// are left.
func (d *Driver) Rest() {
	d.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		select {
		case msg := <-d.results:
			d.take(msg)
			continue
		default:
		}
		if d.quit || int64(d.launched) == d.parked.Load() && len(d.results) == 0 {
			return
		}
		select {
		case msg := <-d.results:
			d.take(msg)
		case <-time.After(time.Millisecond): // what is counted as parked has just ended
			if time.Now().After(deadline) {
				d.t.Fatalf("the program does not come to rest: %d commands run, %d wait; the screen shows\n%s",
					d.launched, d.parked.Load(), d.Screen())
			}
		}
	}
}

// keyPause is how far the clock moves with each key pressed: a person does not
// press faster.
const keyPause = time.Second

// Press presses keys by name ("enter", "ctrl+g", "a"), and comes to rest after
// each.
func (d *Driver) Press(names ...string) {
	d.t.Helper()
	for _, n := range names {
		d.Tap(n)
		d.Rest()
	}
}

// Tap presses one key without waiting for what it starts.
func (d *Driver) Tap(name string) {
	d.t.Helper()
	d.Clock.Move(keyPause)
	d.send(d.key(name))
}

// Hold is a key held down: it repeats as fast as keyboards do.
func (d *Driver) Hold(name string, times int) {
	d.t.Helper()
	for range times {
		d.Clock.Move(33 * time.Millisecond)
		d.send(d.key(name))
		d.Rest()
	}
}

// Type types text, letter by letter.
func (d *Driver) Type(text string) {
	d.t.Helper()
	for _, r := range text {
		k := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}
		switch r {
		case ' ':
			k = tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
		case '\n':
			k = tea.KeyMsg{Type: tea.KeyEnter}
		}
		d.send(k)
	}
	d.Rest()
}

// Paste pastes text, as a terminal with bracketed paste does.
func (d *Driver) Paste(text string) {
	d.t.Helper()
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
	d.Rest()
}

// Resize changes the size of the terminal.
func (d *Driver) Resize(w, h int) {
	d.t.Helper()
	d.w, d.h = w, h
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	d.Rest()
}

// Advance moves the clock and rings every timer that is due, in order.
func (d *Driver) Advance(by time.Duration) {
	d.t.Helper()
	to := d.Clock.Now().Add(by)
	for {
		next := d.due(to)
		if next == nil {
			break
		}
		d.Clock.Set(next.at)
		d.ring(next)
	}
	d.Clock.Set(to)
}

// Sleep is a machine that was asleep: the clock jumps, and every timer that is
// overdue rings once.
func (d *Driver) Sleep(by time.Duration) {
	d.t.Helper()
	d.Clock.Move(by)
	to := d.Clock.Now()
	for next := d.due(to); next != nil; next = d.due(to) {
		d.ring(next)
	}
}

func (d *Driver) ring(t *timer) {
	before := d.parked.Load()
	t.ring <- d.Clock.Now()
	for d.parked.Load() == before && len(d.results) == 0 {
		runtime.Gosched() // until it has gone off
	}
	d.Rest()
}

// due takes the earliest timer out that rings until a time.
func (d *Driver) due(to time.Time) *timer {
	d.mu.Lock()
	defer d.mu.Unlock()
	first := -1
	for i, t := range d.timers {
		if !t.at.After(to) && (first < 0 || t.at.Before(d.timers[first].at)) {
			first = i
		}
	}
	if first < 0 {
		return nil
	}
	t := d.timers[first]
	d.timers = append(d.timers[:first], d.timers[first+1:]...)
	return t
}

// Screen is what is to be seen, without colours.
func (d *Driver) Screen() string { return ansi.Strip(d.Model.View()) }

// Quit reports that the program has ended itself.
func (d *Driver) Quit() bool { return d.quit }

// Expect fails the test unless all texts are on the screen; it waits for them
// while checks run.
func (d *Driver) Expect(texts ...string) {
	d.t.Helper()
	deadline := time.After(patience)
	for _, text := range texts {
		for !strings.Contains(d.Screen(), text) {
			if int64(d.launched) == 0 {
				d.t.Fatalf("%q is not on the screen:\n%s", text, d.Screen())
			}
			select {
			case msg := <-d.results:
				d.take(msg)
			case <-deadline:
				d.t.Fatalf("%q did not appear:\n%s", text, d.Screen())
			case <-time.After(50 * time.Millisecond):
				if int64(d.launched) == d.parked.Load() && len(d.results) == 0 && !d.listening() {
					d.t.Fatalf("%q is not on the screen:\n%s", text, d.Screen())
				}
			}
		}
	}
}

// listening reports that something other than timers is awaited.
func (d *Driver) listening() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.parked.Load() > int64(len(d.timers))
}

// Refute fails the test when a text is on the screen.
func (d *Driver) Refute(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if strings.Contains(d.Screen(), text) {
			d.t.Fatalf("%q is on the screen, and should not be:\n%s", text, d.Screen())
		}
	}
}

var named = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
	"right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	"f1": tea.KeyF1, "ctrl+a": tea.KeyCtrlA, "ctrl+c": tea.KeyCtrlC, "ctrl+d": tea.KeyCtrlD, "ctrl+f": tea.KeyCtrlF,
	"ctrl+g": tea.KeyCtrlG, "ctrl+r": tea.KeyCtrlR, "ctrl+s": tea.KeyCtrlS, "ctrl+u": tea.KeyCtrlU, "ctrl+z": tea.KeyCtrlZ,
}

// key is a key by the name that bindings use.
func (d *Driver) key(name string) tea.KeyMsg {
	d.t.Helper()
	if t, ok := named[name]; ok {
		return tea.KeyMsg{Type: t}
	}
	if name == " " || name == "space" {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	if r := []rune(name); len(r) == 1 {
		return tea.KeyMsg{Type: tea.KeyRunes, Runes: r}
	}
	d.t.Fatalf("%s", fmt.Sprintf("the driver has no key called %q", name))
	return tea.KeyMsg{}
}

// Clock is a clock that stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock is a clock that shows a time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is the time it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Move moves it ahead.
func (c *Clock) Move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// Set sets it.
func (c *Clock) Set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = to
}
