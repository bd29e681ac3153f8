package ios

import (
	"slices"
	"testing"
	"time"

	"mxodus/steps/check/firewall/source"
)

// TestPagerBeforeAnInterface: a page that begins with an interface is not read
// as a part of the interface before it, so that each keeps its own lists.
func TestPagerBeforeAnInterface(t *testing.T) {
	const erased = "\x08\x08\x08\x08\x08\x08\x08\x08\x08        \x08\x08\x08\x08\x08\x08\x08\x08\x08"
	for name, mark := range map[string]string{
		"none": "", "with backspaces": " --More-- " + erased, "without them": " --More--         ", "of three blanks": "--More-- \x08\x08\x08   \x08\x08\x08",
	} {
		set := Read(source.NewDoc("", `version 15.2
interface GigabitEthernet0/0
 ip address 203.0.113.1 255.255.255.0
`+mark+` ip access-group OUTSIDE in
`+mark+`interface GigabitEthernet0/1
 ip address 10.0.0.1 255.255.255.0
 ip access-group INSIDE in
ip access-list extended OUTSIDE
 permit tcp any host 203.0.113.25 eq smtp
`+mark+`ip access-list extended INSIDE
 deny tcp any any
`, time.Time{}))
		var asked []string
		for _, p := range set.Programs[:1] {
			i, ok := p.Find("inbound lists")
			if !ok {
				t.Fatalf("%s: no list is applied", name)
			}
			for _, r := range p.Chains[i].Rules {
				if r.At.Line > 0 {
					asked = append(asked, r.Boxes[0].In.Patterns[0]+" "+p.Chains[r.Target].Name)
				}
			}
		}
		if want := []string{"GigabitEthernet0/0 OUTSIDE", "GigabitEthernet0/1 INSIDE"}; !slices.Equal(asked, want) {
			t.Errorf("%s: %q, want %q", name, asked, want)
		}
	}
}
