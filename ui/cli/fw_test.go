package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps/region"
)

const mailServer = "203.0.113.25"

// dump is an iptables dump of a mail server that lets regions in on ports, and
// what else is said.
func dump(t *testing.T, regions []string, ports, more string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n" +
		"-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n")
	b.WriteString(more)
	for _, id := range regions {
		g, err := region.Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range g.Prefixes() {
			fmt.Fprintf(&b, "-A INPUT -s %s -p tcp -m multiport --dports %s -j ACCEPT\n", p, ports)
		}
	}
	b.WriteString("COMMIT\n")
	return b.String()
}

func TestFirewallCheck(t *testing.T) {
	auOnly := dump(t, []string{"au"}, "25", "")
	for _, c := range []struct {
		name, rules string
		args        []string
		code        int
		says        string
	}{
		{"all of the region", auOnly, nil, ExitDone, "proven"},
		{"and nobody else", auOnly, []string{"--lockdown"}, ExitDone, "nobody else"},
		{"another region's", auOnly, []string{"--region", "za"}, ExitNotSafe, "! shut"},
		{"one more port", auOnly, []string{"--port", "25", "--port", "110"}, ExitNotSafe, "in 110"},
		{"the directory too", auOnly, []string{"--port", "25", "--port", "636", "--directory", mailServer}, ExitNotSafe, "in 636"},
		{"the directory alone", dump(t, []string{"au"}, "636", ""), []string{"--port", "636", "--directory", mailServer}, ExitDone, "in 636"},
		{"a directory nobody knows", dump(t, []string{"au"}, "636", ""), []string{"--port", "636"}, ExitError, "--directory"},
		{"two servers, one of them known", strings.ReplaceAll(auOnly, "-A INPUT -s", "-A INPUT -d "+mailServer+" -s"), []string{"--server", "203.0.113.26"}, ExitNotSafe, "disproven  mail in 25 203.0.113.26: "},
		{"everyone", dump(t, []string{"au"}, "25", "-A INPUT -p tcp -m tcp --dport 25 -j ACCEPT\n"), []string{"--lockdown"}, ExitNotSafe, "line 6"},
		{"everyone, not asked", dump(t, []string{"au"}, "25", "-A INPUT -p tcp -m tcp --dport 25 -j ACCEPT\n"), nil, ExitDone, "proven"},
		{"a scanner", dump(t, []string{"au"}, "25", "-A INPUT -s 198.51.100.7/32 -p tcp -m tcp --dport 25 -j ACCEPT\n"), []string{"--lockdown"}, ExitNotSafe, "198.51.100.7/32"},
		{"a scanner, declared", dump(t, []string{"au"}, "25", "-A INPUT -s 198.51.100.7/32 -p tcp -m tcp --dport 25 -j ACCEPT\n"), []string{"--lockdown", "--except", "198.51.100.7"}, ExitDone, "proven"},
		{"a scanner's network, declared", dump(t, []string{"au"}, "25", "-A INPUT -s 198.51.100.7/32 -p tcp -m tcp --dport 25 -j ACCEPT\n"), []string{"--lockdown", "--except", "198.51.100.0/24"}, ExitDone, "proven"},
		{"the old region", dump(t, []string{"au", "eu"}, "25", ""), []string{"--lockdown"}, ExitNotSafe, "disproven"},
		{"the old region, named", dump(t, []string{"au", "eu"}, "25", ""), []string{"--lockdown", "--source", "eu"}, ExitDone, "proven"},
		{"a set that is not in the file", dump(t, nil, "25", "-A INPUT -p tcp -m tcp --dport 25 -m set --match-set mimecast src -j ACCEPT\n"), nil, ExitError, "? cannot tell"},
		{"inside address of a forwarding host", strings.ReplaceAll(auOnly, "-A INPUT -s", "-A FORWARD -d "+mailServer+" -s"), []string{"--path", "in"}, ExitNotSafe, "! shut"},
		{"the outside interface", strings.ReplaceAll(auOnly, "-A INPUT -s", "-A INPUT -i eth0 -s"), []string{"--interface", "eth0"}, ExitDone, "proven"},
		{"the other interface", strings.ReplaceAll(auOnly, "-A INPUT -s", "-A INPUT -i eth0 -s"), []string{"--interface", "other"}, ExitNotSafe, "! shut"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"firewall", "check", "-", "--region", "au", "--server", mailServer}, c.args...)
			got := call{args: args, in: c.rules}.run(t)
			if got.code != c.code || !strings.Contains(got.out, c.says) {
				t.Errorf("code %d, want %d and %q\n%s%s", got.code, c.code, c.says, got.out, got.err)
			}
			asJSON := call{args: append(args, "--json"), in: c.rules}.run(t)
			doc := document(t, asJSON.out, "mxodus.firewall/1")
			want := map[int]string{ExitDone: "proven", ExitNotSafe: "disproven", ExitError: "cannot tell"}[c.code]
			if asJSON.code != c.code || doc["verdict"] != want {
				t.Errorf("JSON: code %d, verdict %v", asJSON.code, doc["verdict"])
			}
		})
	}
}

