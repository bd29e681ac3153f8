package firewall

import (
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"
)

// Bits of the shortest networks that may be an exception to lock-down. All
// exceptions of a family together may not cover more than one such network.
const (
	widest4 = 8
	widest6 = 16
)

// CheckExceptions refuses exceptions to lock-down that let in so much of the
// internet that nothing is locked: a network shorter than /8 (IPv6 /16), or
// networks that together hold more. Networks of one's own do not count. The
// error is a sentence that says which, and what to give.
func CheckExceptions(list []netip.Prefix) error {
	private := setOf(privateNets...)
	for _, v4 := range []bool{true, false} {
		widest, bits := widest6, 128
		if v4 {
			widest, bits = widest4, 32
		}
		var b netipx.IPSetBuilder
		for _, p := range list {
			if p.Addr().Is4() != v4 || private.ContainsPrefix(p) {
				continue
			}
			if p.Bits() < widest {
				return fmt.Errorf("the exception %s is wider than a /%d, so nothing would be locked down; name the addresses or smaller networks that may reach port 25", p, widest)
			}
			b.AddPrefix(p)
		}
		b.RemoveSet(private)
		set, err := b.IPSet()
		if err != nil {
			return fmt.Errorf("the exceptions cannot be joined: %w", err)
		}
		if size(set).Cmp(new(big.Int).Lsh(big.NewInt(1), uint(bits-widest))) > 0 {
			return fmt.Errorf("the exceptions together hold more addresses than a /%d, so nothing would be locked down; name the addresses or smaller networks that may reach port 25", widest)
		}
	}
	return nil
}

// exceptionWords names the exceptions in force, to stand after a verdict on
// lock-down; empty where there are none.
func exceptionWords(list []netip.Prefix) string {
	var names []string
	for _, p := range list {
		name := p.String()
		if p.IsSingleIP() {
			name = p.Addr().String()
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " but the exceptions you gave: " + some(names, 0)
}

// alsoExcepted names the exceptions as a part of a sentence.
func alsoExcepted(list []netip.Prefix) string {
	if len(list) == 0 {
		return ""
	}
	return " and" + strings.TrimPrefix(exceptionWords(list), " but") + ","
}
