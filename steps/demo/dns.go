package demo

import (
	"net"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// serveDNS answers on a loopback port, UDP and TCP, until the returned function
// is called.
func serveDNS(h dns.Handler) (addr string, stop func(), err error) {
	for range 20 { // the same port must be free for both
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return "", nil, err
		}
		addr = udp.LocalAddr().String()
		tcp, err := net.Listen("tcp", addr)
		if err != nil {
			_ = udp.Close()
			continue
		}
		var wg sync.WaitGroup
		us, ts := &dns.Server{PacketConn: udp, Handler: h}, &dns.Server{Listener: tcp, Handler: h}
		for _, s := range []*dns.Server{us, ts} {
			wg.Add(1)
			started := make(chan struct{})
			s.NotifyStartedFunc = func() { close(started) }
			go func() {
				defer wg.Done()
				_ = s.ActivateAndServe() // ends when the socket is closed
			}()
			<-started
		}
		return addr, func() { _ = us.Shutdown(); _ = ts.Shutdown(); wg.Wait() }, nil
	}
	return "", nil, err
}

// authority answers from a zone with the AA bit.
type authority struct{ zone func() *zone }

func (a authority) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg)
	m.SetReply(q)
	if len(q.Question) != 1 {
		m.Rcode = dns.RcodeFormatError
	} else if z := a.zone(); z.apex(strings.ToLower(q.Question[0].Name)) == "" {
		m.Rcode = dns.RcodeRefused
	} else {
		m.Authoritative = true
		z.answer(m)
	}
	_ = w.WriteMsg(fit(m, q, w)) // a lost answer is a lost packet
}

// fit truncates a UDP answer to what the asker can take.
func fit(m, q *dns.Msg, w dns.ResponseWriter) *dns.Msg {
	size := dns.MinMsgSize
	if opt := q.IsEdns0(); opt != nil {
		size = int(opt.UDPSize())
		m.SetEdns0(1232, false)
	}
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
		m.Truncate(size)
	}
	return m
}

// recursor is a resolver with a cache whose entries run down. A stale one
// keeps an answer far beyond its TTL, as some real ones do; a slow one thinks
// before it answers.
type recursor struct {
	zone  func() *zone
	now   func() time.Time
	delay func() time.Duration
	keep  time.Duration // beyond the TTL

	mu    sync.Mutex
	cache map[dns.Question]cached
}

type cached struct {
	msg    *dns.Msg
	stored time.Time
	ttl    time.Duration
}

func (r *recursor) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	if r.delay != nil {
		time.Sleep(r.delay())
	}
	m := new(dns.Msg)
	m.SetReply(q)
	m.RecursionAvailable = true
	if len(q.Question) != 1 {
		m.Rcode = dns.RcodeFormatError
		_ = w.WriteMsg(m)
		return
	}
	c := r.lookup(q.Question[0])
	age := r.now().Sub(c.stored)
	m.Rcode = c.msg.Rcode
	m.Answer, m.Ns = aged(c.msg.Answer, age), aged(c.msg.Ns, age)
	_ = w.WriteMsg(fit(m, q, w))
}

func (r *recursor) lookup(q dns.Question) cached {
	q.Name = strings.ToLower(q.Name)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cache == nil {
		r.cache = map[dns.Question]cached{}
	}
	if c, ok := r.cache[q]; ok && r.now().Sub(c.stored) < c.ttl+r.keep {
		return c
	}
	m := new(dns.Msg)
	m.Question = []dns.Question{q}
	r.zone().answer(m)
	ttl := uint32(30)
	for i, rr := range m.Answer {
		if t := rr.Header().Ttl; i == 0 || t < ttl {
			ttl = t
		}
	}
	c := cached{msg: m, stored: r.now(), ttl: time.Duration(ttl) * time.Second}
	r.cache[q] = c
	return c
}

// aged returns copies with the TTL run down; a stale cache shows 1 second.
func aged(rrs []dns.RR, age time.Duration) []dns.RR {
	var out []dns.RR
	for _, rr := range rrs {
		c := dns.Copy(rr)
		left := time.Duration(c.Header().Ttl)*time.Second - age
		c.Header().Ttl = uint32(max(left, time.Second) / time.Second)
		out = append(out, c)
	}
	return out
}
