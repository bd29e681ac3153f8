package checktest

import (
	"net"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// DNSServer answers from zones over UDP and TCP.
type DNSServer struct {
	// Addr is the real address, host:port.
	Addr string

	mu     sync.Mutex
	zones  map[string][]dns.RR // by origin
	opt    Behaviour
	hook   Hook
	since  time.Time
	clock  func() time.Time
	asked  map[string]int
	sealed bool
}

// Behaviour changes how a server answers.
type Behaviour struct {
	Recursive bool          // plays a resolver: RA, no AA, follows aliases
	DropUDP   bool          // never answers over UDP
	DropTCP   bool          // closes TCP connections
	Rcode     int           // when not zero, the code of every answer
	Delay     time.Duration // before every answer
	Truncate  bool          // UDP answers are cut off, TCP ones whole
	WrongID   bool
	Lower     bool // repeats the question in lower case, as old servers do
	NoEDNS    bool // FORMERR to questions with EDNS
	Lame      bool // answers without AA and without data
	AD        bool
}

// Hook may answer a question itself, with raw packets (for TCP without the
// length); ok false leaves it to the zones.
type Hook func(network string, q *dns.Msg) (packets [][]byte, ok bool)

// DNS starts a server. Each zone is a master file; a $ORIGIN line at its top
// (RFC 1035 section 5.1) names it.
func DNS(tb TB, zones ...string) *DNSServer {
	tb.Helper()
	s := &DNSServer{zones: map[string][]dns.RR{}, asked: map[string]int{}, clock: time.Now}
	s.since = s.clock()
	for _, z := range zones {
		s.SetZone(tb, z)
	}
	udp, tcp := listen(tb)
	s.Addr = tcp.Addr().String()
	for _, srv := range []*dns.Server{
		{PacketConn: udp, Handler: s.handler("udp")},
		{Listener: tcp, Handler: s.handler("tcp")},
	} {
		started := make(chan struct{})
		srv.NotifyStartedFunc = func() { close(started) }
		failed := make(chan error, 1)
		go func() { failed <- srv.ActivateAndServe() }()
		select {
		case <-started:
		case err := <-failed:
			tb.Fatalf("dns server: %v", err)
		}
		tb.Cleanup(func() { _ = srv.Shutdown() })
	}
	return s
}

// DNS starts a server on a made-up address, port 53.
func (n *Internet) DNS(addr string, zones ...string) *DNSServer {
	n.tb.Helper()
	s := DNS(n.tb, zones...)
	n.Route(net.JoinHostPort(addr, "53"), s.Addr)
	return s
}

// SetZone adds a zone or replaces the one of the same origin.
func (s *DNSServer) SetZone(tb TB, text string) {
	tb.Helper()
	var rrs []dns.RR
	origin := ""
	if f := strings.Fields(text); len(f) > 1 && f[0] == "$ORIGIN" {
		origin = dns.CanonicalName(f[1])
	}
	p := dns.NewZoneParser(strings.NewReader(text), ".", "")
	p.SetDefaultTTL(300)
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		rrs = append(rrs, rr)
	}
	if err := p.Err(); err != nil {
		tb.Fatalf("zone %s: %v", origin, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.zones[origin] = rrs
	s.since = s.clock()
}

// Behave sets the behaviour from now on.
func (s *DNSServer) Behave(b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt = b
}

// Handle sets a hook that sees every question first.
func (s *DNSServer) Handle(h Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = h
}

// CountDown makes TTLs run down by the clock from now on, as in a cache.
func (s *DNSServer) CountDown(clock func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock, s.since = clock, clock()
	s.sealed = true
}

// Asked is how many questions of that name and type came, e.g. ("a.test", "MX").
func (s *DNSServer) Asked(name, typ string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[dns.CanonicalName(name)+" "+typ]
}

// AskedAll is how many questions came.
func (s *DNSServer) AskedAll() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, v := range s.asked {
		n += v
	}
	return n
}

func (s *DNSServer) handler(network string) dns.HandlerFunc {
	return func(w dns.ResponseWriter, q *dns.Msg) {
		s.mu.Lock()
		opt, hook := s.opt, s.hook
		if len(q.Question) == 1 {
			qq := q.Question[0]
			s.asked[dns.CanonicalName(qq.Name)+" "+dns.TypeToString[qq.Qtype]]++
		}
		s.mu.Unlock()
		if opt.Delay > 0 {
			time.Sleep(opt.Delay)
		}
		if hook != nil {
			if packets, ok := hook(network, q); ok {
				for _, p := range packets {
					_, _ = w.Write(p)
				}
				return
			}
		}
		if network == "udp" && opt.DropUDP {
			return
		}
		if network == "tcp" && opt.DropTCP {
			w.Close()
			return
		}
		m := s.answer(q, opt)
		if network == "udp" {
			size := 512
			if e := q.IsEdns0(); e != nil {
				size = int(e.UDPSize())
			}
			if m.Truncate(size); opt.Truncate {
				m.Truncated, m.Answer, m.Ns = true, nil, nil
			}
		}
		_ = w.WriteMsg(m)
	}
}

func (s *DNSServer) answer(q *dns.Msg, opt Behaviour) *dns.Msg {
	m := new(dns.Msg)
	m.SetReply(q)
	m.Compress = true
	m.AuthenticatedData = opt.AD
	m.RecursionAvailable, m.Authoritative = opt.Recursive, !opt.Recursive && !opt.Lame
	if opt.WrongID {
		m.Id++
	}
	if len(q.Question) != 1 {
		m.Rcode = dns.RcodeFormatError
		return m
	}
	if q.IsEdns0() != nil {
		if opt.NoEDNS {
			m.Rcode = dns.RcodeFormatError
			return m
		}
		m.SetEdns0(1232, false)
	}
	name := dns.CanonicalName(q.Question[0].Name)
	if opt.Lower {
		m.Question[0].Name = name
	}
	switch {
	case opt.Rcode != 0:
		m.Rcode = opt.Rcode
	case !opt.Lame:
		s.mu.Lock()
		s.fill(m, name, q.Question[0].Qtype, opt)
		s.mu.Unlock()
	}
	return m
}

// fill answers from the zones; aliases are followed as far as the server knows.
func (s *DNSServer) fill(m *dns.Msg, name string, qtype uint16, opt Behaviour) {
	for range 20 {
		origin, ok := s.zoneOf(name)
		if !ok {
			if len(m.Answer) == 0 {
				m.Rcode = dns.RcodeRefused
				if opt.Recursive {
					m.Rcode = dns.RcodeNameError
				}
			}
			return
		}
		exists, alias := false, ""
		for _, rr := range s.zones[origin] {
			h := rr.Header()
			owner := dns.CanonicalName(h.Name)
			if owner == name || strings.HasSuffix(owner, "."+name) {
				exists = true
			}
			if owner != name {
				continue
			}
			if h.Rrtype == qtype || h.Rrtype == dns.TypeCNAME {
				m.Answer = append(m.Answer, s.aged(rr))
			}
			if c, ok := rr.(*dns.CNAME); ok && qtype != dns.TypeCNAME {
				alias = dns.CanonicalName(c.Target)
			}
		}
		if alias == "" {
			if !exists {
				m.Rcode = dns.RcodeNameError
			}
			if len(m.Answer) == 0 || m.Answer[len(m.Answer)-1].Header().Rrtype == dns.TypeCNAME {
				s.negative(m, origin)
			}
			return
		}
		name = alias
	}
}

func (s *DNSServer) negative(m *dns.Msg, origin string) {
	for _, rr := range s.zones[origin] {
		if rr.Header().Rrtype == dns.TypeSOA {
			m.Ns = append(m.Ns, s.aged(rr))
		}
	}
}

func (s *DNSServer) zoneOf(name string) (string, bool) {
	best, found := "", false
	for origin := range s.zones {
		if (name == origin || strings.HasSuffix(name, "."+origin) || origin == ".") && len(origin) >= len(best) {
			best, found = origin, true
		}
	}
	return best, found
}

func (s *DNSServer) aged(rr dns.RR) dns.RR {
	rr = dns.Copy(rr)
	if s.sealed {
		gone := uint32(max(0, s.clock().Sub(s.since)/time.Second))
		h := rr.Header()
		h.Ttl -= min(gone, h.Ttl)
	}
	return rr
}
