package check

// NotYet reports a check that was passed over because its time has not come:
// it looks at what a change leaves behind, and the change is not made.
func (r Result) NotYet() bool {
	return r.Outcome == Skipped && r.Phase == Before && (r.Check == "MX-PROP" || r.Check == "MX-LEFT")
}
