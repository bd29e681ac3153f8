package theme_test

import (
	"testing"

	"mxodus/ui/theme"
)

func TestDarkReadsTheEnvironment(t *testing.T) {
	cases := []struct {
		ours, colorfgbg string
		want            bool
	}{
		{"", "", true},
		{"", "15;0", true},
		{"", "0;15", false},
		{"", "0;default;7", false},
		{"light", "15;0", false},
		{"Dark", "0;15", true},
		{"purple", "", true},
	}
	for _, c := range cases {
		env := map[string]string{"MXODUS_BACKGROUND": c.ours, "COLORFGBG": c.colorfgbg}
		if got := theme.Dark(func(k string) string { return env[k] }); got != c.want {
			t.Errorf("MXODUS_BACKGROUND=%q COLORFGBG=%q: dark %v, want %v", c.ours, c.colorfgbg, got, c.want)
		}
	}
}
