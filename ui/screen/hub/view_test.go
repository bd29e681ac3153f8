package hub

import "testing"

func TestWhatAStepWaitsForFitsItsColumn(t *testing.T) {
	for _, c := range []struct {
		in   string
		room int
		want string
	}{
		{"after steps 1, 2, 3, 4, 5, 6, 7, 8, 9", 40, "after steps 1 to 9"},
		{"after steps 1, 2, 3, 4, 5, 6, 7, 8, 9", 14, "after 1 to 9"},
		{"after steps 3, 4, 7", 40, "after steps 3, 4, 7"},
		{"after steps 1, 2, 3, 7, 9, 10, 11", 40, "after steps 1 to 3, 7, 9 to 11"},
		{"after step 4 · 3 tasks", 40, "after step 4 · 3 tasks"},
		{"after step 4 · 3 tasks", 14, "after step 4"},
		{"after step 10", 12, "after 10"},
		{"firewall not open yet, see step 3", 14, "firewall not…"},
	} {
		if got := heldIn(c.in, c.room); got != c.want {
			t.Errorf("%q in %d cells: %q, want %q", c.in, c.room, got, c.want)
		}
	}
}
