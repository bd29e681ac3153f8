package firewall

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"mxodus/steps/clean"
)

// maxProbe is the longest line of probes that is read, in bytes.
const maxProbe = 1 << 20

// Eval reads probes from r, one JSON object a line, and writes one verdict a
// line to w, in order. An empty format is found from the content; acl asks one
// named list alone where the probe names none (for iptables a chain, "mangle/X"
// where several tables have one of that name). A line that is no probe gets
// the verdict unknown, an empty one too, so that verdicts and lines stay in
// step. It returns how many verdicts were unknown. The error is about the
// ruleset or the streams.
func Eval(content []byte, format, acl string, r io.Reader, w io.Writer) (open int, err error) {
	set, err := Read("", content, format)
	if err != nil {
		return 0, err
	}
	j := newJudge(set)
	if _, object := j.object(acl); acl != "" && !object && !j.hasList(acl) {
		return 0, fmt.Errorf("no list named %q; the lists are %s", acl, listNames(set.Programs[0]))
	}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, long, err := readLine(in)
		if err != nil && len(line) == 0 && !long {
			if errors.Is(err, io.EOF) {
				return open, out.Flush()
			}
			return open, fmt.Errorf("read probes: %w", err)
		}
		v := j.line(line, long, acl)
		if v.Verdict == "unknown" {
			open++
		}
		if encErr := enc.Encode(v); encErr != nil {
			return open, fmt.Errorf("write verdicts: %w", encErr)
		}
		if in.Buffered() == 0 { // whoever asks one by one gets the answer at once
			if err := out.Flush(); err != nil {
				return open, fmt.Errorf("write verdicts: %w", err)
			}
		}
	}
}

func (j *judge) hasList(name string) bool {
	for _, p := range j.set.Programs {
		if _, ok := p.Find(name); ok {
			return true
		}
	}
	return false
}

// readLine reads one line; of one that is too long the rest is passed over.
func readLine(r *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxProbe {
			long, line = true, nil
		} else if !long {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

func (j *judge) line(line []byte, long bool, acl string) Verdict {
	if long {
		return unknown("the line is longer than %d bytes; expected one JSON object such as {\"dir\":\"in\",\"dport\":25}", maxProbe)
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return unknown("empty line")
	}
	var p Probe
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return unknown("%s", clean.Line(probeFault(line, err)))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return unknown("expected one JSON object on the line, came more after it; put each on a line of its own")
	}
	if p.ACL == "" {
		p.ACL = acl
	}
	v := j.ask(p)
	v.Text, v.Why = string(clean.Line(v.Text)), string(clean.Line(v.Why))
	return v
}

const probeFields = "dir, in_if, out_if, acl, src, dst, proto, sport and dport"

// probeFault says in words what is wrong with a line that is no probe.
func probeFault(line []byte, err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && kind.Field != "" {
		want := "text in quotes"
		if kind.Type.Kind() == reflect.Int {
			want = "a whole number from 1 to 65535"
		}
		came := "a " + kind.Value
		if number, ok := strings.CutPrefix(kind.Value, "number "); ok {
			came = number
		}
		return fmt.Sprintf("expected %s to be %s, came %s", kind.Field, want, came)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Sprintf("there is no field %s; the fields are %s", name, probeFields)
	}
	text := string(bytes.TrimSpace(line))
	if len([]rune(text)) > 60 {
		text = string([]rune(text)[:60]) + "..."
	}
	if text[0] == '{' {
		return fmt.Sprintf(`the JSON object is not complete or not well written; expected one such as {"dir":"in","src":"192.0.2.1","proto":"tcp","dport":25}, came %q`, text)
	}
	return fmt.Sprintf(`expected one JSON object such as {"dir":"in","src":"192.0.2.1","proto":"tcp","dport":25}, came %q`, text)
}
