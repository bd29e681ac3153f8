package format

import (
	"hash/fnv"
	"net/netip"
)

// ListNumber is a number of four digits for a list of networks and what it is
// for. Names made of it tell the list from others: two scripts of one report,
// written apart, do not put different lists under one name.
func ListNumber(label string, list []netip.Prefix) int {
	h := fnv.New32a()
	h.Write([]byte(label + "\n"))
	for _, p := range list {
		h.Write([]byte(p.Masked().String() + " "))
	}
	return 1000 + int(h.Sum32()%9000)
}
