package windows

import (
	"fmt"
	"slices"
	"strings"
)

// rule is one rule, whatever form it came in. Lists that are empty, or hold
// Any alone, are no condition.
type rule struct {
	line           int
	name, display  string
	group          string
	text           string // as quoted; "" makes one of the rest
	enabled        bool
	out            bool
	action         action
	profiles       profile
	source         string // Local, GroupPolicy; "" when not told
	protocol       string
	localPort      []string
	remotePort     []string
	icmp           []string
	local, remote  []string
	program        string
	service        string
	pkg            string
	interfaces     []string
	interfaceTypes []string
	secure         []string // conditions of IPsec and of users, in words
	override       bool
	doubt          string // why it is not known what the rule is
}

type action uint8

const (
	allow action = iota + 1
	block
)

// profile is a set of profiles.
type profile uint8

const (
	domain profile = 1 << iota
	private
	public
	anyProfile = domain | private | public
)

var profileNames = map[profile]string{domain: "Domain", private: "Private", public: "Public"}

// profilesOf reads a list of profiles: names, or the number that stands for
// them in the vendor's enumeration; false when one is not known.
func profilesOf(list []string) (profile, bool) {
	var out profile
	for _, v := range list {
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "", "any", "all", "0", "2147483647", "notapplicable":
			return anyProfile, true
		case "domain":
			out |= domain
		case "private", "standard":
			out |= private
		case "public":
			out |= public
		case "1", "2", "3", "4", "5", "6", "7":
			out |= profile(v[0] - '0')
		default:
			return anyProfile, false
		}
	}
	if out == 0 {
		return anyProfile, true
	}
	return out, true
}

// setProfiles takes the profiles that a rule is of.
func (r *rule) setProfiles(list []string) {
	var ok bool
	if r.profiles, ok = profilesOf(list); !ok {
		r.doubt = "the profiles of the rule in line " + itoa(r.line)
	}
}

// Conditions of which a file does not tell whether they are met.
const (
	ipsec     = "a secured connection (IPsec)"
	sender    = "which user or computer sends"
	elsewhere = "addresses that are kept elsewhere"
)

// isAny reports a list that is no condition.
func isAny(list []string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(s string) bool {
		return s == "" && len(list) == 1 || strings.EqualFold(s, "any") || s == "*"
	})
}

func anyText(s string) bool { return s == "" || strings.EqualFold(s, "any") }

// title is what a person knows the rule by.
func (r *rule) title() string {
	t := r.display
	if t == "" {
		t = r.name
	}
	if r.text != "" && t == "" {
		return r.text
	}
	return t
}

// shown is one line that tells the rule: its name and gist.
func (r *rule) shown() string {
	if r.text != "" {
		return r.text
	}
	dir, what := "Inbound", map[action]string{allow: "Allow", block: "Block"}[r.action]
	if r.out {
		dir = "Outbound"
	}
	gist := []string{dir, what}
	if !anyText(r.protocol) {
		gist = append(gist, r.protocol)
	}
	for _, x := range []struct {
		name string
		list []string
	}{{"local port", r.localPort}, {"remote port", r.remotePort}, {"local address", r.local}, {"remote address", r.remote}} {
		if !isAny(x.list) {
			gist = append(gist, x.name+" "+short(x.list))
		}
	}
	for _, x := range []struct{ name, v string }{{"program", r.program}, {"service", r.service}, {"package", r.pkg}} {
		if !anyText(x.v) && x.v != "*" {
			gist = append(gist, x.name+" "+x.v)
		}
	}
	if r.profiles != anyProfile {
		gist = append(gist, "profile "+profileList(r.profiles))
	}
	return fmt.Sprintf("%s (%s)", r.title(), strings.Join(gist, ", "))
}

func short(list []string) string {
	if len(list) > 4 {
		return strings.Join(list[:4], " ") + " ..."
	}
	return strings.Join(list, " ")
}

func profileList(p profile) string {
	var names []string
	for _, x := range []profile{domain, private, public} {
		if p&x != 0 {
			names = append(names, profileNames[x])
		}
	}
	return strings.Join(names, ", ")
}
