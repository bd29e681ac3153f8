// Package resolve asks DNS servers and keeps what they said as evidence.
//
// It is the only package that knows the DNS library. Every query goes through
// check.World.Dial on a socket of its own with a random ID and a question in
// mixed case; an answer that does not fit both is not believed (RFC 5452).
// Outcomes are told apart because a check must not call a time-out a fault of
// the zone: only OK, NoData and NXDomain say something about the zone.
package resolve

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// Type is a DNS record type by its number.
type Type uint16

// Record types asked for.
const (
	TypeA     = Type(dns.TypeA)
	TypeNS    = Type(dns.TypeNS)
	TypeCNAME = Type(dns.TypeCNAME)
	TypeSOA   = Type(dns.TypeSOA)
	TypePTR   = Type(dns.TypePTR)
	TypeMX    = Type(dns.TypeMX)
	TypeTXT   = Type(dns.TypeTXT)
	TypeAAAA  = Type(dns.TypeAAAA)
)

// String is the type's mnemonic, e.g. "MX".
func (t Type) String() string { return dns.Type(t).String() }

// Outcome says how a question ended.
type Outcome string

// Outcomes. The first three are statements of the server about the name; the
// others say only that nothing was learnt.
const (
	OK        Outcome = "ok"
	NoData    Outcome = "nodata"   // the name exists, the type does not
	NXDomain  Outcome = "nxdomain" // the name does not exist
	ServFail  Outcome = "servfail"
	Refused   Outcome = "refused"
	Timeout   Outcome = "timeout"
	Network   Outcome = "network"   // no route, connection refused, reset
	Malformed Outcome = "malformed" // an answer that cannot be read or believed
	Cancelled Outcome = "cancelled"
	NotAsked  Outcome = "not asked" // the server gave nothing before in this run
	Enclosed  Outcome = "enclosed"  // the server shows a network of its own, not the internet
)

// Conclusive reports whether the server said something about the name.
func (o Outcome) Conclusive() bool { return o == OK || o == NoData || o == NXDomain }

// Words is the outcome as a clause about a server, e.g. "gave no answer".
func (o Outcome) Words() string {
	switch o {
	case OK:
		return "answered"
	case NoData:
		return "has no such record"
	case NXDomain:
		return "says the name does not exist"
	case ServFail:
		return "could not find the answer itself (SERVFAIL)"
	case Refused:
		return "refuses to answer (REFUSED)"
	case Timeout:
		return "gave no answer in time"
	case Network:
		return "could not be reached"
	case Malformed:
		return "gave an answer that cannot be used"
	case Cancelled:
		return "was not waited for"
	case NotAsked:
		return afterSilence
	case Enclosed:
		return "says that nothing exists, not even com, so it does not show the internet"
	}
	return string(o)
}

// Why a server was not asked again: only one that could be reached was silent.
const (
	afterSilence = "was not asked again after it stayed silent"
	afterRefusal = "was not asked again after it could not be reached"
)

// MaxRecords is how many records of one answer are read. The largest message
// holds about 4,000 MX records.
const MaxRecords = 5000

// maxChain is how many aliases are followed inside one answer.
const maxChain = 16

// Record is one resource record. Which fields are set depends on Type. Names
// are lower case without the last dot ("." is the root), in the escaped form
// of RFC 1035 section 5.1, so they hold printable ASCII only.
type Record struct {
	Name   string
	Type   Type
	TTL    uint32 // seconds
	Host   string // NS, CNAME, PTR, MX; for SOA the primary server
	Pref   uint16 // MX
	Addr   netip.Addr
	Text   string // TXT: the strings joined without a blank (RFC 7208 section 3.3); raw bytes
	Serial uint32 // SOA
	MinTTL uint32 // SOA: how long a "no" may be kept (RFC 2308)
}

