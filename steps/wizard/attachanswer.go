package wizard

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"mxodus/steps"
	"mxodus/steps/rfi"
)

// AttachAnswer keeps the content of the file that a question of type File is
// answered with: as a ruleset for the firewall's, so that checks read it. It
// belongs to step, or to the step of the firewall when step is empty.
func (s *Session) AttachAnswer(ctx context.Context, question, step string) (steps.Attachment, error) {
	q, ok := rfi.Find(question)
	if !ok || q.Type != rfi.File {
		return steps.Attachment{}, fmt.Errorf("%s is not answered with a file: %w", question, steps.ErrNotFound)
	}
	path, err := FindFile(s.Snapshot().Answers.Value(question))
	if err != nil {
		return steps.Attachment{}, fmt.Errorf("the path is saved, but %w", err)
	}
	info, err := os.Stat(path) // before opening: a pipe would wait for ever
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", path)
	}
	if err != nil {
		return steps.Attachment{}, fmt.Errorf("the path is saved, but the file could not be read: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return steps.Attachment{}, fmt.Errorf("the path is saved, but the file could not be read: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MaxAttachment+1))
	if err != nil {
		return steps.Attachment{}, fmt.Errorf("the path is saved, but the file could not be read: %w", err)
	}
	if step == "" {
		step = steps.FirewallStep(s.Plan().Profile.Journey)
	}
	return s.Attach(ctx, step, "ruleset", filepath.Base(path), content)
}
