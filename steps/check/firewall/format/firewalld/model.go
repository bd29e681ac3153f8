package firewalld

import (
	"slices"
	"strings"
)

// entry is one thing that a zone or a policy has, and where it is said.
type entry struct {
	text string
	line int
	raw  string // as it stands in the file
}

// zone is a zone or, with policy, a policy between zones.
type zone struct {
	name     string
	line     int
	policy   bool
	known    bool // what it is was told, not only what was added
	target   string
	targetAt entry
	priority int
	forward  string // yes, no, or "" where the file does not say
	masq     entry
	invert   bool

	interfaces, sources, services, ports, protocols, sourcePorts []entry
	forwardPorts, icmpBlocks, rich                               []entry
	ingress, egress                                              []entry
}

// list is where entries of a kind are, by the word for one of them or for all,
// as a listing has it or an option of firewall-cmd; nil for any other word.
func (z *zone) list(key string) *[]entry {
	switch strings.ReplaceAll(strings.TrimSuffix(key, "s"), " ", "-") {
	case "interface":
		return &z.interfaces
	case "source":
		return &z.sources
	case "service":
		return &z.services
	case "port":
		return &z.ports
	case "protocol":
		return &z.protocols
	case "source-port":
		return &z.sourcePorts
	case "forward-port":
		return &z.forwardPorts
	case "icmp-block":
		return &z.icmpBlocks
	case "rich-rule":
		return &z.rich
	case "ingress-zone":
		return &z.ingress
	case "egress-zone":
		return &z.egress
	}
	return nil
}

// add adds an entry that is not there yet.
func add(list *[]entry, e entry) {
	if !slices.ContainsFunc(*list, func(x entry) bool { return same(x.text, e.text) }) {
		*list = append(*list, e)
	}
}

func remove(list *[]entry, text string) {
	*list = slices.DeleteFunc(*list, func(x entry) bool { return same(x.text, text) })
}

// same compares entries as firewalld does, which writes them anew.
func same(a, b string) bool {
	norm := func(s string) string {
		s = strings.NewReplacer(`"`, "", "'", "", ":toaddr=", "").Replace(s + " ")
		return strings.Join(strings.Fields(s), " ")
	}
	return norm(a) == norm(b)
}

// config is all that was read.
type config struct {
	zones     map[string]*zone
	policies  map[string]*zone
	byDefault string // the default zone; "" where the file does not say
}

func (c *config) zone(name string, line int) *zone {
	z := c.zones[name]
	if z == nil {
		z = &zone{name: name, line: line, target: "default"}
		c.zones[name] = z
	}
	return z
}

func (c *config) pol(name string, line int) *zone {
	z := c.policies[name]
	if z == nil {
		z = &zone{name: name, line: line, policy: true, target: "CONTINUE", priority: -1}
		c.policies[name] = z
	}
	return z
}

// sorted lists zones by name, and policies by priority and name.
func sorted(m map[string]*zone) []*zone {
	var out []*zone
	for _, z := range m {
		out = append(out, z)
	}
	slices.SortFunc(out, func(a, b *zone) int {
		if a.priority != b.priority {
			return a.priority - b.priority
		}
		return strings.Compare(a.name, b.name)
	})
	return out
}
