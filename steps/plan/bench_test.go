package plan

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkHub computes what the list of steps shows.
func BenchmarkHub(b *testing.B) {
	for _, n := range []int{10, 200} {
		b.Run(fmt.Sprint(n, " domains"), func(b *testing.B) {
			w := newWorld(onPremMove)
			var domains []string
			for i := range n {
				domains = append(domains, fmt.Sprintf("d%d.example", i))
			}
			w.answer("domains", strings.Join(domains, "\n"))
			b.ReportAllocs()
			for b.Loop() {
				v := w.view()
				for _, s := range w.plan.Steps {
					Status(v, s.ID)
				}
				Next(v)
				Milestones(v)
			}
		})
	}
}
