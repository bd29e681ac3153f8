package resolve

import (
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/miekg/dns"

	"mxodus/steps/check"
)

const (
	// payload is the UDP size offered: what fits the internet's smallest
	// common path without fragments (DNS flag day 2020).
	payload = 1232
	// strangers is how many datagrams that do not fit the question are thrown
	// away before the question is asked over TCP instead, where blind forgery
	// is not possible. It bounds what a flood of guesses can win.
	strangers = 3
)

var (
	errStrangers = errors.New("datagrams that do not belong to the question arrived")
	errTruncated = errors.New("the answer was cut off for UDP")
	errCase      = errors.New("the answer repeats the question in other letters")
	errEDNS      = errors.New("the server does not know EDNS")
)

// attempt is one try on one socket.
type attempt struct {
	net   string
	msg   *dns.Msg
	wire  []byte
	err   error
	heard bool // something came from the server
}

// exchange asks one server once: over UDP, again after a while with another ID,
// and over TCP when UDP is cut off, disturbed or silent. The first answer that
// can be believed wins. limit bounds it all.
func exchange(ctx context.Context, w *check.World, k key, limit time.Duration) attempt {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	results := make(chan attempt, 4) // never more tries than that, so none blocks
	pending, tcp, plain := 0, false, false
	try := func(network string, edns bool) {
		pending++
		go func() { results <- guarded(ctx, w, network, k, edns) }()
	}
	overTCP := func() {
		if !tcp {
			tcp = true
			try("tcp", true)
		}
	}
	try("udp", true)
	again, toTCP := time.NewTimer(limit*2/5), time.NewTimer(limit/2)
	defer again.Stop()
	defer toTCP.Stop()
	var last attempt
	heard := false
	for {
		select {
		case r := <-results:
			pending--
			heard = heard || r.heard
			if r.err == nil {
				return r
			}
			if weight(r.err) > weight(last.err) {
				last = r
			}
			if errors.Is(r.err, errEDNS) && !plain {
				plain = true
				try("tcp", false)
			} else if r.net == "udp" {
				overTCP()
			}
			if pending == 0 {
				last.heard = heard
				return last
			}
		case <-again.C:
			if !tcp {
				try("udp", true)
			}
		case <-toTCP.C:
			overTCP()
		case <-ctx.Done():
			if weight(ctx.Err()) > weight(last.err) {
				last = attempt{net: "udp", err: ctx.Err()}
			}
			last.heard = heard
			return last
		}
	}
}

// weight ranks failures by how much they say, for the one that is reported.
func weight(err error) int {
	var bad *badAnswer
	switch {
	case err == nil:
		return 0
	case errors.As(err, &bad):
		return 4
	case errors.Is(err, errStrangers), errors.Is(err, errTruncated), errors.Is(err, errCase), errors.Is(err, errEDNS):
		return 3
	case isTimeout(err):
		return 2
	}
	return 1
}

// guarded is ask. The library has read hostile messages for years; should one
// still make it panic, the answer is malformed and nothing else is lost.
func guarded(ctx context.Context, w *check.World, network string, k key, edns bool) (res attempt) {
	defer func() {
		if p := recover(); p != nil {
			res = attempt{net: network, err: &badAnswer{fmt.Sprint("cannot be read: ", p)}, heard: true}
		}
	}()
	return ask(ctx, w, network, k, edns)
}

// ask makes one try: one fresh socket, one query, one answer.
func ask(ctx context.Context, w *check.World, network string, k key, edns bool) attempt {
	res := attempt{net: network}
	q, wire, err := query(k, edns)
	if err != nil {
		res.err = err
		return res
	}
	conn, err := w.Dial(ctx, network, k.addr)
	if err != nil {
		res.err = err
		return res
	}
	defer conn.Close()
	if d, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(d)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if network == "tcp" {
		wire = append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...)
	}
	if _, err := conn.Write(wire); err != nil {
		res.err = err
		return res
	}
	if network == "tcp" {
		readTCP(conn, q, &res)
	} else {
		readUDP(conn, q, &res)
	}
	if res.err != nil && ctx.Err() != nil {
		res.err = ctx.Err()
	}
	return res
}

