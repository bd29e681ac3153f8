package cli

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/checktest"
)

const (
	rootNS   = "198.51.100.10"
	zoneNS   = "198.51.100.20"
	recursor = "192.0.2.53"
)

// internet is one zone on its own name server, found through a resolver.
func internet(t *testing.T, mx string, more ...string) *checktest.Internet {
	t.Helper()
	zone := fmt.Sprintf(`$ORIGIN acme.example.
$TTL 300
@ IN SOA ns1.acme.example. hostmaster.acme.example. 2026112201 3600 600 604800 60
@ IN NS ns1.acme.example.
ns1 IN A %s
%s
`, zoneNS, mx)
	au := `$ORIGIN mimecast.com.
$TTL 300
@ IN SOA ns1.mimecast.com. h.mimecast.com. 1 3600 600 604800 60
@ IN NS ns1.mimecast.com.
ns1 IN A ` + rootNS + `
au-smtp-inbound-1 IN A 103.13.69.10
au-smtp-inbound-2 IN A 103.13.69.11
eu-smtp-inbound-1 IN A 195.130.217.1
`
	n := checktest.New(t)
	n.DNS(zoneNS, zone)
	n.DNS(rootNS, au)
	n.DNS(recursor, append(more, zone, au)...).Behave(checktest.Behaviour{Recursive: true})
	return n
}

const auSet = "@ IN MX 10 au-smtp-inbound-1.mimecast.com.\n@ IN MX 10 au-smtp-inbound-2.mimecast.com."

func TestMX(t *testing.T) {
	for _, c := range []struct {
		name, mx, domain string
		code             int
		equal            string
	}{
		{"the region's set", auSet, "acme.example", ExitDone, "yes"},
		{"another region's", "@ IN MX 10 eu-smtp-inbound-1.mimecast.com.", "acme.example", ExitNotSafe, "no"},
		{"no network for it", auSet, "nowhere.invalid", ExitError, "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := internet(t, c.mx).World(recursor)
			got := call{args: []string{"mx", c.domain, "--region", "CAU", "--json"}, world: w}.run(t)
			if got.code != c.code {
				t.Errorf("code %d, want %d\n%s%s", got.code, c.code, got.out, got.err)
			}
			if doc := document(t, got.out, "mxodus.mx/1"); doc["equal"] != c.equal || doc["region"] != "au" {
				t.Errorf("equal %v, region %v", doc["equal"], doc["region"])
			}
			text := call{args: []string{"mx", c.domain, "--region", "au"}, world: w}.run(t)
			if text.code != c.code || !strings.Contains(text.out, c.domain) {
				t.Errorf("text: code %d\n%s", text.code, text.out)
			}
		})
	}
}

func TestMXAsksTheNamedResolversAlone(t *testing.T) {
	n := internet(t, auSet)
	n.DNS("192.0.2.99")
	w := n.World("192.0.2.99")
	got := call{args: []string{"mx", "acme.example", "--region", "au", "--resolver", recursor, "--json"}, world: w}.run(t)
	if got.code != ExitDone || n.Dialed("udp", recursor+":53") == 0 {
		t.Errorf("code %d\n%s", got.code, got.err)
	}
	if n.Dialed("udp", "192.0.2.99:53")+n.Dialed("tcp", "192.0.2.99:53") > 0 {
		t.Error("another resolver was asked too")
	}
}

func TestMXBadArguments(t *testing.T) {
	w := internet(t, auSet).World(recursor)
	got := call{args: []string{"mx", "not a domain", "acme.example", "--region", "au"}, world: w}.run(t)
	if got.code != ExitError || !strings.Contains(got.err, "not a domain was left out") || !strings.Contains(got.out, "acme.example") {
		t.Errorf("one bad of two: code %d\n%s%s", got.code, got.out, got.err)
	}
	got = call{args: []string{"mx", "a\x1b]0;x\ab c", "--region", "au"}, world: w}.run(t)
	if got.code != ExitUsage {
		t.Errorf("nothing but bad: code %d", got.code)
	}
	if c, bad := controls(got.out + got.err); bad {
		t.Errorf("the output holds %U", c)
	}
}

func TestMXOfADomainThatDoesNotExist(t *testing.T) {
	w := internet(t, auSet, "$ORIGIN com.\n@ 300 IN SOA ns1 h 1 3600 600 604800 60\n").World(recursor)
	for _, domain := range []string{"nowhere.invalid", "nope.acme.example"} {
		got := call{args: []string{"mx", domain, "--region", "au"}, world: w}.run(t)
		if got.code != ExitNotSafe || strings.Count(got.out, "does not exist") < 2 {
			t.Errorf("%s: code %d\n%s", domain, got.code, got.out)
		}
		for _, other := range []string{"could not be told", "not every server", "no MX", "add the planned records", "0 of 1"} {
			if strings.Contains(got.out, other) {
				t.Errorf("%s: the output also says %q\n%s", domain, other, got.out)
			}
		}
		asJSON := call{args: []string{"mx", domain, "--region", "au", "--json"}, world: w}.run(t)
		if n := strings.Count(asJSON.out, `"severity"`); n != 1 || !strings.Contains(asJSON.out, "MX.nodomain") {
			t.Errorf("%s: %d findings\n%s", domain, n, asJSON.out)
		}
	}
}

func TestMXReadsTheDomainOutOfAnAddress(t *testing.T) {
	w := internet(t, auSet).World(recursor)
	for _, arg := range []string{"http://acme.example/", "https://ann@acme.example:8443/a?b", "ann@acme.example", "mailto:ann@acme.example", "acme.example/", "acme.example:25"} {
		got := call{args: []string{"mx", arg, "--region", "au"}, world: w}.run(t)
		if got.code != ExitDone || !strings.Contains(got.err, "the domain acme.example is asked") {
			t.Errorf("%s: code %d\n%s%s", arg, got.code, got.out, got.err)
		}
	}
	got := call{args: []string{"mx", "acme.example", "--region", "au"}, world: w}.run(t)
	if strings.Contains(got.err, "is asked") {
		t.Errorf("a plain domain: %s", got.err)
	}
	for _, arg := range []string{"http://", "http://192.0.2.1/", "://", "not a domain"} {
		if got := (call{args: []string{"mx", arg, "--region", "au"}, world: w}).run(t); got.code != ExitUsage || got.out != "" {
			t.Errorf("%s: code %d\n%s%s", arg, got.code, got.out, got.err)
		}
	}
}

func TestMXHostileAnswers(t *testing.T) {
	w := internet(t, `@ IN MX 10 a\027]0;evil\007\155.acme.example.`).World(recursor)
	for _, extra := range [][]string{nil, {"--json"}} {
		got := call{args: append([]string{"mx", "acme.example", "--region", "au"}, extra...), world: w}.run(t)
		if got.code != ExitNotSafe {
			t.Errorf("code %d", got.code)
		}
		if c, bad := controls(got.out + got.err); bad {
			t.Errorf("the output holds %U:\n%q", c, got.out)
		}
	}
}

func TestMXInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := internet(t, auSet).World(recursor)
	got := call{args: []string{"mx", "acme.example", "--region", "au"}, world: w, ctx: ctx}.run(t)
	if got.code != ExitInterrupted {
		t.Errorf("code %d: %s", got.code, got.err)
	}
}
