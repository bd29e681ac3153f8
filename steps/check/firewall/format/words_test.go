package format

import (
	"strings"
	"testing"
)

func TestFlowWords(t *testing.T) {
	for label, want := range map[string]string{
		"":                         "",
		"mail in 25":               "mail in 25",
		"mxodus mail in, port 25":  "mail in port 25",
		"MXodus: Mail":             "Mail",
		"mxodusly":                 "mxodusly",
		"mxodus mxodus":            "mxodus",
		"\u00fcber mail \"--\" #1": "ber mail 1",
		" - ":                      "",
	} {
		if got := strings.Join(Flow{Label: label}.Words(), " "); got != want {
			t.Errorf("%q: %q, want %q", label, got, want)
		}
	}
}
