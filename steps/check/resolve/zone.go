package resolve

import (
	"context"
	"net/netip"
	"sort"
	"strings"
	"sync"

	"mxodus/steps/check"
)

const (
	maxServers = 16 // name servers of a zone that are asked
	maxAddrs   = 4  // addresses of one kind that are asked for one name server
	maxClimb   = 12 // labels walked up in search of the zone
)

// NameServer is one authoritative server of a zone.
type NameServer struct {
	Name  string
	Addrs []netip.Addr
	Why   string // cause when no address was found
}

// Zone is the zone a domain lies in, and who answers for it.
type Zone struct {
	Name    string
	Servers []NameServer // sorted by name
	Outcome Outcome      // OK, or how the search for the servers ended
	Why     string
	Answers []Answer // what was asked to find out
}

// Zone finds the zone cut above a domain by its SOA record, then the zone's
// name servers and their addresses, all from recursive resolvers.
func (c *Client) Zone(ctx context.Context, domain string) Zone {
	z := Zone{Name: tidy(domain)}
	if !c.findCut(ctx, &z) {
		return z
	}
	ns := c.Lookup(ctx, z.Name, TypeNS)
	z.Answers = append(z.Answers, ns)
	z.Outcome, z.Why = ns.Outcome, ns.Why
	if ns.Outcome != OK {
		return z
	}
	seen := map[string]bool{}
	for _, r := range ns.Records {
		if !seen[r.Host] && len(z.Servers) < maxServers {
			seen[r.Host] = true
			z.Servers = append(z.Servers, NameServer{Name: r.Host})
		}
	}
	sort.Slice(z.Servers, func(i, j int) bool { return z.Servers[i].Name < z.Servers[j].Name })
	var wg sync.WaitGroup
	found := make([][2]Answer, len(z.Servers))
	for i := range z.Servers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			found[i][0], found[i][1] = c.Addresses(ctx, z.Servers[i].Name)
		}()
	}
	wg.Wait()
	for i := range z.Servers {
		s := &z.Servers[i]
		for _, a := range found[i] {
			z.Answers = append(z.Answers, a)
			addrs := a.Addrs()
			s.Addrs = append(s.Addrs, addrs[:min(len(addrs), maxAddrs)]...)
		}
		if len(s.Addrs) == 0 {
			s.Why = "its address: the resolver " + found[i][0].Words()
		}
	}
	return z
}

// Words is the outcome of the search as a clause about the resolver.
func (z Zone) Words() string { return z.Outcome.because(z.Why) }

// findCut sets z.Name to the apex of the zone z.Name lies in.
func (c *Client) findCut(ctx context.Context, z *Zone) bool {
	name := z.Name
	for range maxClimb {
		a := c.Lookup(ctx, name, TypeSOA)
		z.Answers = append(z.Answers, a)
		if !a.Outcome.Conclusive() {
			z.Outcome, z.Why = a.Outcome, a.Why
			return false
		}
		if len(a.Chain) == 0 {
			for _, r := range append(append([]Record{}, a.Records...), a.Authority...) {
				if r.Type == TypeSOA && within(name, r.Name) && r.Name != "." {
					z.Name = r.Name
					return true
				}
			}
		}
		_, up, ok := strings.Cut(name, ".")
		if !ok || up == "" {
			break
		}
		name = up
	}
	z.Outcome, z.Why = NXDomain, "no zone was found for the name"
	if a := c.Believe(ctx, z.Answers[0]); !a.Outcome.Conclusive() {
		z.Outcome, z.Why = a.Outcome, a.Why
		z.Answers = append(z.Answers, a)
	}
	return false
}

// within reports whether name is zone or lies under it.
func within(name, zone string) bool {
	return name == zone || strings.HasSuffix(name, "."+zone)
}

// Authority is one address of an authoritative server as it is asked.
func (c *Client) Authority(ns string, addr netip.Addr) check.Resolver {
	port := uint16(53)
	if c.w.DNSPort > 0 {
		port = uint16(c.w.DNSPort)
	}
	return check.Resolver{Name: ns, Addr: netip.AddrPortFrom(addr, port).String()}
}
