package wizard

import "context"

// VerifyJournal computes the record of the move again and names the first entry
// that does not fit what is stored, and why; 0 when the record is whole.
func (s *Session) VerifyJournal(ctx context.Context) (brokenSeq int64, why string, err error) {
	return s.w.Repo.VerifyJournal(ctx, s.id)
}
