package demo

import (
	"fmt"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"mxodus/steps"
	"mxodus/steps/region"
)

// zone is what the authoritative servers of the made-up internet know. One
// lock guards it all: the demonstration is small.
type zone struct {
	mu      sync.RWMutex
	serial  uint32
	records map[string][]dns.RR // by lower-case name with final dot
	apexes  map[string]bool     // zone cuts
}

func newZone() *zone {
	return &zone{serial: 2026112101, records: map[string][]dns.RR{}, apexes: map[string]bool{}}
}

// add takes records in master-file form; our own constants, so an error is a
// fault of the program.
func (z *zone) add(lines ...string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.insert(lines)
}

func (z *zone) insert(lines []string) {
	for _, l := range lines {
		rr, err := dns.NewRR(l)
		if err != nil || rr == nil {
			panic(fmt.Sprintf("demo: record %q: %v", l, err))
		}
		name := strings.ToLower(rr.Header().Name)
		z.records[name] = append(z.records[name], rr)
		if rr.Header().Rrtype == dns.TypeSOA {
			z.apexes[name] = true
		}
	}
}

// replace puts a new set in the place of all records of one name and type and
// raises the serial, as saving a zone does.
func (z *zone) replace(name string, rrtype uint16, lines ...string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	var kept []dns.RR
	for _, rr := range z.records[name] {
		if rr.Header().Rrtype != rrtype {
			kept = append(kept, rr)
		}
	}
	z.records[name] = kept
	z.serial++
	z.insert(lines)
}

// copyOf returns the records as they are, for a secondary that lags behind.
func (z *zone) copyOf() *zone {
	z.mu.RLock()
	defer z.mu.RUnlock()
	c := newZone()
	c.serial = z.serial
	for n, rrs := range z.records {
		c.records[n] = append([]dns.RR(nil), rrs...)
	}
	for n := range z.apexes {
		c.apexes[n] = true
	}
	return c
}

// apex returns the zone cut at or above name, "" when there is none.
func (z *zone) apex(name string) string {
	for _, off := range append(dns.Split(name), len(name)) {
		if off >= len(name) {
			break
		}
		if z.apexes[name[off:]] {
			return name[off:]
		}
	}
	return ""
}

// answer fills a reply for one question, with the SOA in the authority section
// of a negative one (RFC 2308).
func (z *zone) answer(m *dns.Msg) {
	z.mu.RLock()
	defer z.mu.RUnlock()
	q := m.Question[0]
	name := strings.ToLower(q.Name)
	for _, rr := range z.records[name] {
		t := rr.Header().Rrtype
		if t == q.Qtype || t == dns.TypeCNAME {
			c := dns.Copy(rr)
			if soa, ok := c.(*dns.SOA); ok {
				soa.Serial = z.serial
			}
			m.Answer = append(m.Answer, c)
		}
	}
	if len(m.Answer) > 0 {
		return
	}
	if len(z.records[name]) == 0 && !z.hasChild(name) {
		m.Rcode = dns.RcodeNameError
	}
	for _, rr := range z.records[z.apex(name)] {
		if soa, ok := dns.Copy(rr).(*dns.SOA); ok {
			soa.Serial = z.serial
			m.Ns = append(m.Ns, soa)
		}
	}
}

func (z *zone) hasChild(name string) bool {
	for n := range z.records {
		if strings.HasSuffix(n, "."+name) {
			return true
		}
	}
	return false
}

// Addresses of the made-up internet (RFC 5737).
const (
	ns1Name, ns2Name = "ns1.dnshost.example", "ns2.dnshost.example"
	ns1Addr, ns2Addr = "192.0.2.53", "192.0.2.54"
	oldTTL           = 30 // seconds, short so that it runs down while one looks on
)

// organisation is one made-up customer.
type organisation struct {
	name       string
	domains    []string // the first one is the primary domain
	mailServer string   // public address of the customer's own server
	spf        string   // present SPF record
	mx         []string // where mail arrives today
	profile    steps.Profile
}