// TestFirewallCheckInterface: a name that the file does not have is a slip.
func TestFirewallCheckInterface(t *testing.T) {
	rules := strings.ReplaceAll(dump(t, []string{"au"}, "25", "-A INPUT -i ppp0 -j DROP\n"), "-A INPUT -s", "-A INPUT -i eth0 -s")
	got := call{args: []string{"firewall", "check", "-", "--region", "au", "--server", mailServer, "--interface", "eht0"}, in: rules}.run(t)
	if got.code != ExitUsage || got.out != "" || !strings.Contains(got.err, "eth0, ppp0") {
		t.Errorf("%+v", got)
	}
}

func TestFirewallCheckReadsFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "edge.rules")
	if err := os.WriteFile(file, []byte(dump(t, []string{"au"}, "25", "")), 0o600); err != nil {
		t.Fatal(err)
	}
	got := run1(t, "firewall", "check", file, "--region", "Australia", "--server", mailServer, "--format", "iptables")
	if got.code != ExitDone || !strings.Contains(got.out, "edge.rules") {
		t.Errorf("%+v", got)
	}
	got = run1(t, "firewall", "check", file, "--region", "au", "--server", mailServer, "--format", "table")
	if got.code != ExitError || !strings.Contains(got.err, file+": ") {
		t.Errorf("read as another format: %+v", got)
	}
}

func TestFirewallCheckUsage(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"--server 203.0.113.25", "no region given"},
		{"--region moon --server 203.0.113.25", "no region"},
		{"--region au", "no mail server given"},
		{"--region au --server mail.acme.example", "no IP address"},
		{"--region au --server 203.0.113.25 --directory ldap.acme.example", "--directory \"ldap.acme.example\" is no IP address"},
		{"--region au --server 203.0.113.25 --port 0", "ports are 1 to 65535"},
		{"--region au --server 203.0.113.25 --port 70000", "ports are 1 to 65535"},
		{"--region au --server 203.0.113.25 --port smtp", "cannot be read; expected a whole number"},
		{"--region au --server 203.0.113.25 --except half", "no address and no network"},
		{"--region au --server 203.0.113.25 --lockdown --except 0.0.0.0/0", "nothing would be locked down"},
		{"--region au --server 203.0.113.25 --lockdown --except 0.0.0.0/1 --except 128.0.0.0/1", "nothing would be locked down"},
		{"--region au --server 203.0.113.25 --path up", "it is in or fwd"},
		{"--region au --source moon --server 203.0.113.25", "--source: no region"},
	} {
		got := call{args: append([]string{"firewall", "check", "-"}, strings.Fields(c.args)...)}.run(t)
		if got.code != ExitUsage || !strings.Contains(got.err, c.says) {
			t.Errorf("%s: code %d, %q", c.args, got.code, got.err)
		}
	}
}

// TestFirewallCheckHostileFile: rules are outside text, in every form.
func TestFirewallCheckHostileFile(t *testing.T) {
	evil := "\x1b]0;x\a\u009b31m\u202e"
	rules := dump(t, nil, "25", `-A INPUT -p tcp -m tcp --dport 25 -m comment --comment "`+evil+"\" -j ACCEPT\n")
	for _, extra := range [][]string{nil, {"--json"}} {
		got := call{args: append([]string{"firewall", "check", "-", "--region", "au", "--server", mailServer, "--lockdown"}, extra...), in: rules}.run(t)
		if got.code != ExitNotSafe {
			t.Errorf("code %d: %s", got.code, got.err)
		}
		if c, bad := controls(got.out + got.err); bad {
			t.Errorf("%v: the output holds %U", extra, c)
		}
		if strings.ContainsRune(got.out, '\u202e') {
			t.Errorf("%v: the output turns the writing round", extra)
		}
	}
}

func TestFirewallCheckBadFiles(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "pdf": "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "prose": "Dear colleague,\nplease find attached.\n",
		"utf-16 prose": "\xff\xfeH\x00i\x00", "nulls": strings.Repeat("\x00", 1000),
	} {
		got := call{args: []string{"firewall", "check", "-", "--region", "au", "--server", mailServer}, in: content}.run(t)
		if got.code != ExitError || !strings.HasPrefix(got.err, "mxodus: standard input: ") || strings.Contains(got.err, "panic") {
			t.Errorf("%s: code %d, %q", name, got.code, got.err)
		}
	}
}
