package objects

import "fmt"

// Book holds named objects and groups of them, and resolves a name to what it
// stands for. T is *Addrs or Services.
type Book[T any] struct {
	what    string
	entries map[string]*entry[T]
	union   func(...T) T
	minus   func(a, b T) T
	unknown func(reason string) T
	size    func(T) int
	work    int // what groups hold in all
}

type entry[T any] struct {
	line    int
	own     []T
	members []string
	without []string
	seen    bool // being resolved
	done    bool
	value   T
}

// maxWork bounds what the groups of a book hold in all, in ranges; a service
// counts as four besides those of its ports. Groups nested thousands deep would hold the same ones over and
// over. Groups resolved after that are not known.
const maxWork = 2_000_000

// maxServices bounds a group of services: groups of groups may name the same
// ones over and over.
const maxServices = 20_000

// NewAddrs is an empty book of addresses; what names an entry of it, such as
// "address object".
func NewAddrs(what string) *Book[*Addrs] {
	return &Book[*Addrs]{
		what: what, entries: map[string]*entry[*Addrs]{}, union: Union, minus: Minus, unknown: UnknownAddrs,
		size: func(a *Addrs) int { return len(a.Ranges) + len(a.Maybe) },
	}
}

// NewServices is an empty book of services.
func NewServices(what string) *Book[Services] {
	return &Book[Services]{
		what: what, entries: map[string]*entry[Services]{}, unknown: UnknownService, size: Services.size,
		union: func(list ...Services) Services {
			var all Services
			for _, s := range list {
				if all = append(all, s...); len(all) > maxServices {
					return UnknownService("a group of more services than are read")
				}
			}
			return all.Merged()
		},
		minus: func(_, _ Services) Services {
			return UnknownService("a group of services that leaves some out")
		},
	}
}

func (b *Book[T]) entry(name string, line int) *entry[T] {
	e := b.entries[name]
	if e == nil {
		e = &entry[T]{line: line}
		b.entries[name] = e
	}
	e.done = false
	return e
}

// Define says that a name has no members but those added from now on.
func (b *Book[T]) Define(name string, line int) { b.entries[name] = &entry[T]{line: line} }

// Add adds a value to a name, which is made at first.
func (b *Book[T]) Add(name string, line int, v T) {
	e := b.entry(name, line)
	e.own = append(e.own, v)
}

// Join adds other names to a name.
func (b *Book[T]) Join(name string, line int, members ...string) {
	e := b.entry(name, line)
	e.members = append(e.members, members...)
}

// Leave takes what other names stand for out of a name.
func (b *Book[T]) Leave(name string, line int, members ...string) {
	e := b.entry(name, line)
	e.without = append(e.without, members...)
}

// Delete forgets a name.
func (b *Book[T]) Delete(name string) { delete(b.entries, name) }

// Has reports whether a name is in the book.
func (b *Book[T]) Has(name string) bool { return b.entries[name] != nil }

// Line is where a name was first defined; 0 when it is not in the book.
func (b *Book[T]) Line(name string) int {
	if e := b.entries[name]; e != nil {
		return e.line
	}
	return 0
}

// Names lists all names, in no order.
func (b *Book[T]) Names() []string {
	out := make([]string, 0, len(b.entries))
	for n := range b.entries {
		out = append(out, n)
	}
	return out
}

// Get is what a name stands for. A name that is not in the book, or a group
// that contains itself, is not known for that reason. Add and Join after Get
// of a group that contains the name are not seen by it: fill the book first.
func (b *Book[T]) Get(name string) T {
	if e := b.entries[name]; e != nil && !e.done && !e.seen {
		b.resolve(e)
	}
	return b.value(name)
}

// value is what a name stands for whose members are resolved.
func (b *Book[T]) value(name string) T {
	e := b.entries[name]
	switch {
	case e == nil:
		return b.unknown(fmt.Sprintf("%s %s, which is not in the file", b.what, name))
	case e.done:
		return e.value
	}
	return b.unknown(fmt.Sprintf("%s %s (line %d), which contains itself", b.what, name, e.line))
}

// resolve resolves an entry, members first. It keeps its place in a list of
// its own: groups may be nested deeper than calls should be.
func (b *Book[T]) resolve(e *entry[T]) {
	type place struct {
		e    *entry[T]
		next int
	}
	e.seen = true
	for stack := []place{{e: e}}; len(stack) > 0; {
		at := &stack[len(stack)-1]
		if n := len(at.e.members); at.next < n+len(at.e.without) {
			member := ""
			if at.next < n {
				member = at.e.members[at.next]
			} else {
				member = at.e.without[at.next-n]
			}
			at.next++
			if m := b.entries[member]; m != nil && !m.done && !m.seen {
				m.seen = true
				stack = append(stack, place{e: m})
			}
			continue
		}
		b.settle(at.e)
		stack = stack[:len(stack)-1]
	}
}

// settle joins what an entry holds, once its members are resolved.
func (b *Book[T]) settle(e *entry[T]) {
	all := append([]T{}, e.own...)
	for _, m := range e.members {
		all = append(all, b.value(m))
	}
	e.seen, e.done = false, true
	if len(all) == 1 && len(e.without) == 0 {
		e.value = all[0]
		return
	}
	work := 1
	for _, v := range all {
		work += b.size(v) * (1 + len(e.without))
	}
	for _, m := range e.without {
		work += b.size(b.value(m))
	}
	if b.work += work; b.work > maxWork {
		b.work = maxWork
		e.value = b.unknown(fmt.Sprintf("a group that holds too many others to be read, as the %s in line %d", b.what, e.line))
		return
	}
	v := b.union(all...)
	for _, m := range e.without {
		v = b.minus(v, b.value(m))
	}
	e.value = v
}
