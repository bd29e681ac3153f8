package resolve_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps/check/resolve"
)

// TestSystemResolverOfOddFiles: whatever stands in resolv.conf, the first server
// that can be asked is taken, or none.
func TestSystemResolverOfOddFiles(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"usual":                  {"nameserver 192.0.2.1\nnameserver 192.0.2.2\n", "192.0.2.1:53"},
		"IPv6":                   {"nameserver 2001:db8::53\n", "[2001:db8::53]:53"},
		"scoped IPv6":            {"nameserver fe80::1%eth0\n", "[fe80::1%eth0]:53"},
		"stub of the system":     {"# run by systemd-resolved\nnameserver 127.0.0.53\noptions edns0 trust-ad\nsearch corp.example\n", "127.0.0.53:53"},
		"comments and blanks":    {"; old style\n\n\t\nsearch a.example b.example\noptions ndots:5 timeout:1 attempts:1 rotate\nnameserver\t192.0.2.9 # the good one\n", "192.0.2.9:53"},
		"rubbish before":         {"nameserver dns.corp.example\nnameserver 300.1.1.1\nnameserver 192.0.2.7\n", "192.0.2.7:53"},
		"no address behind":      {"nameserver\nnameserver 192.0.2.7\n", "192.0.2.7:53"},
		"windows line ends":      {"nameserver 192.0.2.1\r\nsearch x\r\n", "192.0.2.1:53"},
		"no nameserver":          {"search corp.example\noptions ndots:1\n", ""},
		"empty":                  {"", ""},
		"binary":                 {"\x00\xff\x1b[2J\nnameserver \x1b[31m\n", ""},
		"odd options":            {"options ndots:-7 ndots:x timeout: attempts:999999999999\nnameserver 192.0.2.1\n", "192.0.2.1:53"},
		"a line without end":     {"nameserver 192.0.2.1", "192.0.2.1:53"},
		"a line of a megabyte":   {"search " + strings.Repeat("x", 1<<20) + "\nnameserver 192.0.2.1\n", ""},
		"IPv4 in IPv6":           {"nameserver ::ffff:192.0.2.1\n", "192.0.2.1:53"},
		"same server once again": {"nameserver 1.1.1.1\nnameserver 1.1.1.1\n", "1.1.1.1:53"},
	} {
		path := filepath.Join(t.TempDir(), "resolv.conf")
		if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		r, ok := resolve.SystemResolver(path)
		if ok != (c.want != "") || r.Addr != c.want || ok && r.Name != resolve.System {
			t.Errorf("%s: %+v, %v, want %q", name, r, ok, c.want)
		}
	}
	if r, ok := resolve.SystemResolver(filepath.Join(t.TempDir(), "none")); ok {
		t.Errorf("without the file: %+v", r)
	}
	if r, ok := resolve.SystemResolver(t.TempDir()); ok {
		t.Errorf("of a folder: %+v", r)
	}
}
