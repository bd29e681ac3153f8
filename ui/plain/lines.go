package plain

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"
)

// maxLine is the longest line that is taken, in bytes.
const maxLine = 1 << 20

var errTooLong = errors.New("that line is longer than 1 MiB, and nothing of it was used; give it in several lines")

// quiet is how long nothing comes after the last line of a paste into a
// terminal. Nobody types a line in that time.
const quiet = 50 * time.Millisecond

// lines reads the input line by line, for all prompts of a run: nothing that
// was read ahead is lost between two of them.
type lines struct {
	r    *bufio.Reader
	want chan struct{} // one for each line to be read; nil when reading ahead
	got  chan reply
	// ahead is set for terminals, which hand over one line at a time: whether
	// more came with a line is known only by reading on.
	ahead   bool
	queue   []reply // read ahead and not asked for yet
	started bool
	// script is set when the first line came with others: whole journeys are
	// fed that way, and nobody is there to ask about a paste.
	script bool
}

type reply struct {
	text string
	err  error
}

func newLines(r io.Reader, ahead bool) *lines {
	return &lines{r: bufio.NewReaderSize(r, 64<<10), ahead: ahead}
}

// terminal reports an input that hands over lines as they are typed.
func terminal(r io.Reader) bool {
	file, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// next waits for a line, or for ctx to end. At the end of the input it returns
// io.EOF; a last line without a line break still counts.
func (l *lines) next(ctx context.Context) (string, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if len(l.queue) > 0 {
		r := l.queue[0]
		l.queue = l.queue[1:]
		return r.text, r.err
	}
	if l.got == nil {
		l.begin()
	}
	if l.want != nil {
		l.want <- struct{}{}
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r, ok := <-l.got:
		if !ok {
			return "", io.EOF
		}
		if !l.started {
			l.started = true
			l.script = len(l.together()) > 0
		}
		return r.text, r.err
	}
}

func (l *lines) begin() {
	if l.ahead {
		l.got = make(chan reply, 1024)
		go func() {
			defer close(l.got)
			for {
				text, err := l.read()
				l.got <- reply{text, err}
				if err != nil && !errors.Is(err, errTooLong) {
					return
				}
			}
		}()
		return
	}
	l.want, l.got = make(chan struct{}, 1), make(chan reply, 1)
	go func() {
		for range l.want {
			text, err := l.read()
			l.got <- reply{text, err}
		}
	}()
}

// together returns the lines that came at once with the one read last. They
// stay where they are.
func (l *lines) together() []string {
	if l.ahead {
		for more := true; more; {
			select {
			case r, ok := <-l.got:
				if more = ok; ok {
					l.queue = append(l.queue, r)
				}
			case <-time.After(quiet):
				more = false
			}
		}
		var out []string
		for _, r := range l.queue {
			if r.err == nil {
				out = append(out, r.text)
			}
		}
		return out
	}
	waiting, err := l.r.Peek(l.r.Buffered())
	end := bytes.LastIndexByte(waiting, '\n')
	if err != nil || end < 0 {
		return nil
	}
	var out []string
	for _, line := range strings.Split(string(waiting[:end]), "\n") {
		out = append(out, strings.TrimRight(line, "\r"))
	}
	return out
}

// drop takes the lines away that together returned.
func (l *lines) drop() {
	if l.ahead {
		kept := l.queue[:0]
		for _, r := range l.queue {
			if r.err != nil {
				kept = append(kept, r)
			}
		}
		l.queue = kept
		return
	}
	waiting, err := l.r.Peek(l.r.Buffered())
	if end := bytes.LastIndexByte(waiting, '\n'); err == nil && end >= 0 {
		_, _ = l.r.Discard(end + 1) // of what is buffered: cannot fail
	}
}

func (l *lines) read() (string, error) {
	var text []byte
	tooLong := false
	for {
		part, err := l.r.ReadSlice('\n')
		if len(text)+len(part) > maxLine+2 {
			tooLong, text = true, nil
		}
		if !tooLong {
			text = append(text, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil, errors.Is(err, io.EOF) && (len(text) > 0 || tooLong):
			if tooLong {
				return "", errTooLong
			}
			return strings.TrimRight(string(text), "\r\n"), nil
		default:
			return "", err
		}
	}
}
