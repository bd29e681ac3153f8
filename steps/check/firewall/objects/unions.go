package objects

// Unions keeps unions of sets, so that rules which name the same share one.
type Unions map[string]*Addrs

// Get is the union that has a key, or all other addresses (not). parts lists
// its sets; it is asked the first time alone, so the key must tell them.
func (u Unions) Get(key string, not bool, parts func() []*Addrs) *Addrs {
	if not {
		key = "!" + key
	}
	if a := u[key]; a != nil {
		return a
	}
	a := Union(parts()...)
	if not {
		a = a.Negate()
	}
	u[key] = a
	return a
}
