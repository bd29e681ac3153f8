package engine

import "math/bits"

// set is a set of segments of the wide dimension, kept as a window of words:
// most rules are met by few segments of many.
type set struct {
	off   int // of the first word
	words []uint64
}

func newSet(n int) set { return set{0, make([]uint64, (n+63)/64)} }

// window is an empty set that can hold segments lo up to, not with, hi.
func window(lo, hi int) set {
	off := lo >> 6
	return set{off, make([]uint64, (hi+63)>>6-off)}
}

func (s set) none() bool { return len(s.words) == 0 }

func (s set) clone() set { return set{s.off, append([]uint64(nil), s.words...)} }

// like is an empty set with the window of s.
func (s set) like() set { return set{s.off, make([]uint64, len(s.words))} }

func (s set) fill(lo, hi int) { // [lo, hi), inside the window
	for i := lo; i < hi; {
		w, b := i>>6-s.off, uint(i&63)
		n := min(64-int(b), hi-i)
		s.words[w] |= (^uint64(0) >> (64 - uint(n))) << b
		i += n
	}
}

func (s set) empty() bool {
	for _, w := range s.words {
		if w != 0 {
			return false
		}
	}
	return true
}

// common returns the parts of both windows that overlap.
func common(a, b set) (x, y []uint64) {
	lo, hi := max(a.off, b.off), min(a.off+len(a.words), b.off+len(b.words))
	if lo >= hi {
		return nil, nil
	}
	return a.words[lo-a.off : hi-a.off], b.words[lo-b.off : hi-b.off]
}

// or adds what of o lies inside the window of s.
func (s set) or(o set) {
	x, y := common(s, o)
	for i, w := range y {
		x[i] |= w
	}
}

func (s set) andNot(o set) {
	x, y := common(s, o)
	for i, w := range y {
		x[i] &^= w
	}
}

// and keeps what is in o; o's window must reach over all of s that matters.
func (s set) and(o set) {
	lo, hi := o.off, o.off+len(o.words)
	for i := range s.words {
		if at := s.off + i; at < lo || at >= hi {
			s.words[i] = 0
		} else {
			s.words[i] &= o.words[at-lo]
		}
	}
}

// union returns a set with both, in a window that holds both.
func union(a, b set) set {
	switch {
	case a.none():
		return b.clone()
	case b.none():
		return a.clone()
	}
	lo, hi := min(a.off, b.off), max(a.off+len(a.words), b.off+len(b.words))
	u := set{lo, make([]uint64, hi-lo)}
	u.or(a)
	u.or(b)
	return u
}

func (s set) each(f func(int)) {
	for i, w := range s.words {
		for w != 0 {
			f((s.off+i)<<6 + bits.TrailingZeros64(w))
			w &= w - 1
		}
	}
}

// list names the segments, for sets that are kept.
func (s set) list() []int32 {
	var out []int32
	s.each(func(i int) { out = append(out, int32(i)) })
	return out
}

func (s set) has(i int) bool {
	w := i>>6 - s.off
	return w >= 0 && w < len(s.words) && s.words[w]>>(i&63)&1 == 1
}
