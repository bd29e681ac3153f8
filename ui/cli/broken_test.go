package cli

import (
	"strings"
	"testing"
)

// TestABrokenRecordIsNotHidden: whoever hands on a summary or a copy of a record
// that does not hold learns so from the exit code, and its reader from the paper.
func TestABrokenRecordIsNotHidden(t *testing.T) {
	f := signedOff()
	f.broken, f.room = 5, true
	got := f.run(t, "export")
	if got.code != ExitNotSafe || !strings.Contains(got.err, "the record of move m1 is broken at entry 5") {
		t.Errorf("code %d: %s", got.code, got.err)
	}
	for _, want := range []string{"**Not to be signed.** The record of this move is broken at entry 5", "record broken"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("the summary does not say %q\n%.400s", want, got.out)
		}
	}
	if strings.Contains(got.out, "chain was computed again") || strings.Contains(got.out, "\u202e") {
		t.Errorf("%s", got.out)
	}
	asJSON := document(t, f.run(t, "export", "--format", "json").out, "mxodus.summary/1")
	if journal, _ := asJSON["journal"].(map[string]any); asJSON["complete"] != false || journal["broken_seq"] != 5.0 {
		t.Errorf("complete %v, journal %v", asJSON["complete"], asJSON["journal"])
	}
	if got := f.run(t, "export", "--complete"); got.code != ExitNotSafe || got.out != "" {
		t.Errorf("--complete: code %d, %d bytes written", got.code, len(got.out))
	}
	if got := f.run(t, "export", "--format", "rfi-md"); got.code != ExitDone {
		t.Errorf("the form rests on no record: code %d", got.code)
	}
	if got := f.run(t, "backup", "b.db"); got.code != ExitNotSafe || !strings.Contains(got.err, "copied to b.db") || !strings.Contains(got.err, "broken at entry 5") {
		t.Errorf("backup: code %d: %s", got.code, got.err)
	}
	f.broken = 0
	for _, args := range [][]string{{"backup", "b.db"}, {"export"}} {
		if got := f.run(t, args...); got.code != ExitDone {
			t.Errorf("%v of a whole record: code %d: %s", args, got.code, got.err)
		}
	}
}
