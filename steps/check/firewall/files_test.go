package firewall

import (
	"errors"
	"strings"
	"testing"
)

// TestUnreadableFiles checks that each kind of wrong file gets a sentence.
func TestUnreadableFiles(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"empty", "  \n", "empty"},
		{"pdf", "%PDF-1.7\n...", "a PDF"},
		{"workbook", "PK\x03\x04....", "save it as CSV"},
		{"gzip", "\x1f\x8b\x08", "Unpack"},
		{"too large", strings.Repeat("#", 50<<20+1), "50 MB"},
		{"binary", "ab\x00cd\x01\x02\x03efgh", "binary"},
		{"pfsense", "<?xml version=\"1.0\"?>\n<pfsense>\n</pfsense>\n", "pfSense"},
		{"listing", "Chain INPUT (policy ACCEPT)\ntarget prot opt source destination\n", "iptables -L"},
		{"sophos", "<?xml version=\"1.0\"?>\n<Configuration APIVersion=\"1900.1\">\n</Configuration>\n", "Sophos"},
		{"meraki", `{"rules":[{"policy":"allow","srcCidr":"Any","destCidr":"Any"}]}`, "Meraki"},
		{"prose", "Dear team, please find attached our firewall rules.\n", "not a ruleset"},
	} {
		_, err := CheckFile(c.name, []byte(c.content), options())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "abcdef") {
			t.Errorf("%s: the error shows a secret: %v", c.name, err)
		}
	}
	if _, err := CheckFile("x", []byte("*filter\n:INPUT DROP [0:0]\nCOMMIT\n"), CheckOptions{Ranges: seedRanges()}); err == nil {
		t.Error("no server: no error")
	}
	if _, err := Read("x", []byte("*filter\nCOMMIT\n"), "cobol"); err == nil || !strings.Contains(err.Error(), "the formats are fortios, ") {
		t.Errorf("unknown format: %v", err)
	}
	if _, err := Read("x", []byte("# nothing\n"), "iptables"); !errors.Is(err, ErrNoRules) {
		t.Errorf("no rules: %v", err)
	}
}

// TestEncodings reads one ruleset as PowerShell and old editors save it.
func TestEncodings(t *testing.T) {
	text := filterHead + established + bothRanges + "COMMIT\n"
	utf16 := []byte{0xff, 0xfe}
	for _, c := range strings.ReplaceAll(text, "\n", "\r\n") {
		utf16 = append(utf16, byte(c), 0)
	}
	for name, content := range map[string][]byte{
		"crlf": []byte(strings.ReplaceAll(text, "\n", "\r\n")), "bom": append([]byte{0xef, 0xbb, 0xbf}, text...), "utf16": utf16,
		"utf16 without mark": utf16[2:], "latin1": []byte("# r\xe8gles\n" + text),
	} {
		r, err := CheckFile(name, content, options())
		if err != nil || r.Verdict != Proven {
			t.Errorf("%s: %v %s", name, err, r.Text())
		}
	}
}
