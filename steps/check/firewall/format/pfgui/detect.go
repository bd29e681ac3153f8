package pfgui

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
)

// Detect tells a vendor's configuration by the name of its outermost element,
// and a part of one by what pfSense alone writes into rules.
func Detect(head *source.Doc, v Vendor) format.Guess {
	if i := root(head.Text, v.Root); i >= 0 {
		return format.Has(98, "<"+v.Root+">", source.LineAt(head.Text, i))
	}
	if v.OPN {
		if i := strings.Index(head.Text, addRule); i >= 0 {
			return format.Guess{Score: 80, Why: fmt.Sprintf("it adds rules by %s (line %d)", addRule, source.LineAt(head.Text, i))}
		}
		return format.Guess{}
	}
	i := strings.Index(head.Text, "<filter>")
	if i >= 0 && root(head.Text, OPNsense.Root) < 0 && strings.Contains(head.Text, "<rule>") &&
		(strings.Contains(head.Text, "<tracker>") || strings.Contains(head.Text, "<ipprotocol>")) {
		return format.Has(70, "<filter> with rules of pfSense", source.LineAt(head.Text, i))
	}
	return format.Guess{}
}

// root finds a start tag.
func root(text, name string) int {
	for _, end := range []string{">", " ", "\n", "\r", "\t"} {
		if i := strings.Index(text, "<"+name+end); i >= 0 {
			return i
		}
	}
	return -1
}

// Confirm shows the rules that are loaded and the packets that are logged.
func Confirm(p format.Packet) string {
	return fmt.Sprintf("pfctl -vvsr; tcpdump -n -e -ttt -i pflog0 host %s and port %d  # under Diagnostics > Command Prompt or in a shell", p.Src, p.DPort)
}
