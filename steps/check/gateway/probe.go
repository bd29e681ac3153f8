package gateway

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"mxodus/steps/check"
)

// Limits of one conversation (hostile or broken servers exist).
const (
	maxLine  = 4096 // bytes of one line
	maxLines = 100  // lines of all replies together
	// patience is how many idle limits the whole conversation may take: 30 s
	// with the default of 10 s.
	patience = 3
)

// stage is how far a conversation came.
type stage int

const (
	atConnect stage = iota
	atGreeting
	atEHLO
	atSTARTTLS
	atTLS
	atEnd
)

// fault is why a conversation ended before its end.
type fault string

const (
	none        fault = ""
	refused     fault = "refused"
	timedOut    fault = "timed out"
	unreachable fault = "unreachable"
	closed      fault = "closed"
	garbled     fault = "not SMTP"
	unwilling   fault = "unwilling" // a reply that says not now, or not you
	noTLS       fault = "no STARTTLS"
	injected    fault = "injected"
	tlsFailed   fault = "TLS failed"
	stopped     fault = "stopped"
)

// talk is one conversation: connect, greeting, EHLO, STARTTLS, certificate,
// QUIT. No mail is begun: MAIL FROM is never sent.
type talk struct {
	host    string
	addr    netip.AddrPort
	reached stage
	fault   fault
	detail  string // of the fault; from outside
	banner  string
	ehlo    []string
	version uint16 // of TLS
	cert    *x509.Certificate
	nameOK  bool
	trust   error // why the chain is not trusted
	expired bool
	lines   []string // the conversation, "<" from the server, ">" from here
	at      time.Time
	took    time.Duration
}

var (
	errLine  = errors.New("a line longer than 4,096 bytes")
	errLines = errors.New("more than 100 lines")
	errReply = errors.New("an answer that is not SMTP")
)

type conversation struct {
	*talk
	conn  net.Conn
	r     *bufio.Reader
	n     int
	idle  time.Duration
	until time.Time
}

// probe holds one conversation. It ends soon after ctx does.
func probe(ctx context.Context, w *check.World, host string, addr netip.AddrPort) (t talk) {
	idle := w.SMTPTimeout
	if idle <= 0 {
		idle = 10 * time.Second
	}
	began := time.Now()
	t = talk{host: host, addr: addr, at: w.Clock()}
	defer func() { t.took = time.Since(began) }()
	dctx, cancel := context.WithTimeout(ctx, idle)
	conn, err := w.Dial(dctx, "tcp", addr.String())
	cancel()
	if err != nil {
		t.fault, t.detail = dialFault(ctx, err)
		return t
	}
	defer func() { conn.Close() }()
	stop := context.AfterFunc(ctx, func() { conn.Close() }) // a deadline could be set anew, a closed connection stays closed
	defer stop()
	c := &conversation{talk: &t, conn: conn, r: bufio.NewReaderSize(conn, maxLine), idle: idle, until: began.Add(patience * idle)}
	if c.run(ctx, w) {
		t.reached = atEnd
	} else if ctx.Err() != nil {
		t.fault, t.detail = stopped, "stopped"
	}
	return t
}

func (c *conversation) run(ctx context.Context, w *check.World) bool {
	c.reached = atGreeting
	greeting, ok := c.reply(220)
	if len(greeting) > 0 {
		c.banner = greeting[0]
	}
	if !ok {
		return false
	}
	if c.r.Buffered() > 0 {
		return c.fail(garbled, "it goes on talking before it is spoken to")
	}
	c.reached = atEHLO
	if c.ehlo, ok = c.command(250, "EHLO "+literalOf(c.conn.LocalAddr())); !ok {
		return false
	}
	if !offers(c.ehlo, "STARTTLS") {
		c.quit()
		return c.fail(noTLS, "its answer to EHLO does not offer STARTTLS")
	}
	c.reached = atSTARTTLS
	if _, ok = c.command(220, "STARTTLS"); !ok {
		return false
	}
	// Whatever follows the go-ahead in the same breath was sent without
	// protection and must not be taken for an answer inside TLS.
	if n := c.r.Buffered(); n > 0 {
		return c.fail(injected, fmt.Sprintf("%d bytes came in plain text behind the go-ahead for TLS", n))
	}
	c.reached = atTLS
	return c.secure(ctx, w)
}

// secure does the handshake and judges the certificate by itself, so that a
// wrong name, an end date and a foreign issuer can be told apart.
func (c *conversation) secure(ctx context.Context, w *check.World) bool {
	c.deadline()
	t := tls.Client(c.conn, &tls.Config{
		ServerName: c.host, InsecureSkipVerify: true, // verified below
		MinVersion: tls.VersionTLS10, // to be able to say that it is old
		Time:       w.Clock,
	})
	if err := t.HandshakeContext(ctx); err != nil {
		if isTimeout(err) {
			return c.fail(timedOut, "no TLS handshake in time")
		}
		return c.fail(tlsFailed, strings.TrimPrefix(cause(err), "tls: "))
	}
	state := t.ConnectionState()
	c.version = state.Version
	c.conn, c.r = t, bufio.NewReaderSize(t, maxLine)
	c.say("* " + tls.VersionName(c.version) + ", " + tls.CipherSuiteName(state.CipherSuite))
	if len(state.PeerCertificates) == 0 {
		return c.fail(tlsFailed, "no certificate was shown")
	}
	c.judge(state.PeerCertificates, w)
	c.quit()
	return true
}