// organisations are the two whose moves the demonstration opens with.
func organisations() []organisation {
	eu, _ := region.Find("eu")
	return []organisation{
		{
			name:    "Harbour and Vine Pty Ltd",
			domains: []string{"harbourvine.example", "harbourvine-wines.example"}, mailServer: "203.0.113.25",
			spf: "v=spf1 ip4:203.0.113.25 include:spf.newsletter.example -all",
			mx:  []string{"mail.harbourvine.example"},
			profile: steps.Profile{
				Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem,
			},
		},
		{
			name:    "Tidewater Marine",
			domains: []string{"tidewater.example"}, mailServer: "198.51.100.25",
			spf: "v=spf1 include:" + eu.SPFInclude + " ip4:198.51.100.25 ~all",
			mx:  eu.InboundMX,
			profile: steps.Profile{
				Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au", Platform: steps.OnPrem,
			},
		},
	}
}

// fill puts the organisations, the gateway's hosts and the regions' SPF
// records into the zone.
func (z *zone) fill() {
	apexes := []string{"dnshost.example", "newsletter.example", "mimecast.com", "mimecast.co.za"}
	for _, o := range organisations() {
		apexes = append(apexes, o.domains...)
		for _, d := range o.domains {
			z.add(
				d+`. 60 IN TXT "`+o.spf+`"`,
				"_dmarc."+d+`. 60 IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@`+o.domains[0]+`"`,
			)
			z.add(mxLines(d, o.mx, oldTTL)...)
		}
		z.add(
			"mail."+o.domains[0]+". 60 IN A "+o.mailServer,
			"ldap."+o.domains[0]+". 60 IN A "+o.mailServer, // published through the same address
		)
	}
	for _, a := range apexes {
		z.add(
			a+". 300 IN SOA "+ns1Name+". hostmaster."+a+". 1 3600 600 604800 30",
			a+". 300 IN NS "+ns1Name+".", a+". 300 IN NS "+ns2Name+".",
		)
	}
	z.add(
		ns1Name+". 300 IN A "+ns1Addr, ns2Name+". 300 IN A "+ns2Addr,
		`spf.newsletter.example. 60 IN TXT "v=spf1 ip4:198.51.100.64/28 -all"`,
	)
	for _, r := range region.All() {
		z.addRegion(r)
	}
}

func mxLines(domain string, hosts []string, ttl int) []string {
	var out []string
	for _, h := range hosts {
		out = append(out, fmt.Sprintf("%s. %d IN MX 10 %s.", domain, ttl, h))
	}
	return out
}

// addRegion gives each host of a region an address inside the region's first
// range, and publishes the region's ranges as its SPF record.
func (z *zone) addRegion(r region.Region) {
	addrs := hostAddresses(r)
	for _, h := range hostsOf(r) {
		if a, ok := addrs[h]; ok {
			z.add(h + ". 120 IN A " + a)
		}
	}
	if r.SPFInclude == "" || len(r.Ranges) == 0 || !strings.HasSuffix(r.SPFInclude, ".mimecast.com") {
		return
	}
	var terms []string
	for _, p := range r.Prefixes() {
		terms = append(terms, "ip4:"+p.String())
	}
	// strings of a TXT record hold at most 255 bytes (RFC 1035 section 3.3)
	line := "v=spf1 " + strings.Join(terms, " ") + " ~all"
	var chunks []string
	for len(line) > 200 {
		chunks = append(chunks, `"`+line[:200]+`"`)
		line = line[200:]
	}
	chunks = append(chunks, `"`+line+`"`)
	z.add(r.SPFInclude + ". 120 IN TXT " + strings.Join(chunks, " "))
}

func hostsOf(r region.Region) []string {
	var all []string
	for _, list := range [][]string{r.InboundMX, r.Outbound, r.OutboundM365, r.Journal} {
		all = append(all, list...)
	}
	return all
}

// hostAddresses places the hosts of a region one after another in its first
// range that is wide enough; regions without a known range get none.
func hostAddresses(r region.Region) map[string]string {
	out := map[string]string{}
	for _, p := range r.Prefixes() {
		if p.Bits() > 25 {
			continue
		}
		a := p.Addr().Next()
		for range 9 { // leave the first few free, as real networks do
			a = a.Next()
		}
		for _, h := range hostsOf(r) {
			out[h] = a.String()
			a = a.Next()
		}
		break
	}
	return out
}
