package check

// NotYet reports a check that was passed over because its time has not come:
// it looks at what a change leaves behind, and the change is not made.
func (r Result) NotYet() bool {
	return r.Outcome == Skipped && r.Phase == Before && (r.Check == "MX-PROP" || r.Check == "MX-LEFT")
}

// StillOld reports a check that is passed because nothing is changed yet: the
// name servers give the old set, as they should before the change.
func (r Result) StillOld() bool {
	return r.Outcome == Pass && r.Phase == Before && r.Check == "MX-AUTH" && r.Worst() == OK
}