func (c *conversation) judge(chain []*x509.Certificate, w *check.World) {
	leaf := chain[0]
	c.cert = leaf
	c.say(fmt.Sprintf("* certificate for %s, from %s, until %s", strings.Join(certNames(leaf, c.host), ", "), leaf.Issuer.CommonName, leaf.NotAfter.UTC().Format(time.DateOnly)))
	c.nameOK = leaf.VerifyHostname(c.host) == nil
	now := w.Clock()
	c.expired = now.After(leaf.NotAfter) || now.Before(leaf.NotBefore)
	at := now
	if c.expired {
		at = leaf.NotAfter // judge the issuer apart from the date
	}
	between := x509.NewCertPool()
	for _, ic := range chain[1:] {
		between.AddCert(ic)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: w.Roots, Intermediates: between, CurrentTime: at})
	var noRoots x509.SystemRootsError
	if err != nil && !errors.As(err, &noRoots) { // without roots of our own nothing is known
		c.trust = err
	}
}

// certNames are the names a certificate is for, one that covers the host first:
// it is what a reader looks for.
func certNames(c *x509.Certificate, host string) []string {
	names := slices.Clone(c.DNSNames)
	if len(names) == 0 {
		names = []string{c.Subject.CommonName}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(b2i(!covers(a, host)), b2i(!covers(b, host))) })
	if len(names) > 5 {
		names = append(names[:4:4], fmt.Sprintf("and %d more", len(names)-4))
	}
	return names
}

// covers reports whether a name of a certificate stands for a host; a wildcard
// stands for one label (RFC 6125 section 6.4.3).
func covers(name, host string) bool {
	if rest, ok := strings.CutPrefix(name, "*."); ok {
		_, parent, _ := strings.Cut(host, ".")
		return strings.EqualFold(rest, parent)
	}
	return strings.EqualFold(strings.TrimSuffix(name, "."), host)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (c *conversation) command(want int, line string) ([]string, bool) {
	c.deadline()
	c.say("> " + line)
	if _, err := c.conn.Write([]byte(line + "\r\n")); err != nil {
		return nil, c.broken(err)
	}
	return c.reply(want)
}

// quit says goodbye and does not care for the answer's content.
func (c *conversation) quit() {
	was, detail := c.fault, c.detail
	c.command(221, "QUIT")
	c.fault, c.detail = was, detail
}

// reply reads one answer of one or more lines (RFC 5321 section 4.2.1) and
// reports whether its code is the wanted one.
func (c *conversation) reply(want int) (lines []string, ok bool) {
	for {
		line, err := c.line()
		if err != nil {
			return lines, c.broken(err)
		}
		code, text, last, isReply := split(line)
		if !isReply {
			return append(lines, line), c.fail(garbled, errReply.Error())
		}
		lines = append(lines, text)
		if !last {
			continue
		}
		if code != want {
			return lines, c.fail(unwilling, line)
		}
		return lines, true
	}
}

func split(line string) (code int, text string, last, ok bool) {
	if len(line) < 3 {
		return 0, "", false, false
	}
	for _, d := range []byte(line[:3]) {
		if d < '0' || d > '9' {
			return 0, "", false, false
		}
		code = code*10 + int(d-'0')
	}
	if len(line) == 3 {
		return code, "", true, true
	}
	return code, line[4:], line[3] == ' ', line[3] == ' ' || line[3] == '-'
}

func (c *conversation) line() (string, error) {
	if c.n++; c.n > maxLines {
		return "", errLines
	}
	c.deadline()
	b, err := c.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		c.say("< " + string(b[:200]) + " ...")
		return "", errLine
	}
	if err != nil {
		if len(b) > 0 {
			c.say("< " + string(b))
		}
		return "", err
	}
	s := strings.TrimRight(string(b), "\r\n")
	c.say("< " + s)
	return s, nil
}

// deadline gives the next line its time, within the time of the whole.
func (c *conversation) deadline() {
	d := time.Now().Add(c.idle)
	if c.until.Before(d) {
		d = c.until
	}
	_ = c.conn.SetDeadline(d)
}

func (c *conversation) say(line string) { c.lines = append(c.lines, line) }

func (c *conversation) fail(f fault, detail string) bool {
	c.fault, c.detail = f, detail
	return false
}

func (c *conversation) broken(err error) bool {
	switch {
	case errors.Is(err, errLine), errors.Is(err, errLines):
		return c.fail(garbled, err.Error())
	case isTimeout(err):
		return c.fail(timedOut, "no whole line in time")
	case errors.Is(err, io.EOF):
		return c.fail(closed, "it hung up")
	}
	return c.fail(closed, cause(err))
}

func dialFault(ctx context.Context, err error) (fault, string) {
	switch {
	case ctx.Err() != nil:
		return stopped, "stopped"
	case isTimeout(err):
		return timedOut, "no connection in time"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
		return refused, "the connection was refused"
	}
	return unreachable, cause(err)
}

// cause is what the system says of a failure, without the names of calls that
// lead to it.
func cause(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		return no.Error()
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return op.Err.Error()
	}
	return err.Error()
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}

// literalOf names this machine by its address (RFC 5321 section 4.1.3): it has
// no name that the gateway could check.
func literalOf(a net.Addr) string {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return "[127.0.0.1]"
	}
	if ip := ap.Addr().Unmap(); ip.Is4() {
		return "[" + ip.String() + "]"
	}
	return "[IPv6:" + ap.Addr().WithZone("").String() + "]"
}

func offers(ehlo []string, word string) bool {
	for _, l := range ehlo[min(1, len(ehlo)):] {
		if first, _, _ := strings.Cut(l, " "); strings.EqualFold(first, word) {
			return true
		}
	}
	return false
}
