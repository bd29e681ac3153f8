// Package source turns the bytes of a file that someone exported into lines of
// text, whatever encoding they came in, and tells what kind of file it is.
package source

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"mxodus/steps/pattern"
)

// MaxBytes is the size of the largest file that is read: 50 MB.
const MaxBytes = 50 << 20

// Errors for a file that holds no rules in text form.
var (
	ErrTooBig = errors.New("the file is larger than 50 MB; export the rules alone, without logs or backups")
	ErrEmpty  = errors.New("the file is empty; export the rules again and check that the command printed something")
)

// Line is one line of the file. Number counts from 1.
type Line struct {
	Number int
	Text   string
}

// Text decodes a file: UTF-8 with or without a byte order mark, UTF-16 as
// PowerShell writes it, else Windows-1252 read byte by byte. A note says when
// the file was not plain UTF-8. Files that are no text are refused by kind.
func Text(b []byte) (text, note string, err error) {
	if len(b) > MaxBytes {
		return "", "", ErrTooBig
	}
	if kind, do := binaryKind(b); kind != "" {
		return "", "", fmt.Errorf("this is %s, not exported rules. %s", kind, do)
	}
	switch {
	case bytes.HasPrefix(b, []byte{0xef, 0xbb, 0xbf}):
		b = b[3:]
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}), bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		text, note = utf16Text(b[2:], b[0] == 0xfe), "The file is UTF-16, as PowerShell writes it; it was converted."
		b = nil
	case looksUTF16(b, 1):
		text, note = utf16Text(b, false), "The file is UTF-16 without a mark; it was converted."
		b = nil
	case looksUTF16(b, 0):
		text, note = utf16Text(b, true), "The file is UTF-16 without a mark; it was converted."
		b = nil
	case bytes.IndexByte(b, 0) >= 0:
		return "", "", errors.New("this is a binary file, not exported rules. " + asText)
	case !utf8.Valid(b):
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		text, note = string(runes), "The file is not UTF-8; letters beyond ASCII may look wrong."
		b = nil
	}
	if b != nil {
		text = string(b)
	}
	if strings.TrimSpace(text) == "" {
		return "", "", ErrEmpty
	}
	return text, note, nil
}

// Lines splits text at LF, CRLF and CR, and numbers the lines.
func Lines(text string) []Line {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	parts := strings.Split(text, "\n")
	if parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	lines := make([]Line, len(parts))
	for i, p := range parts {
		lines[i] = Line{i + 1, p}
	}
	return lines
}

// LineAt is the number of the line in which the byte at an offset stands.
func LineAt(text string, offset int) int {
	before := text[:offset]
	return 1 + strings.Count(before, "\n") + strings.Count(before, "\r") - strings.Count(before, "\r\n")
}

// Clip is the beginning of a text, n characters of it, so that it may be quoted.
func Clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return strings.ToValidUTF8(s[:i], "") + "..."
		}
		n--
	}
	return s
}

const asText = "Give the rules as text: the output of iptables-save, or a table saved as CSV"

// binaryKind says what a file is that holds no text, and what to do about it.
func binaryKind(b []byte) (kind, do string) {
	const office = "If it holds a table of rules, save it as CSV and give that file"
	for _, k := range []struct{ magic, kind, do string }{
		{"%PDF-", "a PDF", asText},
		{"PK\x03\x04", "a ZIP archive or an Office document (.xlsx, .docx)", office},
		{"\x1f\x8b", "a compressed (gzip) file", "Unpack it and give the file that is in it"},
		{"\x89PNG", "a picture", asText},
		{"\xff\xd8\xff", "a picture", asText},
		{"\xd0\xcf\x11\xe0", "an old Office document (.xls, .doc)", office},
		{"SQLite format 3", "a database", asText},
		{"\x7fELF", "a program", asText},
	} {
		if bytes.HasPrefix(b, []byte(k.magic)) {
			if list := rulesIn(b); len(list) > 0 {
				return "an archive", "Unpack it and give the JSON that is in it, one file after the other in one file: " + strings.Join(list, ", ")
			}
			return k.kind, k.do
		}
	}
	return "", ""
}

// looksUTF16 reports text whose every other byte is zero: ASCII in UTF-16.
func looksUTF16(b []byte, zeroAt int) bool {
	n := min(len(b)&^1, 512)
	if n < 8 {
		return false
	}
	zeros := 0
	for i := zeroAt; i < n; i += 2 {
		if b[i] == 0 {
			zeros++
		}
		if b[i^1] == 0 {
			return false
		}
	}
	return zeros*4 >= n/2*3
}

func utf16Text(b []byte, bigEndian bool) string {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		if bigEndian {
			units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
		} else {
			units = append(units, uint16(b[i+1])<<8|uint16(b[i]))
		}
	}
	return string(utf16.Decode(units))
}

var secret = pattern.New(`(?i)\b(psk|pre-shared-key|pass(?:word|wd|phrase)|secret|community|api-?key|private-?key|ENC|md5|sha\d+)((?:\s*[=:]\s*|\s+)(?:\d{1,2}\s+)?["']?)([^\s"',;]{3,})`)

// Redact hides what stands behind words such as password, psk and ENC, so that
// a line may be quoted.
func Redact(line string) string {
	if len(line) > 2000 {
		line = strings.ToValidUTF8(line[:2000], "") + " [...]"
	}
	if !mayHide(line) {
		return line
	}
	return secret.ReplaceAllString(line, "$1$2(hidden)")
}

// secretWords are pieces of which every word that a secret stands behind has
// one: looking for them is much faster than the expression.
var secretWords = []string{"psk", "pre-shared", "pass", "secret", "community", "key", "enc", "md5", "sha"}

func mayHide(line string) bool {
	line = strings.ToLower(line)
	for _, w := range secretWords {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}
