package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestInterruptibleReadsEverything(t *testing.T) {
	text := strings.Repeat("0123456789", 50_000)
	for name, in := range map[string]io.Reader{
		"whole": strings.NewReader(text), "halves": iotest.HalfReader(strings.NewReader(text)),
		"error with data": iotest.DataErrReader(strings.NewReader(text)),
	} {
		got, err := io.ReadAll(&interruptible{ctx: t.Context(), in: in})
		if err != nil || string(got) != text {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if err := iotest.TestReader(&interruptible{ctx: t.Context(), in: strings.NewReader(text)}, []byte(text)); err != nil {
		t.Error(err)
	}
}

func TestInterruptibleEndsWithItsContext(t *testing.T) {
	in, w := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	r := &interruptible{ctx: ctx, in: in}
	failed := make(chan error, 1)
	go func() {
		_, err := r.Read(make([]byte, 10))
		failed <- err
	}()
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	w.Close()
}

// TestCommandsThatWaitForInputAreInterrupted: a signal must end them although
// nobody types.
func TestCommandsThatWaitForInputAreInterrupted(t *testing.T) {
	in, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	code := Run(ctx, Env{
		Args: []string{"answers", "import", "-"}, In: in, Out: &out, Err: &errs, Getenv: func(string) string { return "" },
		InTerminal: func() bool { return false }, OutTerminal: func() bool { return false },
	})
	if code != ExitInterrupted || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("code %d, %q", code, errs.String())
	}
}
