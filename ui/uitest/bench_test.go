package uitest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"mxodus/steps"
	"mxodus/ui/app"
	"mxodus/ui/screen"
)

// BenchmarkKey is what a key costs: the update and the frame after it, in a
// terminal with all colours.
func BenchmarkKey(b *testing.B) {
	was := lipgloss.ColorProfile()
	lipgloss.SetColorProfile(termenv.TrueColor)
	b.Cleanup(func() { lipgloss.SetColorProfile(was) })
	for _, c := range []struct {
		name string
		to   steps.Position
	}{
		{"list of moves", steps.Position{Screen: screen.Home}},
		{"list of steps", steps.Position{Screen: screen.Hub}},
	} {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			b.Run(fmt.Sprintf("%s %dx%d", c.name, size[0], size[1]), func(b *testing.B) {
				d := benchDriver(b, c.to)
				d.Resize(size[0], size[1])
				down, up := d.key("down"), d.key("up")
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					k := down
					if i%2 == 1 {
						k = up
					}
					d.Model.Update(k)
					if d.Model.View() == "" {
						b.Fatal("nothing is drawn")
					}
				}
			})
		}
	}
}

// benchDriver shows a place of a store with three moves of ten domains each.
func benchDriver(b *testing.B, to steps.Position) *Driver {
	b.Helper()
	w := newWorld(b)
	var domains []string
	for i := range 10 {
		domains = append(domains, fmt.Sprintf("d%d.example", i))
	}
	id := ""
	for i := range 3 {
		id = w.move(enterprise(), fmt.Sprintf("Organisation %d", i), domains[0])
		s := w.session(id)
		if _, err := s.Answer(context.Background(), steps.QDomains, strings.Join(domains, "\n"), steps.Typed, "", 0); err != nil {
			b.Fatal(err)
		}
	}
	return w.start(func(o *app.Options) {
		o.Position = &to
		if to.Screen != screen.Home {
			o.Open = id
		}
	})
}