// Answer is what one server said to one question.
type Answer struct {
	Server    check.Resolver
	Name      string // as asked, without the last dot
	Type      Type
	Recursive bool
	Unchecked bool // DNSSEC was not to be checked
	Outcome   Outcome
	Records   []Record // of the asked type, at the end of the chain of aliases
	Chain     []string // aliases followed, in order
	Authority []Record // SOA and NS of the authority section
	AA, AD    bool     // authoritative; validated by the server
	Cut       bool     // more records than MaxRecords
	Net       string   // udp or tcp
	At        time.Time
	Took      time.Duration
	Why       string // cause of a failure; may hold text from outside
	wire      []byte
}

// Raw is the answer as text, or the cause why there is none.
func (a Answer) Raw() clean.Shown {
	if len(a.wire) == 0 {
		return clean.Sprintf("no answer: %s", a.reason())
	}
	var m dns.Msg
	if err := m.Unpack(a.wire); err != nil {
		return clean.Sprintf("%d bytes that are not a DNS message (%s): %s", len(a.wire), err, hex.EncodeToString(a.wire[:min(len(a.wire), 512)]))
	}
	text := clean.Text(m.String())
	if !a.Outcome.Conclusive() && a.Why != "" {
		text = clean.Sprintf("%s\n", "not used: "+a.Why) + text
	}
	return text
}

// Words is the outcome as a clause about the server, as Outcome.Words has it,
// with why a server was not asked again.
func (a Answer) Words() string { return a.Outcome.because(a.Why) }

// because is Words, with why a server was not asked again.
func (o Outcome) because(why string) string {
	if o == NotAsked && why != "" {
		return why
	}
	return o.Words()
}

func (a Answer) reason() string {
	if a.Why != "" {
		return a.Why
	}
	return a.Outcome.Words()
}

// Evidence is the answer in the form checks keep.
func (a Answer) Evidence() check.Evidence {
	e := check.Evidence{
		Kind:   "dns",
		Server: a.ServerName(),
		Asked:  clean.Sprintf("%s %s", a.Name, a.Type.String()),
		At:     a.At.UTC(),
		Raw:    a.Raw(),
	}
	if len(a.wire) > 0 {
		sum := sha256.Sum256(a.wire)
		e.SHA256 = hex.EncodeToString(sum[:])
	}
	return e
}

// ServerName names the server with its address, once; the port only where it is
// not the usual one.
func (a Answer) ServerName() clean.Shown {
	addr := strings.TrimSuffix(a.Server.Addr, ":53")
	if strings.HasPrefix(addr, "[") && strings.HasSuffix(addr, "]") {
		addr = strings.Trim(addr, "[]")
	}
	if a.Server.Name == "" || a.Server.Name == addr {
		return clean.Line(addr)
	}
	return clean.Sprintf("%s (%s)", a.Server.Name, addr)
}

// Dig is the command that repeats the question.
func (a Answer) Dig() clean.Shown {
	host, port := a.Server.Addr, ""
	if ap, err := netip.ParseAddrPort(a.Server.Addr); err == nil {
		host = ap.Addr().String()
		if ap.Port() != 53 {
			port = fmt.Sprintf(" -p %d", ap.Port())
		}
	}
	flag := ""
	switch {
	case !a.Recursive:
		flag = "+norec "
	case a.Unchecked:
		flag = "+cd "
	}
	return clean.Sprintf("dig %s@%s%s %s %s", flag, host, port, a.Type.String(), a.Name)
}

// Serial is the serial of the first SOA record in the answer.
func (a Answer) Serial() (uint32, bool) {
	for _, r := range a.Records {
		if r.Type == TypeSOA {
			return r.Serial, true
		}
	}
	return 0, false
}

// Addrs are the addresses in the answer.
func (a Answer) Addrs() []netip.Addr {
	var out []netip.Addr
	for _, r := range a.Records {
		if r.Addr.IsValid() {
			out = append(out, r.Addr)
		}
	}
	return out
}

// MX are the mail exchangers in the answer, in the answer's order.
func (a Answer) MX() []check.MX {
	var out []check.MX
	for _, r := range a.Records {
		if r.Type == TypeMX {
			out = append(out, check.MX{Host: r.Host, Pref: r.Pref, TTL: r.TTL})
		}
	}
	return out
}
