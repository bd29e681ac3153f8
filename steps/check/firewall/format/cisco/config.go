package cisco

import (
	"fmt"
	"strconv"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// maxProblems is how many problems of one file are told.
const maxProblems = 200

// Config is what a configuration is read into.
type Config struct {
	Doc *source.Doc
	Set *ir.Ruleset
	// Block reads a line of the block at hand, such as an interface, and reports
	// whether its meaning is known; nil outside of blocks.
	Block func(*Line) bool
	Times map[string]*Range // by name
	Nets  Nets
	// Doubts are statements whose effect on packets is not known.
	Doubts []ir.Rule

	passed, first int // lines that say nothing of packets, or are not known
	device        map[string]string
	other         ir.At // where the configuration of another device begins
}

// NewConfig begins the rules of a device that packets pass through.
func NewConfig(doc *source.Doc) *Config {
	return &Config{Doc: doc, Set: &ir.Ruleset{Stands: ir.Forward}, Times: map[string]*Range{}, device: map[string]string{}}
}

// Read hands every line that is not empty to take, which reports whether its
// meaning is known, and keeps it as a statement.
func (c *Config) Read(take func(*Line) bool) {
	lines := Lines(c.Doc)
	for i := range lines {
		l := &lines[i]
		if l.Prompt != "" {
			c.Of(l, "prompt", l.Prompt)
		}
		if len(l.Words) == 0 {
			continue
		}
		known := take(l)
		c.Set.Statements = append(c.Set.Statements, ir.Statement{Line: l.Number, Text: source.Redact(l.Text), Known: known})
		if known {
			continue
		}
		if c.passed++; c.first == 0 {
			c.first = l.Number
		}
	}
}

// At is a line as rules name it.
func (l *Line) At() ir.At { return ir.At{Line: l.Number, Text: l.Text} }

// Skip passes over the lines of a block, which are known to be of no concern.
func (c *Config) Skip() { c.Block = func(*Line) bool { return true } }

// Problem notes something in a line that could not be read.
func (c *Config) Problem(line int, text string, args ...any) {
	if len(c.Set.Problems) < maxProblems {
		c.Set.Problems = append(c.Set.Problems, ir.Problem{Line: line, Text: "Line " + strconv.Itoa(line) + ": " + fmt.Sprintf(text, args...)})
	}
}

// Note says something of the file as a whole.
func (c *Config) Note(text string, args ...any) {
	c.Set.Notes = append(c.Set.Notes, fmt.Sprintf(text, args...))
}

// NotePassed says how many lines were passed over; device is what packets pass
// through, "router".
func (c *Config) NotePassed(device string) {
	if c.passed > 0 {
		c.Note("Lines that say nothing about packets through the %s, or are not known, were passed over: %d, the first is line %d.", device, c.passed, c.first)
	}
}

// Doubt notes a statement that may do anything to packets. why completes
// "depends on ...".
func (c *Config) Doubt(at ir.At, why string) {
	c.Doubts = append(c.Doubts, ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: why, At: at})
}

// TimeRange begins the time range of a line, time-range NAME; nil without a
// name.
func (c *Config) TimeRange(l *Line) *Range {
	if len(l.Words) < 2 {
		return nil
	}
	t := &Range{Line: l.Number}
	c.Times[l.Words[1]] = t
	return t
}
