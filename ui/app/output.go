package app

import (
	"io"
	"sync"

	"github.com/charmbracelet/x/term"
)

// sharedOutput lets the clipboard write between two frames and never inside
// one: a frame is one Write.
type sharedOutput struct {
	mu sync.Mutex
	to io.Writer
}

func newSharedOutput(to io.Writer) *sharedOutput { return &sharedOutput{to: to} }

func (s *sharedOutput) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.to.Write(b)
}

// sharedFile is a sharedOutput over a terminal, which the program must be able
// to recognise as one.
type sharedFile struct {
	term.File
	out *sharedOutput
}

func (f sharedFile) Write(b []byte) (int, error) { return f.out.Write(b) }

func (s *sharedOutput) writer() io.Writer {
	if f, ok := s.to.(term.File); ok {
		return sharedFile{f, s}
	}
	return s
}
