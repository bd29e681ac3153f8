package theme

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/charmbracelet/lipgloss"
)

// backgrounds are what terminals commonly have: black, near black, white, and
// the off-white of solarized.
var backgrounds = map[bool][]string{true: {"#000000", "#1e1e1e", "#282c34"}, false: {"#ffffff", "#fdf6e3"}}

// TestContrast: every colour of text can be read on the backgrounds it is made
// for: 4.5 to 1, as WCAG 2.2 asks (1.4.3). The rule lines need not be read.
func TestContrast(t *testing.T) {
	for dark, list := range backgrounds {
		s := New(Options{Dark: dark})
		for name, style := range map[string]Style{
			"accent": s.Accent, "muted": s.Muted, "good": s.Good, "warn": s.Warn, "danger": s.Danger, "code": s.Code, "cursor": s.Cursor, "key": s.Key,
		} {
			colour, ok := style.Lipgloss().GetForeground().(lipgloss.Color)
			if !ok {
				t.Fatalf("%s has no colour", name)
			}
			for _, back := range list {
				if got := contrast(string(colour), back); got < 4.5 {
					t.Errorf("dark %v: %s %s on %s has %.2f to 1", dark, name, colour, back, got)
				}
			}
		}
	}
}

func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// luminance as WCAG defines it, of a colour written #rrggbb.
func luminance(hex string) float64 {
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		panic(fmt.Sprintf("no colour: %s", hex))
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
