package app

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
)

// Smallest terminal in which the screens are drawn.
const (
	MinWidth  = 60
	MinHeight = 16
)

// Model is the one Bubble Tea model. Update delegates; screens below it do the
// work.
type Model struct {
	opt    Options
	styles *theme.Styles
	getenv func(string) string
	ctx    context.Context
	cancel context.CancelFunc
	flight atomic.Int64 // commands that are running
	out    *sharedOutput

	home   *screen.Env // without a move
	env    *screen.Env // of the open move; nil when none is open
	stack  []*place    // the last one is seen
	lastID int

	width, height int
	notice        notice
	saved         time.Time
	lost          *screen.ConflictMsg // two values to choose from
	keeper        keeper
	watch         watch
	first         tea.Cmd // to run at the start
	leaving       bool
}

// place is one screen on the stack.
type place struct {
	id    int
	at    string // what it shows, so that it is found again
	s     screen.Screen
	size  [2]int
	stale bool // the move changed while it was not seen
}

// notice is the line that takes the place of the keys until the next key.
type notice struct {
	text string
	kind screen.Kind
	bad  bool   // an error
	news string // what the world behind did by itself, at the end of text
}

// New builds the program on its first screen, without a terminal.
func New(ctx context.Context, o Options) (*Model, error) {
	if o.Wizard == nil {
		return nil, fmt.Errorf("the screen needs a wizard to work with")
	}
	m := &Model{opt: o, styles: theme.New(o.Theme), getenv: o.Getenv}
	if m.getenv == nil {
		m.getenv = os.Getenv
	}
	m.ctx, m.cancel = context.WithCancel(ctx)
	m.home = m.newEnv(nil)
	m.first = m.start()
	return m, nil
}

func (m *Model) newEnv(s *wizard.Session) *screen.Env {
	return &screen.Env{
		Ctx: m.ctx, Wizard: m.opt.Wizard, Session: s, Styles: m.styles,
		Clipboard: m.copyText, CopyPart: m.copyPart, SaveFile: m.saveFile, Target: m.target, After: m.after, Version: m.opt.Version,
	}
}

// Init starts the first screen.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.first, m.tick())
}

// Update takes one message to where it belongs.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.KeyMsg:
		var all []tea.Cmd
		for _, k := range m.split(msg) {
			all = append(all, m.key(k))
		}
		cmd = tea.Batch(all...)
	case routedMsg:
		if p := m.find(msg.to); p != nil {
			cmd = m.own(p.id, p.s.Update(msg.msg))
		}
	default:
		cmd = m.handle(msg)
	}
	if m.leaving {
		return m, cmd
	}
	m.fit()
	return m, tea.Batch(cmd, m.keep(false))
}

// split takes letters that arrived together apart. In a text field this keeps
// words from being taken for keys: u and p in one message read "up", like the
// arrow. Many letters at once are text that was pasted without brackets.
func (m *Model) split(k tea.KeyMsg) []tea.KeyMsg {
	if !m.capturing() {
		return keys.Split(k)
	}
	if k.Type == tea.KeyRunes && len(k.Runes) > pasteLength {
		k.Paste = true
	}
	return keys.Letters(k)
}

// pasteLength is how many letters in one message are taken for a paste: more
// than anyone types between two looks at the keyboard.
const pasteLength = 16

func (m *Model) top() *place { return m.stack[len(m.stack)-1] }

func (m *Model) find(id int) *place {
	for _, p := range m.stack {
		if p.id == id {
			return p
		}
	}
	return nil
}

// capturing reports that letters belong to a text field.
func (m *Model) capturing() bool {
	c, ok := m.top().s.(screen.TextCapturer)
	return ok && c.CapturesText() && m.lost == nil
}

