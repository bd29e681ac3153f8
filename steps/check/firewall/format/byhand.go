package format

// ByHand is the error of Write for a job that no lines can do, as what decides
// now is to be changed itself: whole sentences on what to do instead.
type ByHand string

// Error are the sentences.
func (b ByHand) Error() string { return string(b) }
