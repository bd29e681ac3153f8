package wizard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check/firewall"
	"mxodus/steps/rfi"
)

// QRuleset is the question that a loaded ruleset answers.
const QRuleset = steps.QRuleset

// LoadRuleset keeps an exported ruleset with a step and answers the question
// for it with the file's path. A file that holds no rules is refused in words,
// and nothing is kept.
func (s *Session) LoadRuleset(ctx context.Context, step, path string) (steps.Attachment, error) {
	path, err := FindFile(path)
	if err != nil {
		return steps.Attachment{}, err
	}
	content, err := readRuleset(path)
	if err != nil {
		return steps.Attachment{}, err
	}
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	return s.keepRuleset(ctx, step, path, content)
}

// PasteRuleset keeps rules that were pasted as text, under a name of their own.
func (s *Session) PasteRuleset(ctx context.Context, step, text string) (steps.Attachment, error) {
	name := "pasted-rules.txt"
	if strings.Contains(text, "ip6tables-save") {
		name = "pasted-ip6tables.txt"
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if _, err := firewall.ReadExport(name, []byte(text)); err != nil {
		return steps.Attachment{}, err
	}
	return s.keepRuleset(ctx, step, name, []byte(text))
}

func (s *Session) keepRuleset(ctx context.Context, step, path string, content []byte) (steps.Attachment, error) {
	if step == "" {
		step = steps.FirewallStep(s.Plan().Profile.Journey)
	}
	a, err := s.Attach(ctx, step, "ruleset", filepath.Base(path), content)
	if err != nil {
		return a, err
	}
	q, ok := rfi.Find(QRuleset)
	if now := s.Snapshot().Answers[QRuleset]; ok && q.Applies(s.Facts()) && now.Text != path {
		if _, err := s.Answer(ctx, QRuleset, path, steps.Typed, "", now.Revision); err != nil {
			return a, fmt.Errorf("the ruleset is kept, but its name is not: %w", err)
		}
	}
	s.dateRuleset(a)
	return a, nil
}

// CheckRuleset says in words why a file cannot be taken as a ruleset; nil when
// it can.
func CheckRuleset(path string) error {
	at, err := FindFile(path)
	if err != nil {
		return err
	}
	_, err = readRuleset(at)
	return err
}

// readRuleset reads a file that must hold rules in a form that is understood.
func readRuleset(path string) ([]byte, error) {
	info, err := os.Stat(path) // before opening: a pipe would wait for ever
	switch {
	case err != nil:
		return nil, plainPath(path, err)
	case info.IsDir():
		return nil, errors.New("this is a folder; choose a file in it")
	case !info.Mode().IsRegular():
		return nil, errors.New("this is not a plain file; export the ruleset into one")
	case info.Size() > MaxAttachment:
		return nil, fmt.Errorf("this file has %d MB; at most %d MB are kept. Export the rules alone, without logs",
			info.Size()>>20, MaxAttachment>>20)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("this file cannot be read: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MaxAttachment+1))
	if err != nil {
		return nil, fmt.Errorf("this file cannot be read: %w", err)
	}
	if _, err := firewall.ReadExport(filepath.Base(path), content); err != nil {
		return nil, err
	}
	return content, nil
}

// ExpandPath reads a path as people write and paste it: quotes around it,
// file:// before it, ~ for the home folder.
func ExpandPath(path string) string {
	path = strings.TrimSpace(path)
	for _, q := range []string{`"`, `'`} {
		if len(path) > 1 && strings.HasPrefix(path, q) && strings.HasSuffix(path, q) {
			path = path[1 : len(path)-1]
		}
	}
	path = strings.TrimPrefix(path, "file://")
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	return path
}

// dateRuleset notes when a ruleset was written, once its path is answered.
func (s *Session) dateRuleset(a steps.Attachment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rulesets = slices.Clone(s.rulesets)
	for i := range s.rulesets {
		if s.rulesets[i].SHA256 == a.SHA256 {
			s.rulesets[i].Written = s.w.writtenAt(s.snap.Answers.Value(QRuleset), a)
		}
	}
}

// mostHashed bounds the size of files that are compared with what was kept.
const mostHashed = 8 << 20

// writtenAt is when the file that was kept was last written, as long as it lies
// where it was loaded from and is the same; else the zero time.
func (w *Wizard) writtenAt(path string, a steps.Attachment) time.Time {
	if filepath.Base(path) != a.Name || a.Size > mostHashed {
		return time.Time{}
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != a.Size {
		return time.Time{}
	}
	content, err := os.ReadFile(path)
	if sum := sha256.Sum256(content); err != nil || hex.EncodeToString(sum[:]) != a.SHA256 {
		return time.Time{}
	}
	if w.Demo { // its clock is moved on, and the age of the file stays what it is
		made := w.Clock().Add(-time.Since(info.ModTime()))
		if !a.At.IsZero() && made.After(a.At) { // and no file is younger than its copy
			return a.At
		}
		return made
	}
	return info.ModTime()
}

// Exported is the day on which a kept ruleset was exported or last written, as
// the checks of the step that read it saw it; "" when that is not known.
func (p StepPage) Exported(a steps.Attachment, zone *time.Location) string {
	for _, c := range p.Checks {
		if c.Run == nil {
			continue
		}
		for _, e := range c.Run.Result.Evidence {
			if e.SHA256 == a.SHA256 && !e.Made.IsZero() {
				return e.Made.In(zone).Format("2 Jan 2006")
			}
		}
	}
	return ""
}
