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

// maxServices bounds a group of services: groups of groups may name the same
// ones over and over.
const maxServices = 20_000

// NewAddrs is an empty book of addresses; what names an entry of it, such as
// "address object".
func NewAddrs(what string) *Book[*Addrs] {
	return &Book[*Addrs]{what: what, entries: map[string]*entry[*Addrs]{}, union: Union, minus: Minus, unknown: UnknownAddrs}
}

// NewServices is an empty book of services.
func NewServices(what string) *Book[Services] {
	return &Book[Services]{
		what: what, entries: map[string]*entry[Services]{}, unknown: UnknownService,
		union: func(list ...Services) Services {
			var all Services
			for _, s := range list {
				if all = append(all, s...); len(all) > maxServices {
					return UnknownService("a group of more services than are read")
				}
			}
			return all
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
	e := b.entries[name]
	switch {
	case e == nil:
		return b.unknown(fmt.Sprintf("%s %s, which is not in the file", b.what, name))
	case e.done:
		return e.value
	case e.seen:
		return b.unknown(fmt.Sprintf("%s %s (line %d), which contains itself", b.what, name, e.line))
	}
	e.seen = true
	all := append([]T{}, e.own...)
	for _, m := range e.members {
		all = append(all, b.Get(m))
	}
	v := b.union(all...)
	for _, m := range e.without {
		v = b.minus(v, b.Get(m))
	}
	e.seen, e.done, e.value = false, true, v
	return v
}
