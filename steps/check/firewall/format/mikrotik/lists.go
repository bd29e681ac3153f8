package mikrotik

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// addressLists fills the book of address lists. Entries that rules add while
// the router runs are not in an export.
func (l *lowering) addressLists() {
	l.lists = objects.NewAddrs("address list")
	for _, t := range tables {
		for _, it := range l.of(t.name).items {
			switch it.get("action") {
			case "add-src-to-address-list", "add-dst-to-address-list":
				if name := it.get("address-list"); !it.disabled() && l.fed[name] == 0 {
					l.fed[name] = it.line
				}
			}
		}
	}
	m := l.of("address-list")
	for _, it := range m.items {
		name := it.get("list")
		if it.disabled() || name == "" {
			continue
		}
		v := it.get("address")
		r, ok := source.Net(v)
		switch {
		case !ok:
			l.lists.Add(name, it.line, objects.UnknownAddrs(fmt.Sprintf("the host name %s in address list %s (line %d); look up its addresses and list them", v, name, it.line)))
		case it.get("timeout") != "" || it.get("dynamic") == "yes":
			l.lists.Add(name, it.line, objects.UnknownAddrs(fmt.Sprintf("how long line %d stays in address list %s", it.line, name)))
		default:
			l.lists.Add(name, it.line, objects.Of(r))
		}
	}
	for name, line := range l.fed {
		l.lists.Add(name, line, objects.UnknownAddrs(fmt.Sprintf("the addresses that line %d adds to address list %s while the router runs", line, name)))
	}
	for _, d := range m.doubts {
		for _, name := range l.lists.Names() {
			l.lists.Add(name, d.line, objects.UnknownAddrs(d.doubt))
		}
	}
}

// list is what the name of an address list stands for.
func (l *lowering) list(name string, not bool) *objects.Addrs {
	a := l.lists.Get(name)
	if len(a.Maybe) > 0 && !l.lists.Has(name) {
		a = objects.UnknownAddrs(fmt.Sprintf("address list %s, of which the file holds no entry; give the output of /export, which has them", strings.TrimSpace(name)))
	}
	if !not {
		return a
	}
	n := l.negated[name]
	if n == nil {
		n = a.Negate()
		l.negated[name] = n
	}
	return n
}

// objectBoxes are the packets that the addresses of a list send.
func objectBoxes(a *objects.Addrs) []ir.Box { return objects.Source(ir.Always(), a) }
