package firewall

import (
	"encoding/binary"
	"math/big"
	"net"
	"net/netip"

	"go4.org/netipx"
)

func setOf(p ...netip.Prefix) *netipx.IPSet {
	var b netipx.IPSetBuilder
	for _, x := range p {
		b.AddPrefix(x)
	}
	s, err := b.IPSet()
	if err != nil { // prefixes come parsed
		return &netipx.IPSet{}
	}
	return s
}

func meet(a, b *netipx.IPSet) *netipx.IPSet {
	if !a.Overlaps(b) {
		return nil
	}
	var x netipx.IPSetBuilder
	x.AddSet(a)
	x.Intersect(b)
	s, err := x.IPSet()
	if err != nil || len(s.Ranges()) == 0 {
		return nil
	}
	return s
}

// size counts the addresses of a set.
func size(s *netipx.IPSet) *big.Int {
	n, small := new(big.Int), uint64(0)
	for _, r := range s.Ranges() {
		from, to := r.From().AsSlice(), r.To().AsSlice()
		if len(from) == net.IPv4len {
			small += uint64(binary.BigEndian.Uint32(to)-binary.BigEndian.Uint32(from)) + 1
			continue
		}
		span := new(big.Int).Sub(new(big.Int).SetBytes(to), new(big.Int).SetBytes(from))
		n.Add(n, span.Add(span, big.NewInt(1)))
	}
	return n.Add(n, new(big.Int).SetUint64(small))
}
