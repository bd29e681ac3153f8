package region_test

import (
	"testing"

	"mxodus/steps/region"
)

func TestSeedTableOfAustralia(t *testing.T) {
	au, ok := region.Find("au")
	if !ok {
		t.Fatal("no region au")
	}
	want := [][4]string{
		{"103.13.69.0/24", "103.13.69.1", "103.13.69.254", "255.255.255.0"},
		{"124.47.150.0/24", "124.47.150.1", "124.47.150.254", "255.255.255.0"},
	}
	seed := au.SeedRanges()
	if len(seed) != len(want) {
		t.Fatalf("%d seed ranges, want %d", len(seed), len(want))
	}
	for i, g := range seed {
		first, last, mask := g.Usable()
		if got := [4]string{g.CIDR.String(), first, last, mask}; got != want[i] {
			t.Errorf("range %d: computed %v, the article has %v", i, got, want[i])
		}
		if g.First != first || g.Last != last || g.Netmask != mask {
			t.Errorf("range %d: the table's own figures differ: %+v", i, g)
		}
	}
}

func TestFindByAnyName(t *testing.T) {
	for in, want := range map[string]string{
		"au": "au", "AU": "au", "CUK": "eu", "Europe (excluding Germany)": "eu", "US-B": "usb", "Jersey": "je",
	} {
		if r, ok := region.Find(in); !ok || r.ID != want {
			t.Errorf("Find(%q) = %q, %v; want %q", in, r.ID, ok, want)
		}
	}
	if _, err := region.Parse("mars"); err == nil {
		t.Error("Parse accepts an unknown region")
	}
}

func TestFromAccountCode(t *testing.T) {
	for code, want := range map[string]string{"CUSA1A234": "us", "cusb12": "usb", "CUK99": "eu", "CDE1": "de", "CAU5": "au"} {
		if r, ok := region.FromAccountCode(code); !ok || r.ID != want {
			t.Errorf("%s: %q, %v; want %q", code, r.ID, ok, want)
		}
	}
	if _, ok := region.FromAccountCode("XYZ1"); ok {
		t.Error("an unknown prefix finds a region")
	}
}

func TestEveryRegionIsUsable(t *testing.T) {
	for _, r := range region.All() {
		if r.ID == "" || r.Name == "" {
			t.Errorf("region without id or name: %+v", r)
		}
		for _, g := range r.Ranges {
			if !g.CIDR.IsValid() || g.CIDR != g.CIDR.Masked() {
				t.Errorf("%s: %s is not a network", r.ID, g.CIDR)
			}
			if g.Source == "" {
				t.Errorf("%s: %s has no source", r.ID, g.CIDR)
			}
		}
	}
}