func readUDP(conn net.Conn, q *dns.Msg, res *attempt) {
	buf := make([]byte, 65535)
	for wrong := 0; wrong < strangers; wrong++ {
		n, err := conn.Read(buf)
		if err != nil {
			if wrong > 0 && errors.Is(err, os.ErrDeadlineExceeded) {
				err = errStrangers
			}
			res.err = err
			return
		}
		var m dns.Msg
		if n >= 12 && binary.BigEndian.Uint16(buf) == q.Id {
			// A truncated message may end in the middle of a record, so the
			// header is read first.
			if truncated(buf[:n]) {
				res.heard, res.err = true, errTruncated
				return
			}
		}
		if m.Unpack(buf[:n]) != nil {
			continue
		}
		switch err := fits(q, &m); {
		case errors.Is(err, errStrangers):
			continue
		case err != nil:
			res.heard, res.err = true, err
			return
		}
		res.heard, res.msg, res.wire = true, &m, append([]byte(nil), buf[:n]...)
		return
	}
	res.err = errStrangers
}

func truncated(b []byte) bool { return b[2]&0x80 != 0 && b[2]&0x02 != 0 }

func readTCP(conn net.Conn, q *dns.Msg, res *attempt) {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		res.err = err
		return
	}
	res.heard = true
	buf := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, buf); err != nil {
		res.err = err
		return
	}
	res.wire = buf
	var m dns.Msg
	if err := m.Unpack(buf); err != nil {
		res.err = &badAnswer{err.Error()}
		return
	}
	// Letters that come back in another case are an old server's habit; over
	// TCP nobody outside the path can forge, so they pass.
	switch err := fits(q, &m); {
	case errors.Is(err, errStrangers):
		res.err = &badAnswer{"the answer belongs to another question"}
	case errors.Is(err, errEDNS):
		res.err = err
	default:
		res.msg = &m
	}
}

type badAnswer struct{ why string }

func (e *badAnswer) Error() string { return e.why }

// fits reports whether m answers q: errStrangers when it does not belong to it
// at all, errCase when only the letters' case differs.
func fits(q, m *dns.Msg) error {
	if m.Id != q.Id || !m.Response || m.Opcode != dns.OpcodeQuery {
		return errStrangers
	}
	if q.IsEdns0() != nil && (m.Rcode == dns.RcodeFormatError || m.Rcode == dns.RcodeNotImplemented) {
		return errEDNS
	}
	if len(m.Question) != 1 {
		return errStrangers
	}
	a, b := q.Question[0], m.Question[0]
	if a.Qtype != b.Qtype || a.Qclass != b.Qclass || lower(a.Name) != lower(b.Name) {
		return errStrangers
	}
	if a.Name != b.Name {
		return errCase
	}
	return nil
}

// query builds the message. The letters of the name are set to random case
// (draft-vixie-dnsext-dns0x20): a forger must guess them too.
func query(k key, edns bool) (*dns.Msg, []byte, error) {
	n, ok := fqdn(k.name)
	if !ok {
		return nil, nil, &badAnswer{"the name cannot be asked for"}
	}
	var random [2 + 32]byte
	if _, err := crand.Read(random[:]); err != nil {
		return nil, nil, err
	}
	m := &dns.Msg{}
	m.Id = binary.BigEndian.Uint16(random[:])
	m.RecursionDesired, m.CheckingDisabled = k.recursive, k.unchecked
	m.AuthenticatedData = true // RFC 6840 section 5.7: asks for the AD bit
	m.Question = []dns.Question{{Name: mix(n, random[2:]), Qtype: uint16(k.t), Qclass: dns.ClassINET}}
	if edns {
		m.SetEdns0(payload, false)
	}
	wire, err := m.Pack()
	return m, wire, err
}

func mix(name string, bits []byte) string {
	b := []byte(name)
	for i, c := range b {
		if c >= 'a' && c <= 'z' && bits[i/8%len(bits)]>>(i%8)&1 == 1 {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
