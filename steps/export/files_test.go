package export

import (
	"testing"

	"mxodus/steps"
)

// TestAFileHandedOverAgainStandsOnce, with the time at which it was kept first.
func TestAFileHandedOverAgainStandsOnce(t *testing.T) {
	snap, p, hist := fixture()
	a := snap.Attachments[0]
	again, other := a, a
	again.ID, again.At = a.ID+1, a.At.Add(1e9)
	other.ID, other.SHA256, other.At = a.ID+2, "cd34", a.At.Add(2e9)
	snap.Attachments = []steps.Attachment{a, again, other}
	files := Build(snap, p, hist, fixtureNow).Files
	if len(files) != 2 || !files[0].At.Equal(a.At) {
		t.Errorf("files are %+v", files)
	}
}
