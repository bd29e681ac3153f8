package gateway

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

// FuzzReply reads arbitrary bytes as SMTP answers: it ends, within the limits,
// and what is called an answer has a code.
func FuzzReply(f *testing.F) {
	f.Add([]byte("220-one\r\n220 two\r\n250 x\r\n"))
	f.Add([]byte("220\r\n"))
	f.Add([]byte(strings.Repeat("250-x\r\n", 200)))
	f.Add([]byte(strings.Repeat("y", 5000)))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, z := net.Pipe()
		go func() {
			_, _ = z.Write(b)
			z.Close()
		}()
		defer a.Close()
		c := &conversation{talk: &talk{host: "mx.example"}, conn: a, r: bufio.NewReaderSize(a, maxLine), idle: time.Minute, until: time.Now().Add(time.Minute)}
		for {
			lines, ok := c.reply(220)
			if len(lines) > maxLines {
				t.Fatalf("%d lines", len(lines))
			}
			if !ok {
				break
			}
		}
		if c.fault == none || c.n > maxLines+1 {
			t.Fatalf("%q after %d lines", c.fault, c.n)
		}
	})
}
