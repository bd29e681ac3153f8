package source

import (
	"strings"
	"testing"
)

// TestRedactMisses compares with the expression alone on lines of every kind.
func TestRedactMisses(t *testing.T) {
	for _, word := range []string{
		"psk", "PSK", "pre-shared-key", "password", "passwd", "passphrase", "Secret", "community", "api-key", "apikey", "private-key", "PrivateKey",
		"ENC", "md5", "sha1", "SHA512",
	} {
		for _, form := range []string{"set %s abcdef", "enable %s 5 $1$abcdef", "%s=\"abcdef\"", "  %s : abcdef end"} {
			line := strings.Replace(form, "%s", word, 1)
			if got, want := Redact(line), secret.ReplaceAllString(line, "$1$2(hidden)"); got != want || got == line || strings.Contains(got, "abcdef") {
				t.Errorf("%q became %q, want %q", line, got, want)
			}
		}
	}
	if line := "access-list a permit tcp any host 10.0.0.25 eq smtp"; Redact(line) != line {
		t.Error("a harmless line was changed")
	}
}
