package format

// Feature is something that rules of firewalls have.
type Feature string

// Features, in the order of the table.
const (
	Order      Feature = "order of rules"
	Default    Feature = "default action"
	Groups     Feature = "objects and groups"
	Negation   Feature = "negation"
	Disabled   Feature = "disabled rules"
	Schedules  Feature = "schedules"
	Interfaces Feature = "interfaces or zones"
	DNAT       Feature = "translated destinations"
	OneToOne   Feature = "one-to-one translation"
	Replies    Feature = "replies"
	IPv6       Feature = "IPv6"
	Names      Feature = "host names"
	Apps       Feature = "applications and users"
	Writes     Feature = "rules are written"
)

// Features lists all in order.
func Features() []Feature {
	return []Feature{
		Order, Default, Groups, Negation, Disabled, Schedules, Interfaces, DNAT, OneToOne, Replies, IPv6, Names, Apps, Writes,
	}
}

// How a feature is read.
type How string

// Values of How. Open is read and leaves undecided what it touches; None is
// something that the format does not have.
const (
	Exact How = "exact"
	Part  How = "in part"
	Open  How = "cannot tell"
	None  How = "-"
)

// Supports says how each feature is read. A test asks that every format names
// every feature.
type Supports map[Feature]How
