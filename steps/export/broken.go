package export

import (
	"fmt"

	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// KindRecord is the open point that the record itself is broken.
const KindRecord = "record"

// tellBroken puts it before everything else that the record, on which all of
// the summary rests, is not whole: such a summary is not to be signed.
func (s *Summary) tellBroken() {
	if s.Journal.Broken == 0 {
		return
	}
	text := clean.Sprintf("The record of this move is broken at entry %d: %s", s.Journal.Broken, string(s.Journal.Why))
	s.Complete = false
	s.Verdict = clean.Sprintf("Not to be signed. %s. What is said below may not be what was recorded. %s", string(text), string(s.Verdict))
	s.Open = append([]OpenPoint{{Kind: KindRecord, Text: text, Who: string(check.WhoTPOC)}}, s.Open...)
}

// chained says what holds the journal together, or that it does not hold.
func (j Journal) chained() string {
	text := fmt.Sprintf("Written from a journal of %s. ", counted(j.Entries, "entry", "entries"))
	if j.Broken > 0 {
		return text + fmt.Sprintf("The chain of hashes does not hold: entry %d does not fit (%s). "+
			"The file was changed by hand or is damaged; compare it with a backup. The newest entry has the SHA-256 below.", j.Broken, j.Why)
	}
	return text + "Each entry holds the hash of the one before; the newest has the SHA-256 below. " +
		"The chain was computed again for this summary and holds; mxodus journal verify does the same."
}
