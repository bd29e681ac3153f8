package app

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/ui/screen"
)

// routedMsg is the result of a screen's command, on its way to that screen,
// which may no longer be the one that is seen.
type routedMsg struct {
	to  int
	msg tea.Msg
}

// appID is the address of the app itself.
const appID = 0

var (
	commandType = reflect.TypeOf(tea.Cmd(nil))
	toolkitPath = reflect.TypeOf(tea.KeyMsg{}).PkgPath()
	screenPath  = reflect.TypeOf(screen.BackMsg{}).PkgPath()
)

// own makes a screen's command ready to run: its results come back to that
// screen, a panic becomes an error in words, and leaving can wait for it.
func (m *Model) own(id int, cmd tea.Cmd) tea.Cmd {
	if cmd != nil && m.opt.Commands != nil {
		cmd = m.opt.Commands(cmd)
	}
	if cmd == nil {
		return nil
	}
	counted := !IsTimer(cmd)
	return func() (msg tea.Msg) {
		if counted {
			m.flight.Add(1)
			defer m.flight.Add(-1)
		}
		defer func() {
			if p := recover(); p != nil {
				msg = screen.ErrorMsg{Err: fmt.Errorf(
					"something went wrong inside mxodus (%v); what was saved is safe, go back with esc and try again", p)}
			}
		}()
		return m.address(id, cmd())
	}
}

// address marks a result with its screen. Requests to the app and messages of
// the toolkit go as they are; lists of commands are owned one by one.
func (m *Model) address(id int, msg tea.Msg) tea.Msg {
	if msg == nil {
		return nil
	}
	t := reflect.TypeOf(msg)
	if t.Kind() == reflect.Slice && t.Elem() == commandType { // batch, or the toolkit's own sequence
		from := reflect.ValueOf(msg)
		to := reflect.MakeSlice(t, from.Len(), from.Len())
		for i := range from.Len() {
			cmd, _ := from.Index(i).Interface().(tea.Cmd)
			to.Index(i).Set(reflect.ValueOf(m.own(id, cmd)))
		}
		return to.Interface()
	}
	if id == appID || t.PkgPath() == toolkitPath || t.PkgPath() == screenPath {
		return msg
	}
	return routedMsg{id, msg}
}

// IsTimer reports a command that only waits for time to pass.
func IsTimer(cmd tea.Cmd) bool {
	f := runtime.FuncForPC(reflect.ValueOf(cmd).Pointer())
	if f == nil {
		return false
	}
	name := f.Name()
	for _, mark := range []string{".Tick.func", ".Every.func", ".BlinkCmd.func", ".after.func"} {
		if strings.Contains(name, mark) {
			return true
		}
	}
	return false
}

// after is the clock that wakes screens up. It gives up when the program ends.
func (m *Model) after(d time.Duration, made func(time.Time) tea.Msg) tea.Cmd {
	if m.opt.After != nil {
		return m.opt.After(d, made)
	}
	ctx := m.ctx
	return func() tea.Msg {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case now := <-t.C:
			return made(now)
		case <-ctx.Done():
			return nil
		}
	}
}

// settle waits until no command is running, until a deadline.
func settle(flight *atomic.Int64, deadline time.Time) bool {
	for flight.Load() > 0 {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(2 * time.Millisecond)
	}
	return true
}
