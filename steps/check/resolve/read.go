package resolve

import (
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// read fills the answer from a message that has already been found to belong
// to the question.
func (a *Answer) read(m *dns.Msg) {
	a.AA, a.AD = m.Authoritative, m.AuthenticatedData
	switch m.Rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
	case dns.RcodeServerFailure:
		a.Outcome, a.Why = ServFail, "SERVFAIL"+extended(m)
		return
	case dns.RcodeRefused:
		a.Outcome, a.Why = Refused, "REFUSED"+extended(m)
		return
	default:
		a.Outcome, a.Why = Malformed, "answer code "+rcode(m.Rcode)
		return
	}
	for _, rr := range m.Ns {
		if r, ok := record(rr); ok && (r.Type == TypeSOA || r.Type == TypeNS) {
			a.Authority = append(a.Authority, r)
		}
	}
	byName := map[string][]Record{}
	for i, rr := range m.Answer {
		if i >= MaxRecords {
			a.Cut = true
			break
		}
		if r, ok := record(rr); ok {
			byName[r.Name] = append(byName[r.Name], r)
		}
	}
	if !a.follow(byName) {
		a.Outcome, a.Why = Malformed, "its aliases (CNAME) go round in a circle or are too many"
		return
	}
	switch {
	case len(a.Records) > 0:
		a.Outcome = OK
	case m.Rcode == dns.RcodeNameError:
		a.Outcome = NXDomain
	default:
		a.Outcome = NoData
	}
}

// follow walks the aliases in the answer from the name asked for and takes the
// records at their end. Records of other names are not believed.
func (a *Answer) follow(byName map[string][]Record) bool {
	name := a.Name
	seen := map[string]bool{}
	for {
		if seen[name] || len(a.Chain) > maxChain {
			return false
		}
		seen[name] = true
		next := ""
		for _, r := range byName[name] {
			switch r.Type {
			case a.Type:
				a.Records = append(a.Records, r)
			case TypeCNAME:
				next = r.Host
			}
		}
		if len(a.Records) > 0 || next == "" {
			return true
		}
		a.Chain = append(a.Chain, next)
		name = next
	}
}

func record(rr dns.RR) (Record, bool) {
	h := rr.Header()
	if h.Class != dns.ClassINET {
		return Record{}, false
	}
	r := Record{Name: tidy(h.Name), Type: Type(h.Rrtype), TTL: h.Ttl}
	switch rr := rr.(type) {
	case *dns.A:
		r.Addr = address(rr.A)
	case *dns.AAAA:
		r.Addr = address(rr.AAAA)
	case *dns.NS:
		r.Host = tidy(rr.Ns)
	case *dns.CNAME:
		r.Host = tidy(rr.Target)
	case *dns.PTR:
		r.Host = tidy(rr.Ptr)
	case *dns.MX:
		r.Host, r.Pref = tidy(rr.Mx), rr.Preference
	case *dns.SOA:
		r.Host, r.Serial, r.MinTTL = tidy(rr.Ns), rr.Serial, rr.Minttl
	case *dns.TXT:
		r.Text = unescape(strings.Join(rr.Txt, ""))
	default:
		return Record{}, false
	}
	// RFC 2181 section 8: a TTL with the top bit set counts as zero.
	if r.TTL > 1<<31-1 {
		r.TTL = 0
	}
	return r, true
}

func address(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a.Unmap()
}

// tidy is the form of a name used everywhere: lower case, no last dot.
func tidy(name string) string {
	if name == "." {
		return name
	}
	return lower(strings.TrimSuffix(name, "."))
}

// lower folds ASCII only: DNS knows no other case.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// unescape turns the library's presentation form of a character string (\" \\
// \DDD) back into the bytes that were on the wire.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		if i+3 < len(s) && digit(s[i+1]) && digit(s[i+2]) && digit(s[i+3]) {
			n := int(s[i+1]-'0')*100 + int(s[i+2]-'0')*10 + int(s[i+3]-'0')
			b = append(b, byte(n))
			i += 3
			continue
		}
		i++
		b = append(b, s[i])
	}
	return string(b)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func rcode(n int) string {
	if s, ok := dns.RcodeToString[n]; ok {
		return s
	}
	return "unknown"
}

// extended is the server's own explanation (RFC 8914), when it gave one.
func extended(m *dns.Msg) string {
	opt := m.IsEdns0()
	if opt == nil {
		return ""
	}
	for _, o := range opt.Option {
		if e, ok := o.(*dns.EDNS0_EDE); ok {
			s := dns.ExtendedErrorCodeToString[e.InfoCode]
			if e.ExtraText != "" {
				s += ": " + e.ExtraText
			}
			return " (" + s + ")"
		}
	}
	return ""
}
