package formattest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

// Row is one way to write a file that leaves what it means as it is.
type Row struct {
	Name, Text string
	Change     Edit
}

// Alike is a row: the text changed means what it meant.
func Alike(name, text string, change Edit) Row { return Row{name, text, change} }

// Meaning asks of each row that the changed text means what the text meant.
func Meaning(t *testing.T, id string, rows ...Row) {
	t.Helper()
	if len(rows) == 0 {
		t.Fatal("nothing is asked")
	}
	for _, r := range rows {
		t.Run(r.Name, func(t *testing.T) {
			Same(t, id, r.Text, r.Change(t, r.Text))
		})
	}
}

// said is what a file says of packets, set by set and packet by packet.
type said struct {
	set     *ir.Ruleset
	lines   []string
	packets []interp.Packet
	asked   []firewall.Verdict
	walked  []interp.Verdict
}

func read(t testing.TB, id, text string) *ir.Ruleset {
	t.Helper()
	set, err := firewall.Read("", []byte(text), id)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return set
}

// says asks a file about packets, by the engine and by the interpreter, which
// must not disagree.
func says(t testing.TB, id, text string, set *ir.Ruleset, packets []interp.Packet) said {
	t.Helper()
	probes := make([]firewall.Probe, len(packets))
	for i, p := range packets {
		probes[i] = probe(p)
	}
	s := said{set, strings.Split(text, "\n"), packets, AskAll(t, id, text, probes), walk(set, packets)}
	for i, v := range s.asked {
		if strings.Contains(v.Why, "internal error") {
			t.Errorf("%s: %+v", name(packets[i]), v)
		}
	}
	return s
}

// walk asks the interpreter of each packet.
func walk(set *ir.Ruleset, packets []interp.Packet) []interp.Verdict {
	out := make([]interp.Verdict, len(packets))
	for i, p := range packets {
		family := ir.V4
		if p.Src.Is6() {
			family = ir.V6
		}
		if prog := set.For(family); prog != nil {
			out[i] = interp.Walk(prog, p)
		}
	}
	return out
}

// source is the line of the file that a verdict names, without its indent; ""
// where it names none.
func (s said) source(v firewall.Verdict) string {
	if v.Line < 1 || v.Line > len(s.lines) {
		return ""
	}
	return strings.TrimSpace(s.lines[v.Line-1])
}

// byDefault reports that no rule decides.
func byDefault(v firewall.Verdict) bool { return strings.Contains(v.Why, "its policy does") }

// holds reports whether a line stands in the file as it is.
func (s said) holds(line string) bool {
	return line != "" && slices.ContainsFunc(s.lines, func(l string) bool { return strings.TrimSpace(l) == line })
}

// apart counts the packets let through and kept out.
func (s said) apart() (permitted, denied int) {
	for _, v := range s.asked {
		switch v.Verdict {
		case "permit":
			permitted++
		case "deny":
			denied++
		}
	}
	return permitted, denied
}

func name(p interp.Packet) string {
	return fmt.Sprintf("%s %s>%s %s:%d>%s:%d proto %d type %d", p.Dir, p.In, p.Out, p.Src, p.SPort, p.Dst, p.DPort, p.Proto, p.ICMPType)
}

// Same asks that two texts of a format differ and mean the same: for packets at
// the bounds of the rules of both, by the engine and by the interpreter, and
// for the whole question. The line that decides is the same line, where it
// still stands in the file.
func Same(t testing.TB, id, before, after string) {
	t.Helper()
	if before == after {
		t.Fatal("nothing was changed")
	}
	was, is := read(t, id, before), read(t, id, after)
	if len(is.Problems) != len(was.Problems) {
		t.Errorf("problems were %+v, are %+v", was.Problems, is.Problems)
	}
	packets := Packets(t, was, is)
	a, b := says(t, id, before, was, packets), says(t, id, after, is, packets)
	wrong := 0
	for i, p := range packets {
		x, y := a.asked[i], b.asked[i]
		line := a.source(x)
		moved := line != b.source(y) && b.holds(line) && !byDefault(x) && x.Verdict != "unknown"
		if x.Verdict == y.Verdict && a.walked[i] == b.walked[i] && !moved {
			continue
		}
		t.Errorf("%s\nwas %+v %+v\nis  %+v %+v", name(p), x, a.walked[i], y, b.walked[i])
		if wrong++; wrong == 5 {
			break
		}
	}
	if yes, no := a.apart(); yes < 10 || no < 10 {
		t.Errorf("of %d packets %d are let through and %d kept out: too few to tell", len(packets), yes, no)
	}
	if x, y := verdicts(t, id, before), verdicts(t, id, after); x != y {
		t.Errorf("the whole question was\n%sis\n%s", x, y)
	}
	if t.Failed() {
		t.Logf("before\n%s\nafter\n%s", before, after)
	}
}

// verdicts is the answer to the whole question, a requirement a line.
func verdicts(t testing.TB, id, text string) string {
	t.Helper()
	opt := Options()
	opt.Format = id
	rep, err := firewall.CheckFile("rules", []byte(text), opt)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(rep.Requirements) == 0 || rep.Lockdown == nil {
		t.Fatalf("nothing is answered\n%s", text)
	}
	var b strings.Builder
	for _, q := range rep.Requirements {
		fmt.Fprintf(&b, "%s %s %s %s: %s\n", q.Direction, q.Label, q.Range, q.Server, q.Verdict)
	}
	fmt.Fprintf(&b, "lock-down: %s\n", rep.Lockdown.Verdict)
	return b.String()
}
