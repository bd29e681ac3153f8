package cisco

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func TestApart(t *testing.T) {
	for _, c := range []struct {
		lines string
		line  int
	}{
		{"hostname a", 0},
		{"hostname a\nhostname a", 0},
		{"hostname a\nhostname b\nhostname c", 2},
		{"a# show run\nhostname a\na> sh access-list\na(config)# more disk0:a", 0},
		{"a# show run\nhostname a\n\nb# show run", 4},
		{"a# ping\nb# configure terminal\nc# show clock", 0},
		{"a/admin# show run\na/edge# show run", 2},
	} {
		cfg := NewConfig(source.NewDoc("t", c.lines, time.Time{}))
		cfg.Read(func(l *Line) bool {
			if l.Words[0] == "hostname" {
				cfg.Of(l, "hostname", l.Words[1])
			}
			return true
		})
		var chains []ir.Chain
		gates := cfg.Apart(func(x ir.Chain) int { chains = append(chains, x); return len(chains) - 1 })
		if (len(gates) == 1) != (c.line > 0) || len(gates) != len(chains) || len(gates) != len(cfg.Set.Problems) {
			t.Fatalf("%q: %d gates, %d chains, %v", c.lines, len(gates), len(chains), cfg.Set.Problems)
		}
		if c.line == 0 {
			continue
		}
		x := chains[gates[0].Chain].Rules[0]
		if x.Action != ir.Undecided || x.At.Line != c.line || !gates[0].Diverts || cfg.Set.Problems[0].Line != c.line || !strings.Contains(x.Why, "file of its own") {
			t.Errorf("%q: %+v, %+v", c.lines, x, cfg.Set.Problems)
		}
	}
}
