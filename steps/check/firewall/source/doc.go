package source

import "time"

// Doc is a file of rules as text.
type Doc struct {
	Name string // as shown; "" when not known
	Text string
	Now  time.Time // to tell rules that have expired; zero when not known

	lines []Line
}

// NewDoc makes a document of text that Text has decoded.
func NewDoc(name, text string, now time.Time) *Doc {
	return &Doc{Name: name, Text: text, Now: now}
}

// Lines are the numbered lines of the text; they are not to be changed.
func (d *Doc) Lines() []Line {
	if d.lines == nil {
		d.lines = Lines(d.Text)
	}
	return d.lines
}

// headBytes is how much of a file is looked at to tell its format.
const headBytes = 1 << 20

// Head is a document of the first megabyte of the text, by which formats are
// told apart.
func (d *Doc) Head() *Doc {
	if len(d.Text) <= headBytes {
		return d
	}
	return &Doc{Name: d.Name, Text: d.Text[:headBytes], Now: d.Now}
}
