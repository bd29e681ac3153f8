package interp

import (
	"net/netip"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

func TestWithinAndNumbered(t *testing.T) {
	w := walker{found: map[question[ir.Addrs, netip.Addr]]mind{}, counted: map[question[ir.Ports, uint16]]mind{}}
	for _, many := range []int{0, long} { // long sets give the same answers, and keep them
		addrs, ports := &ir.Addrs{}, &ir.Ports{}
		for i := range many {
			a := netip.AddrFrom4([4]byte{198, 51, 100, byte(2 * i)})
			addrs.Ranges = append(addrs.Ranges, netipx.IPRangeFrom(a, a))
			ports.Ranges = append(ports.Ranges, ir.PortRange{Lo: uint16(60000 + i), Hi: uint16(60000 + i)})
		}
		addrs.Ranges = append(addrs.Ranges, netipx.MustParseIPRange("192.0.2.10-192.0.2.20"))
		ports.Ranges = append(ports.Ranges, ir.PortRange{Lo: 10, Hi: 20})
		others, elsewhere := &ir.Addrs{Ranges: addrs.Ranges, Not: true}, &ir.Ports{Ranges: ports.Ranges, Not: true}
		for _, c := range []struct {
			lo, hi byte
			want   mind
		}{{10, 10, yes}, {12, 20, yes}, {9, 9, no}, {21, 30, no}, {5, 10, dim}, {20, 25, dim}, {5, 25, dim}} {
			lo, hi := netip.AddrFrom4([4]byte{192, 0, 2, c.lo}), netip.AddrFrom4([4]byte{192, 0, 2, c.hi})
			for range 2 {
				if got, not := w.within(addrs, lo, hi), w.within(others, lo, hi); got != c.want || not != -c.want {
					t.Errorf("%s to %s of %d ranges: %d and %d, want %d", lo, hi, len(addrs.Ranges), got, not, c.want)
				}
				if got, not := w.numbered(ports, uint16(c.lo), uint16(c.hi)), w.numbered(elsewhere, uint16(c.lo), uint16(c.hi)); got != c.want || not != -c.want {
					t.Errorf("ports %d to %d of %d ranges: %d and %d, want %d", c.lo, c.hi, len(ports.Ranges), got, not, c.want)
				}
			}
		}
	}
	if len(w.found) != 14 || len(w.counted) != 14 {
		t.Errorf("%d and %d answers kept, want 7 of each long set", len(w.found), len(w.counted))
	}
}
