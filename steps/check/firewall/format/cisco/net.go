package cisco

import (
	"fmt"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// Net is a network object, or a group of them (Group), as written.
type Net struct {
	Line    int
	Group   bool
	Any     bool
	Ranges  []netipx.IPRange
	Unknown []string // reasons why it is not known in full
	Members []string // names of objects and groups that it holds
}

// unreadMember is the reason for a group of which one line is not known.
func unreadMember(name string, line int) string {
	return fmt.Sprintf("a member of object-group %s that could not be read (line %d)", name, line)
}

// Unread notes that a line of the group could not be read.
func (n *Net) Unread(name string, line int) { n.Unknown = append(n.Unknown, unreadMember(name, line)) }

// Nets are network objects and groups by name, which share one space of names.
// The zero Nets is empty.
type Nets struct {
	named map[string]*Net
	names []string // in the order of the file; of one taken away and made again, more than once
}

// Make finds an object or a group, or begins one.
func (n *Nets) Make(name string, line int, group bool) *Net {
	if x := n.named[name]; x != nil {
		return x
	}
	if n.named == nil {
		n.named = map[string]*Net{}
	}
	x := &Net{Line: line, Group: group}
	n.named[name] = x
	n.names = append(n.names, name)
	return x
}

// Get finds an object or a group; nil when there is none.
func (n *Nets) Get(name string) *Net { return n.named[name] }

// Delete takes an object or a group away.
func (n *Nets) Delete(name string) { delete(n.named, name) }

// Len is how many there are.
func (n *Nets) Len() int { return len(n.named) }

// Book resolves the names; what stands for one in reasons, "object-group". One
// that is named and is not in the file stays open; with closed it holds
// nothing, which is what the file by itself says.
func (n *Nets) Book(what string, closed bool) *objects.Book[*objects.Addrs] {
	book := objects.NewAddrs(what)
	for _, name := range n.names {
		if x := n.named[name]; x != nil {
			book.Define(name, x.Line)
			book.Add(name, x.Line, &objects.Addrs{Any: x.Any, Ranges: x.Ranges, Maybe: x.Unknown})
			book.Join(name, x.Line, x.Members...)
		}
	}
	if !closed {
		return book
	}
	for _, name := range n.names {
		if x := n.named[name]; x != nil {
			for _, m := range x.Members {
				if !book.Has(m) {
					book.Define(m, x.Line)
				}
			}
		}
	}
	return book
}

// Object answers for names such as "object-group network NAME", as
// ir.Ruleset.Object does: NAME, object NAME and object network NAME, and the
// same of groups.
func (n *Nets) Object(what string) func(name string) ([]ir.Box, ir.At, bool) {
	book := n.Book(what, true)
	return func(name string) ([]ir.Box, ir.At, bool) {
		w := strings.Fields(name)
		switch {
		case len(w) == 0 || len(w) > 3, len(w) == 3 && w[1] != "network", len(w) > 1 && w[0] != "object" && w[0] != "object-group":
			return nil, ir.At{}, false
		}
		name = w[len(w)-1]
		x := n.named[name]
		if x == nil || len(w) > 1 && x.Group != (w[0] == "object-group") {
			return nil, ir.At{}, false
		}
		kind := "object network "
		if x.Group {
			kind = "object-group network "
		}
		return objects.Source(ir.Always(), book.Get(name)), ir.At{Line: x.Line, Text: kind + name}, true
	}
}

// Service is a service object or a group of services as written.
type Service struct {
	Line    int
	Own     objects.Services
	Members []string // names of objects and groups that it holds
}

// Unread notes that a line of the group could not be read.
func (s *Service) Unread(name string, line int) {
	s.Own = append(s.Own, objects.UnknownService(unreadMember(name, line))...)
}

// Enter puts it into a book under its name.
func (s *Service) Enter(book *objects.Book[objects.Services], name string) {
	book.Define(name, s.Line)
	book.Add(name, s.Line, s.Own.Merged())
	book.Join(name, s.Line, s.Members...)
}

// Protocols reads ip, tcp, udp, tcp-udp, a name or a number.
func Protocols(s string) (objects.Services, bool) {
	switch s {
	case "ip":
		return objects.AnyService(), true
	case "tcp-udp":
		return objects.Services{objects.Proto(ir.TCP), objects.Proto(ir.UDP)}, true
	}
	n, ok := Protocol(s)
	return objects.Services{objects.Proto(n)}, ok
}
