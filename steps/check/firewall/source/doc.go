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

// headBytes is how much of a file is looked at to tell its format, and
// firstBytes how much of it where that is enough.
const (
	headBytes  = 1 << 20
	firstBytes = 64 << 10
)

// Head is a document of the first megabyte of the text, by which formats are
// told apart.
func (d *Doc) Head() *Doc { return d.cut(headBytes) }

// First is a document of the first 64 kilobytes, which are enough for most.
func (d *Doc) First() *Doc { return d.cut(firstBytes) }

func (d *Doc) cut(n int) *Doc {
	if len(d.Text) <= n {
		return d
	}
	return &Doc{Name: d.Name, Text: d.Text[:n], Now: d.Now}
}
