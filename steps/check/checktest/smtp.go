package checktest

import (
	"bufio"
	"crypto/tls"
	"net"
	"strings"
	"sync"
)

// Script is how an SMTP server behaves.
type Script struct {
	Name   string           // in the greeting and the answer to EHLO
	Banner string           // the whole greeting; "220 NAME ESMTP" when empty
	Cert   *tls.Certificate // STARTTLS is offered when set
	MaxTLS uint16           // newest TLS version spoken; the library's when zero
	Inject string           // plain text sent together with the go-ahead for TLS
	// Garbage is sent in place of a TLS handshake.
	Garbage []byte
	// Talk replaces the whole conversation.
	Talk func(net.Conn)
}

// SMTPServer is a server that takes no mail.
type SMTPServer struct {
	Addr string // the real address, host:port

	mu       sync.Mutex
	commands []string
}

// Commands are the lines clients sent, in order.
func (s *SMTPServer) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.commands...)
}

// SMTP starts a server on loopback.
func SMTP(tb TB, script Script) *SMTPServer {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("smtp server: %v", err)
	}
	s := &SMTPServer{Addr: l.Addr().String()}
	var (
		mu   sync.Mutex
		open = map[net.Conn]bool{}
		wg   sync.WaitGroup
	)
	tb.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer c.Close()
				if script.Talk != nil {
					script.Talk(c)
				} else {
					s.talk(c, script)
				}
				mu.Lock()
				delete(open, c)
				mu.Unlock()
			}()
		}
	}()
	return s
}

// SMTP starts a server on a made-up address, port 25.
func (n *Internet) SMTP(addr string, script Script) *SMTPServer {
	n.tb.Helper()
	s := SMTP(n.tb, script)
	n.RouteOne("tcp", net.JoinHostPort(addr, "25"), s.Addr)
	return s
}

// Refuse makes connecting to a TCP address (host:port) fail at once.
func (n *Internet) Refuse(made string) {
	n.tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		n.tb.Fatalf("listen: %v", err)
	}
	n.RouteOne("tcp", made, l.Addr().String())
	l.Close() // nobody listens there any more
}

func (s *SMTPServer) talk(c net.Conn, script Script) {
	say := func(c net.Conn, line string) bool {
		_, err := c.Write([]byte(line + "\r\n"))
		return err == nil
	}
	banner := script.Banner
	if banner == "" {
		banner = "220 " + script.Name + " ESMTP ready"
	}
	say(c, banner)
	in, secure := bufio.NewReader(c), false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		s.mu.Lock()
		s.commands = append(s.commands, line)
		s.mu.Unlock()
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "EHLO":
			say(c, "250-"+script.Name)
			if script.Cert != nil && !secure || script.Garbage != nil {
				say(c, "250-STARTTLS")
			}
			say(c, "250 8BITMIME")
		case "STARTTLS":
			if script.Inject != "" {
				if _, err := c.Write([]byte("220 go ahead\r\n" + script.Inject)); err != nil {
					return
				}
			} else {
				say(c, "220 go ahead")
			}
			if script.Garbage != nil {
				_, _ = in.Peek(1) // the client's first TLS message
				_, _ = c.Write(script.Garbage)
				return
			}
			t := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*script.Cert}, MinVersion: tls.VersionTLS10, MaxVersion: script.MaxTLS})
			if t.Handshake() != nil {
				return
			}
			c, secure, in = t, true, bufio.NewReader(t)
		case "QUIT":
			say(c, "221 bye")
			return
		default:
			say(c, "502 not here")
		}
	}
}
