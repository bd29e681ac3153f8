package rfi

import (
	tea "github.com/charmbracelet/bubbletea"

	question "mxodus/steps/rfi"
)

// readNow is the longest text that is read at every key. Longer ones are read
// in the background, one reading at a time.
const readNow = 4 << 10

// reading is what the reader makes of the text in the field.
type reading struct {
	text string // what was read
	u    question.Understood
	busy bool // a reading is under way in the background
}

// worst is the line of the first entry that could not be read, from 1; 0 when
// everything was.
func (r reading) worst() int {
	for _, p := range r.u.Problems {
		if !p.Warning {
			return max(p.Line, 1)
		}
	}
	return 0
}

// readMsg is a reading that ended in the background.
type readMsg struct {
	shown int
	text  string
	u     question.Understood
}

// read brings the reading up to date when the text is short.
func (p *Page) read() {
	if p.field == nil {
		return
	}
	text := p.field.Value()
	if len(text) > readNow {
		return
	}
	p.took(text, p.q.Parse(text, p.facts))
}

// readLong starts a reading in the background when the text is long and not
// read yet.
func (p *Page) readLong() tea.Cmd {
	if p.field == nil || p.reading.busy {
		return nil
	}
	text := p.field.Value()
	if len(text) <= readNow || text == p.reading.text {
		return nil
	}
	p.reading.busy = true
	shown, q, facts := p.shown, p.q, p.facts
	return func() tea.Msg { return readMsg{shown, text, q.Parse(text, facts)} }
}

func (p *Page) took(text string, u question.Understood) {
	p.reading.text, p.reading.u = text, u
	bad := map[int]bool{}
	for _, problem := range u.Problems {
		if !problem.Warning && problem.Line > 0 {
			bad[problem.Line] = true
		}
	}
	p.field.MarkLines(bad)
}

// readDone takes a finished reading and starts the next one if the text has
// changed meanwhile.
func (p *Page) readDone(msg readMsg) tea.Cmd {
	p.reading.busy = false
	if msg.shown == p.shown && p.field != nil && msg.text == p.field.Value() {
		p.took(msg.text, msg.u)
	}
	return p.readLong()
}

// current reports that the reading is of the text as it stands.
func (p *Page) current() bool { return p.reading.text == p.field.Value() }

// nextUnread moves the cursor to the next line that could not be read.
func (p *Page) nextUnread() {
	at, first, next := p.field.Line(), 0, 0
	for _, problem := range p.reading.u.Problems {
		if problem.Warning || problem.Line == 0 {
			continue
		}
		if first == 0 {
			first = problem.Line
		}
		if next == 0 && problem.Line > at {
			next = problem.Line
		}
	}
	if next == 0 {
		next = first
	}
	if next > 0 {
		p.field.GoToLine(next)
	}
}
