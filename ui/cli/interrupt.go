package cli

import (
	"context"
	"io"
	"time"
)

// grace is how long a command has to end after a signal. What it had said was
// saved is on disk by then, so it may be left behind.
const grace = 3 * time.Second

// untilInterrupted runs f and waits for it, but after the end of ctx no longer
// than grace.
func untilInterrupted(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
		return ctx.Err()
	}
}

// interruptible is standard input whose Read ends with ctx. A read that is
// under way then stays behind; what it brings is given to the next Read.
type interruptible struct {
	ctx  context.Context
	in   io.Reader
	busy chan struct{} // closed when the read under way is over; nil when there is none
	buf  []byte
	rest []byte
	err  error
}

// Read implements io.Reader for one reader at a time.
func (r *interruptible) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.rest) == 0 && r.err == nil {
		if r.busy == nil {
			r.start()
		}
		select {
		case <-r.busy:
			r.busy = nil
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	if n == 0 {
		return 0, r.err
	}
	return n, nil
}

func (r *interruptible) start() {
	if r.buf == nil {
		r.buf = make([]byte, 64<<10)
	}
	done := make(chan struct{})
	r.busy = done
	go func() {
		n, err := r.in.Read(r.buf)
		r.rest, r.err = r.buf[:n], err
		close(done)
	}()
}
