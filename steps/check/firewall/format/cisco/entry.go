package cisco

import (
	"fmt"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// Entry is an entry of an access list, understood.
type Entry struct {
	At       ir.At
	Permit   bool
	Services objects.Services
	Src, Dst *objects.Addrs
	Maybe    []string // reasons why it is met perhaps
	Why      string   // not empty: what becomes of its packets is not told
}

// maxReasons is how many options that are not known are told of one entry.
const maxReasons = 20

// Option notes an option that is not known.
func (e *Entry) Option(word string) {
	if len(e.Maybe) < maxReasons {
		e.Maybe = append(e.Maybe, fmt.Sprintf("the option %s, which is not known (line %d)", word, e.At.Line))
	}
}

// TimeRange binds the entry to a time range; false when it is not in force.
func (e *Entry) TimeRange(c *Config, name string) bool {
	t := c.Times[name]
	if t == nil {
		e.Maybe = append(e.Maybe, fmt.Sprintf("time-range %s, which is not in the file (line %d)", name, e.At.Line))
		return true
	}
	switch t.At(c.Doc.Now) {
	case Over:
		return false
	case Open:
		e.Maybe = append(e.Maybe, fmt.Sprintf("the time: time-range %s (line %d)", name, t.Line))
	}
	return true
}

// Unread makes it an entry that may be met by any packet and do anything,
// since its line could not be read.
func (e *Entry) Unread() { e.open(fmt.Sprintf("line %d, which could not be read", e.At.Line)) }

func (e *Entry) open(why string) {
	e.Services, e.Src, e.Dst, e.Why = objects.AnyService(), objects.Anywhere(), objects.Anywhere(), why
}

// Rule is what the entry does to the packets of boxes.
func (e *Entry) Rule(boxes []ir.Box) ir.Rule {
	r := ir.Rule{Boxes: boxes, Action: ir.Deny, At: e.At}
	switch {
	case e.Why != "":
		r.Action, r.Why = ir.Undecided, e.Why
	case e.Permit:
		r.Action = ir.Accept
	}
	return r
}

// maxWork bounds the entries of one list that are moved or looked through by
// entries put in by number and taken out again.
const maxWork = 50_000_000

// Work bounds what the changes of one access list cost, so that a file of many
// changes is read in time that goes with its length.
type Work struct {
	// Broken is the line from which on changes were not followed; 0 for none.
	Broken int

	moved int
}

// May counts a change of a list that has so many entries; false when there
// were too many.
func (w *Work) May(entries, line int) bool {
	if w.moved += entries; w.moved > maxWork && w.Broken == 0 {
		w.Broken = line
	}
	return w.Broken == 0
}

// Lost is what stands for the changes of a list that were not followed; list
// is the list in the device's words, "access-list outside_in".
func (w *Work) Lost(list string) Entry {
	e := Entry{At: ir.At{Line: w.Broken, Text: list}}
	e.open(fmt.Sprintf("changes of %s from line %d on, which are too many to follow", list, w.Broken))
	return e
}

// Family asks sets whether they have addresses of one family, and remembers
// what it found in long ones.
type Family struct {
	Six bool

	has map[*objects.Addrs]bool
}

// Concerns reports that a set has addresses of the family, or may have.
func (f *Family) Concerns(a *objects.Addrs) bool {
	if a.Any || a.Not || len(a.Maybe) > 0 {
		return true
	}
	if len(a.Ranges) < 8 {
		return f.Holds(a.Ranges)
	}
	has, ok := f.has[a]
	if !ok {
		if f.has == nil {
			f.has = map[*objects.Addrs]bool{}
		}
		has = f.Holds(a.Ranges)
		f.has[a] = has
	}
	return has
}

// Holds reports that some range is of the family.
func (f *Family) Holds(ranges []netipx.IPRange) bool {
	for _, r := range ranges {
		if r.From().Is6() == f.Six {
			return true
		}
	}
	return false
}
