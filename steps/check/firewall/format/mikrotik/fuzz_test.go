package mikrotik_test

import (
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

func FuzzRead(f *testing.F) {
	ft.Seeds(f, filter+"add chain=x action=jump jump-target=x\nset [find a~\"(\"] b\nremove [find]\n\\\n\\")
	f.Fuzz(func(t *testing.T, text string) { ft.Sound(t, id, text, mail()) })
}