// key decides who gets a key: leaving, then the question about two values,
// then the global keys, then the screen.
func (m *Model) key(k tea.KeyMsg) tea.Cmd {
	if m.leaving {
		return nil
	}
	if key.Matches(k, keys.Quit) {
		return m.leave()
	}
	typing := m.capturing()
	if m.tooSmall() && !typing {
		if key.Matches(k, keys.Leave) {
			return m.leave()
		}
		return nil // nothing is pressed unseen
	}
	m.notice = notice{}
	if m.lost != nil {
		return m.choose(k)
	}
	if !typing {
		k = keys.AsBack(k)
	}
	if cmd, ok := m.global(k, typing); ok {
		return cmd
	}
	p := m.top()
	return m.own(p.id, p.s.Update(k))
}

// global runs a key that works everywhere.
func (m *Model) global(k tea.KeyMsg, typing bool) (tea.Cmd, bool) {
	onMove := m.env != nil
	at := m.top().s.Position()
	switch {
	case key.Matches(k, keys.HelpAlt), !typing && key.Matches(k, keys.Help):
		return m.help(), true
	case onMove && (key.Matches(k, keys.HubAlt) || !typing && key.Matches(k, keys.Hub)):
		return m.navigate(steps.Position{Screen: screen.Hub}), true
	case onMove && (key.Matches(k, keys.FindAlt) || !typing && key.Matches(k, keys.Find)):
		return m.navigate(steps.Position{Screen: screen.Find}), true
	case typing:
		return nil, false
	case key.Matches(k, keys.Leave):
		return m.leave(), true
	case onMove && key.Matches(k, keys.Journal):
		return m.navigate(steps.Position{Screen: screen.Journal}), true
	case onMove && key.Matches(k, keys.Export):
		return m.navigate(exportFrom(at)), true
	case onMove && key.Matches(k, keys.Review) && at.Screen != screen.Review:
		return m.navigate(steps.Position{Screen: screen.Review, Step: at.Step}), true
	}
	return nil, false
}

// exportFrom is the page of exports with the cursor on what the place is about:
// the form, from its questions and its step, else the summary.
func exportFrom(at steps.Position) steps.Position {
	to := steps.Position{Screen: screen.Export}
	if at.Screen == screen.RFI || at.Screen == screen.Review || at.Step == steps.ConnectRFI {
		to.Field = "rfi.txt"
	}
	return to
}

// handle takes requests of screens and news for the app.
func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case screen.NavigateMsg:
		if msg.Move != "" && (m.env == nil || m.env.Session.ID() != msg.Move) {
			return m.open(msg.Move, msg.To)
		}
		if msg.Move != "" && msg.To.Screen == "" {
			return nil // Enter was pressed twice: the move is open
		}
		return m.navigate(msg.To)
	case screen.BackMsg:
		return m.back()
	case screen.LeaveMsg:
		return m.leave()
	case screen.SavedMsg:
		m.saved = msg.At
		m.age()
		m.tellNews()
		return m.refresh()
	case screen.InfoMsg:
		news := m.notice.news
		m.notice = notice{text: capital(msg.Text), kind: msg.Kind}
		m.addNews(news)
		m.tellNews()
	case screen.ErrorMsg:
		m.fail(msg.Err)
	case screen.ConflictMsg:
		m.lost = &msg
	case openedMsg:
		return m.opened(msg)
	case keptMsg:
		return m.kept(msg)
	case tickMsg:
		return m.ticked()
	case lookedMsg:
		return m.looked(msg)
	}
	return nil
}

// tellNews shows what the world behind the wizard did by itself, beside what is
// shown already.
func (m *Model) tellNews() { m.addNews(m.opt.Wizard.TakeNews()) }

func (m *Model) addNews(news string) {
	if news == "" {
		return
	}
	if m.notice.text != "" {
		m.notice.text = strings.TrimSuffix(m.notice.text, ".") + ". "
	}
	m.notice.text += news
	m.notice.news = news
}

// fail shows an error in words; that the program is being left is none.
func (m *Model) fail(err error) {
	if err == nil || m.ctx.Err() != nil {
		return
	}
	m.notice = notice{text: sentence(err), bad: true}
}

// Place is where the person is now, whatever screen that is.
func (m *Model) Place() steps.Position { return m.top().s.Position() }

// Session is the open move; nil on the list of moves.
func (m *Model) Session() *wizard.Session {
	if m.env == nil {
		return nil
	}
	return m.env.Session
}
