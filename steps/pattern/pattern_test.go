package pattern

import (
	"slices"
	"testing"
)

func TestPattern(t *testing.T) {
	p := New(`(\w)(\d)`)
	if !p.MatchString("a1") || p.MatchString("a") || p.FindString("-b2-") != "b2" || p.ReplaceAllString("a1 b2", "$2$1") != "1a 2b" {
		t.Error("it is not the expression")
	}
	if !slices.Equal(p.FindStringSubmatch("c3"), []string{"c3", "c", "3"}) || !slices.Equal(p.FindStringIndex(" c3"), []int{1, 3}) ||
		!slices.Equal(p.FindStringSubmatchIndex("c3"), []int{0, 2, 0, 1, 1, 2}) || !slices.Equal(p.FindAllString("a1b2", -1), []string{"a1", "b2"}) ||
		len(p.FindAllStringSubmatch("a1b2", -1)) != 2 {
		t.Error("it finds something else")
	}
}

// TestAFaultIsFoundInTests: an expression that cannot be read must not wait for
// the file that needs it.
func TestAFaultIsFoundInTests(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	New(`(`)
}
