package firewall

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// askDirectory names the question that settles where the directory is.
const askDirectory = `Answer the question "At which host or address is the directory reached from outside?" with its address, and check again.`

// isDirectory reports that a need is for connections to the directory.
func isDirectory(n check.PortNeed) bool {
	return n.In && (slices.Contains([]string{"ldap-in", "ldaps-in", "gc-in"}, n.ID) ||
		strings.HasPrefix(n.ID, "port-") && slices.Contains(DirectoryPorts(), n.Port))
}

// DirectoryPorts are the ports of LDAP and of the global catalogue.
func DirectoryPorts() []uint16 { return []uint16{389, 636, 3268, 3269} }

// subjects are the addresses to ask a need of: each that was given. A public
// address that the file does not know, of a server that it knows by another,
// is asked by that.
func (c *checker) subjects(n check.PortNeed) []netip.Addr {
	if isDirectory(n) {
		return c.opt.Directory
	}
	var inside, out []netip.Addr
	for _, a := range c.opt.Inside {
		if c.use(a) && c.knows(a, n.Port) && !slices.Contains(c.opt.Servers, a) {
			inside = append(inside, a)
		}
	}
	for _, a := range c.opt.Servers {
		if len(inside) > 0 && a.Is4() == inside[0].Is4() && c.use(a) && !isPrivate(a) && !c.knows(a, n.Port) {
			if c.strandedBy(a, n.Port) == "" { // else it is this firewall that would have to
				c.scene.assume("No line names %s: another device is taken to translate it to %s before this firewall.", a, inside[0])
			}
			continue
		}
		out = append(out, a)
	}
	c.unnamed(n, out)
	return append(out, inside...)
}

// unnamed notes that one of several addresses may be none of this firewall's.
func (c *checker) unnamed(n check.PortNeed, asked []netip.Addr) {
	for _, a := range asked {
		other := func(b netip.Addr) bool { return isPrivate(b) && b.Is4() == a.Is4() && c.use(b) && c.knows(b, n.Port) }
		if isPrivate(a) || !c.use(a) || c.knows(a, n.Port) || !slices.ContainsFunc(asked, other) {
			continue
		}
		c.note(fmt.Sprintf("No line names %s. If another device translates it to an inner address before this firewall, ask about the inner address alone.", a))
	}
}

// unaddressed answers a need of the directory where its address is not known.
func (c *checker) unaddressed(n check.PortNeed) {
	ask := c.opt.AskDirectory
	if ask == "" {
		ask = "Give its address."
	}
	c.leaveOpen(n, "", c.required(true), "the address of the directory server is not known here, and the mail server need not be it. "+ask)
}

// serversOf gives each file the mail servers and the directory that it is to
// be asked about: those that it knows and those that no file knows, of the
// families that it has rules for.
func serversOf(files []file, opt CheckOptions) func(file) CheckOptions {
	of := knownTo(files, opt)
	return func(f file) CheckOptions {
		mine := of(f)
		mine.Servers = f.ofFamilies(mine.Servers, files, opt.Lockdown)
		return mine
	}
}

func knownTo(files []file, opt CheckOptions) func(file) CheckOptions {
	several := len(opt.Servers)+len(opt.Directory)+len(opt.Senders) > 1 || len(opt.Directory) > 0
	var read []file
	for _, f := range files {
		if f.decides(ir.V4) {
			read = append(read, f)
		}
	}
	if len(read) < 2 || !several {
		return func(file) CheckOptions { return opt }
	}
	known := map[*ir.Ruleset]map[netip.Addr]bool{}
	any := map[netip.Addr]bool{}
	for _, f := range read {
		c, m := newChecker(f.set, opt), map[netip.Addr]bool{}
		for _, a := range slices.Concat(opt.Servers, opt.Directory, opt.Inside, opt.Senders) {
			for _, n := range c.opt.Needs {
				m[a] = m[a] || c.use(a) && c.knows(a, n.Port)
			}
			any[a] = any[a] || m[a]
		}
		known[f.set] = m
	}
	return func(f file) CheckOptions {
		mine := opt
		of := func(all []netip.Addr) []netip.Addr {
			var out []netip.Addr
			for _, a := range all {
				if known[f.set] == nil || known[f.set][a] || !any[a] {
					out = append(out, a)
				}
			}
			return out
		}
		if s := of(opt.Servers); len(s) > 0 {
			mine.Servers = s
		}
		mine.Directory, mine.Senders = of(opt.Directory), of(opt.Senders)
		mine.Beside = len(opt.Directory) > len(mine.Directory)
		return mine
	}
}

// addresses splits the mail servers into those that are asked about and the
// inner addresses that may stand for public ones.
func addresses(in check.Input) (asked, inside []netip.Addr) {
	all, _ := servers(in)
	public := slices.DeleteFunc(slices.Clone(all), isPrivate)
	if len(public) == 0 {
		return all, nil
	}
	return public, slices.DeleteFunc(all, func(a netip.Addr) bool { return !isPrivate(a) })
}

// directory finds the addresses of the directory server: as answered, or by
// looking up the name. Why says what kept an address from being known.
func directory(ctx context.Context, w *check.World, in check.Input) (addrs []netip.Addr, ev []check.Evidence, why string) {
	if !slices.ContainsFunc(in.Ports, isDirectory) {
		return nil, nil, ""
	}
	for _, h := range in.Directory {
		h = strings.TrimSpace(h)
		if a, err := netip.ParseAddr(h); err == nil {
			addrs = append(addrs, a.Unmap())
			continue
		}
		if w == nil || h == "" {
			continue
		}
		v4, _ := resolve.For(ctx, w).Addresses(ctx, h)
		ev = append(ev, v4.Evidence())
		if found := v4.Addrs(); len(found) > 0 {
			addrs = append(addrs, found...)
			continue
		}
		why = fmt.Sprintf("%s has no IPv4 address to ask the rules for: the resolver %s %s. ", h, v4.ServerName(), v4.Words())
	}
	return addrs, ev, string(clean.Line(why))
}
