package cli

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonSafe writes characters that steer a terminal or hide text as JSON
// escapes (RFC 8259 section 7). The encoder does so for the lowest ones alone.
// The document still means the same, and is safe to look at.
func jsonSafe(doc []byte) []byte {
	if !bytes.ContainsFunc(doc, steers) {
		return doc
	}
	var b bytes.Buffer
	b.Grow(len(doc) + 64)
	for len(doc) > 0 {
		r, size := utf8.DecodeRune(doc)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\ufffd`)
		case !steers(r):
			b.Write(doc[:size])
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		doc = doc[size:]
	}
	return b.Bytes()
}

// steers reports DEL, C1, format characters, separators and what has no
// picture. Line feeds are the document's own.
func steers(r rune) bool {
	if r < 0x7f {
		return false
	}
	return r == utf8.RuneError || r <= 0x9f || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}
