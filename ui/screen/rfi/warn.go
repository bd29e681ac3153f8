package rfi

import (
	"slices"
	"time"

	question "mxodus/steps/rfi"
)

// heldWithin is how close together two Enters must be to come from one key held
// down: keyboards repeat every 30 to 50 ms, after a first pause of up to half a
// second.
const heldWithin = 600 * time.Millisecond

// lookFirst stands beside a warning that Enter would otherwise pass over.
const lookFirst = "Not saved yet. Look at what is said here; Enter again keeps it"

// warns stops the first Enter on an answer with a warning that the stored one
// does not have. A second Enter keeps the answer; a key held down never does.
func (p *Page) warns() bool {
	if !p.field.Dirty() || !p.current() || !p.reading.u.OK() || !p.odd() {
		return false
	}
	now, text := p.env.Now(), p.field.Value()
	if p.look == text && now.Sub(p.lookAt) >= heldWithin {
		return false
	}
	p.look, p.lookAt, p.queue, p.notice = text, now, nil, lookFirst
	return true
}

// odd reports a warning about the text that the stored answer has not.
func (p *Page) odd() bool {
	_, odd := problems(p.reading.u)
	if len(odd) == 0 {
		return false
	}
	_, known := problems(p.q.Parse(p.stored.Text, p.facts))
	return slices.ContainsFunc(odd, func(one question.Problem) bool {
		return !slices.ContainsFunc(known, func(k question.Problem) bool { return k.Entry == one.Entry && k.Message == one.Message })
	})
}
