//go:build realserver

package mx_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/mx"
	"mxodus/steps/check/resolve"
)

// oldLife is the TTL of the old records, in seconds: long enough to look at a
// stale cache, short enough to see it run out.
const oldLife = 8

// daemon is a real server that runs until the test ends.
type daemon struct {
	name string
	dir  string
	cmd  *exec.Cmd
}

func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed; on Debian: apt-get install nsd unbound", p)
		}
	}
}

func launch(t *testing.T, dir, program string, args ...string) *daemon {
	t.Helper()
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = out, out, dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d := &daemon{program, dir, cmd}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		out.Close()
		if t.Failed() {
			for _, f := range []string{"out", "log"} {
				if b, err := os.ReadFile(filepath.Join(dir, f)); err == nil && len(b) > 0 {
					t.Logf("%s %s:\n%s", program, f, b)
				}
			}
		}
	})
	return d
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// nsd starts an authoritative server for corp.test and mimecast.com.
func nsd(t *testing.T, ip string, port int, corp string) *daemon {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "corp.zone"), corp)
	write(t, filepath.Join(dir, "mimecast.zone"), mimecast)
	write(t, filepath.Join(dir, "nsd.conf"), strings.NewReplacer("DIR", dir, "IP", ip, "PORT", fmt.Sprint(port)).Replace(`server:
  ip-address: IP@PORT
  port: PORT
  username: ""
  chroot: ""
  zonesdir: "DIR"
  database: ""
  pidfile: "DIR/pid"
  xfrdfile: "DIR/xfrd.state"
  xfrdir: "DIR"
  zonelistfile: "DIR/zone.list"
  logfile: "DIR/log"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: "corp.test"
  zonefile: "corp.zone"
zone:
  name: "mimecast.com"
  zonefile: "mimecast.zone"
`))
	return launch(t, dir, "nsd", "-c", filepath.Join(dir, "nsd.conf"), "-d")
}

func (d *daemon) reload(t *testing.T, corp string) {
	t.Helper()
	write(t, filepath.Join(d.dir, "corp.zone"), corp)
	if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// unbound starts a resolver that knows where the two zones are served.
func unbound(t *testing.T, port, authority int, options ...string) *daemon {
	t.Helper()
	modules := `module-config: "iterator"`
	for _, o := range options {
		if strings.HasPrefix(o, "trust-anchor:") {
			modules = `module-config: "validator iterator"`
		}
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "unbound.conf"), strings.NewReplacer("DIR", dir, "PORT", fmt.Sprint(port), "AUTH", fmt.Sprint(authority), "OPTIONS", strings.Join(options, "\n  "), "MODULES", modules).Replace(`server:
  OPTIONS
  interface: 127.0.0.1@PORT
  port: PORT
  access-control: 127.0.0.0/8 allow
  username: ""
  chroot: ""
  directory: "DIR"
  pidfile: "DIR/pid"
  use-syslog: no
  logfile: "DIR/log"
  do-ip6: no
  do-daemonize: no
  do-not-query-localhost: no
  MODULES
  local-zone: "test." nodefault
remote-control:
  control-enable: no
stub-zone:
  name: "corp.test."
  stub-addr: 127.0.0.1@AUTH
stub-zone:
  name: "mimecast.com."
  stub-addr: 127.0.0.1@AUTH
`))
	return launch(t, dir, "unbound", "-c", filepath.Join(dir, "unbound.conf"), "-d")
}

func corpZone(serial int, life int, host string) string {
	return fmt.Sprintf(`$ORIGIN corp.test.
$TTL 300
@ IN SOA ns1 hostmaster %d 3600 600 604800 60
@ IN NS ns1
@ IN NS ns2
@ %d IN MX 10 %s-smtp-inbound-1.mimecast.com.
@ %d IN MX 10 %s-smtp-inbound-2.mimecast.com.
ns1 IN A 127.0.0.1
ns2 IN A 127.0.0.2
`, serial, life, host, life, host)
}

// until asks again, up to ten seconds, until the answer is as wanted: real
// servers take a moment to start and to reload.
func until(t *testing.T, w *check.World, srv check.Resolver, recursive bool, typ resolve.Type, what string, ok func(resolve.Answer) bool) resolve.Answer {
	t.Helper()
	var a resolve.Answer
	for range 100 {
		a = resolve.New(t.Context(), w).Ask(t.Context(), srv, "corp.test", typ, recursive)
		if ok(a) {
			return a
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s: %s never gave it: %s %s\n%s", what, srv.Addr, a.Outcome, a.Why, a.Raw())
	return a
}

func serialIs(n uint32) func(resolve.Answer) bool {
	return func(a resolve.Answer) bool { s, ok := a.Serial(); return ok && s == n }
}

func answered(a resolve.Answer) bool { return a.Outcome == resolve.OK }

// A cut-over at real servers: the old set recorded, one name server that lags,
// a resolver that still holds the old set while its TTL runs down beside one
// that has the new, and the end of it.
func TestRealCutOver(t *testing.T) {
	needs(t, "nsd", "unbound")
	port := freePort(t)
	one := nsd(t, "127.0.0.1", port, corpZone(1, oldLife, "eu"))
	two := nsd(t, "127.0.0.2", port, corpZone(1, oldLife, "eu"))
	stalePort, freshPort := freePort(t), freePort(t)
	unbound(t, stalePort, port)
	unbound(t, freshPort, port)
	stale := check.Resolver{Name: "stale", Addr: fmt.Sprintf("127.0.0.1:%d", stalePort)}
	fresh := check.Resolver{Name: "fresh", Addr: fmt.Sprintf("127.0.0.1:%d", freshPort)}
	w := &check.World{Resolvers: []check.Resolver{stale, fresh}, DNSPort: port}
	ns1 := check.Resolver{Addr: fmt.Sprintf("127.0.0.1:%d", port)}
	ns2 := check.Resolver{Addr: fmt.Sprintf("127.0.0.2:%d", port)}
	until(t, w, ns1, false, resolve.TypeSOA, "first serial", serialIs(1))
	until(t, w, ns2, false, resolve.TypeSOA, "first serial", serialIs(1))
	until(t, w, stale, true, resolve.TypeNS, "start", answered)
	until(t, w, fresh, true, resolve.TypeNS, "start", answered)

	in := check.Input{Phase: check.Before, Domains: []string{"corp.test"}, Target: au(), Source: eu()}
	run := func(id string) check.Result {
		for _, c := range mx.Checks(w) {
			if c.ID() == id {
				return check.Runner{}.Run(t.Context(), []check.Check{c}, in, nil)[0]
			}
		}
		t.Fatal(id)
		return check.Result{}
	}

	r := run("MX-PLAN")
	expect(t, r, check.Pass, "MX-PLAN.recorded ok")
	var base check.MXBaseline
	err := json.Unmarshal(r.Data, &base)
	in.MXBefore = base.Sets
	if err != nil || len(in.MXBefore["corp.test"]) != 2 || in.MXBefore["corp.test"][0].TTL != oldLife {
		t.Fatalf("baseline %s, %v", r.Data, err)
	}
	expect(t, run("MX-AUTH"), check.Pass, "MX-AUTH.ok ok")

	warm := until(t, w, stale, true, resolve.TypeMX, "warming", answered)
	until(t, w, stale, true, resolve.TypeMX, "countdown", func(a resolve.Answer) bool {
		return a.MX()[0].TTL < warm.MX()[0].TTL
	})

	in.Phase, in.ChangedAt = check.During, time.Now()
	one.reload(t, corpZone(2, 60, "au"))
	until(t, w, ns1, false, resolve.TypeSOA, "new serial", serialIs(2))
	r = run("MX-AUTH")
	expect(t, r, check.Fail, "MX-AUTH.old blocker")
	if saw := string(r.Findings[0].Saw); !strings.Contains(saw, "ns2.corp.test") || !strings.Contains(saw, "serial 1, one behind") {
		t.Errorf("saw %q", saw)
	}

	two.reload(t, corpZone(2, 60, "au"))
	until(t, w, ns2, false, resolve.TypeSOA, "new serial", serialIs(2))
	expect(t, run("MX-AUTH"), check.Pass, "MX-AUTH.ok ok")
	expect(t, run("MX-LEFT"), check.Pass, "MX-LEFT.ok ok")
	expect(t, run("MX-FORM"), check.Pass, "MX-FORM.ok ok")

	r = run("MX-PROP")
	expect(t, r, check.Waiting, "MX-PROP.wait advice")
	rows := r.Tables[0].Rows
	if rows[0][1].Text != "old" || rows[1][1].Text != "planned" || !strings.HasPrefix(string(rows[0][2].Text), "0:0") {
		t.Errorf("rows %v", rows)
	}
	for r.Outcome == check.Waiting && time.Since(in.ChangedAt) < 2*oldLife*time.Second {
		time.Sleep(500 * time.Millisecond)
		r = run("MX-PROP")
	}
	expect(t, r, check.Pass, "MX-PROP.ok ok")

	rep := mx.Survey(t.Context(), w, []string{"corp.test"}, au(), nil)
	if rep.Equal != mx.Yes {
		t.Errorf("survey %+v", rep)
	}
}

// Resolvers that do not keep time as the records say: one that raises short
// TTLs, one that serves what has run out, one that keeps that there is no
// record; and a name server that lags behind feeds a cache anew.
func TestRealCachesThatKeepTheirOwnTime(t *testing.T) {
	needs(t, "nsd", "unbound")
	port := freePort(t)
	one := nsd(t, "127.0.0.1", port, corpZone(1, oldLife, "eu"))
	two := nsd(t, "127.0.0.2", port, corpZone(1, oldLife, "eu"))
	resolver := func(name string, options ...string) check.Resolver {
		p := freePort(t)
		unbound(t, p, port, options...)
		return check.Resolver{Name: name, Addr: fmt.Sprintf("127.0.0.1:%d", p)}
	}
	clamps := resolver("clamps", "cache-min-ttl: 600")
	stale := resolver("stale", "serve-expired: yes", "serve-expired-ttl: 3600", "serve-expired-reply-ttl: 30")
	plain := resolver("plain")
	ns1 := check.Resolver{Addr: fmt.Sprintf("127.0.0.1:%d", port)}
	ns2 := check.Resolver{Addr: fmt.Sprintf("127.0.0.2:%d", port)}
	w := &check.World{Resolvers: []check.Resolver{plain}, DNSPort: port}
	until(t, w, ns1, false, resolve.TypeSOA, "first serial", serialIs(1))
	until(t, w, ns2, false, resolve.TypeSOA, "first serial", serialIs(1))
	for _, r := range []check.Resolver{clamps, stale, plain} {
		until(t, w, r, true, resolve.TypeMX, "warming", answered)
	}
	old := check.MX{Host: "eu-smtp-inbound-1.mimecast.com", Pref: 10, TTL: oldLife}
	old2 := old
	old2.Host = "eu-smtp-inbound-2.mimecast.com"
	in := check.Input{
		Phase: check.During, Domains: []string{"corp.test"}, Target: au(), Source: eu(),
		MXBefore: map[string][]check.MX{"corp.test": {old, old2}},
	}
	prop := func(rs ...check.Resolver) check.Result {
		w := &check.World{Resolvers: rs, DNSPort: port}
		return check.Runner{}.Run(t.Context(), []check.Check{mx.Checks(w)[2]}, in, nil)[0]
	}
	in.ChangedAt = time.Now()
	in.CachesClear = in.ChangedAt.Add(oldLife * time.Second)
	one.reload(t, corpZone(2, 60, "au"))
	until(t, w, ns1, false, resolve.TypeSOA, "new serial", serialIs(2))

	r := prop(plain)
	expect(t, r, check.Waiting, "MX-PROP.fed advice")
	if strings.Contains(string(r.Summary), "new by") {
		t.Errorf("promised while one name server lags: %q", r.Summary)
	}
	two.reload(t, corpZone(2, 60, "au"))
	until(t, w, ns2, false, resolve.TypeSOA, "new serial", serialIs(2))

	r = prop(clamps)
	expect(t, r, check.Waiting, "MX-PROP.wait advice")
	if saw := string(r.Findings[0].Saw); !strings.Contains(saw, "keeps them longer than it is told") {
		t.Errorf("clamped: %q", saw)
	}
	time.Sleep(time.Until(in.CachesClear.Add(2 * time.Second))) // real caches run by the real clock
	r = prop(stale)
	expect(t, r, check.Waiting, "MX-PROP.wait advice")
	if saw := string(r.Findings[0].Saw); !strings.Contains(saw, "beyond their time") {
		t.Errorf("stale: %q", saw)
	}
	expect(t, prop(plain), check.Pass, "MX-PROP.ok ok")
}

// A domain that had no MX: a resolver keeps that for as long as the zone says.
func TestRealCacheOfNoRecord(t *testing.T) {
	needs(t, "nsd", "unbound")
	port := freePort(t)
	bare := func(serial int, mxs string) string {
		return fmt.Sprintf("$ORIGIN corp.test.\n$TTL 300\n@ 300 IN SOA ns1 h %d 3600 600 604800 %d\n@ IN NS ns1\nns1 IN A 127.0.0.1\n%s", serial, oldLife, mxs)
	}
	server := nsd(t, "127.0.0.1", port, bare(1, ""))
	at := freePort(t)
	unbound(t, at, port)
	cache := check.Resolver{Name: "cache", Addr: fmt.Sprintf("127.0.0.1:%d", at)}
	ns1 := check.Resolver{Addr: fmt.Sprintf("127.0.0.1:%d", port)}
	w := &check.World{Resolvers: []check.Resolver{cache}, DNSPort: port}
	until(t, w, ns1, false, resolve.TypeSOA, "first serial", serialIs(1))
	until(t, w, cache, true, resolve.TypeNS, "start", answered)
	in := check.Input{Phase: check.Before, Domains: []string{"corp.test"}, Target: au()}
	run := func(n int) check.Result { return check.Runner{}.Run(t.Context(), mx.Checks(w)[n:n+1], in, nil)[0] }
	var base check.MXBaseline
	if err := json.Unmarshal(run(0).Data, &base); err != nil || base.NoMX["corp.test"] != oldLife {
		t.Fatalf("baseline %+v, %v", base, err)
	}
	until(t, w, cache, true, resolve.TypeMX, "warming", func(a resolve.Answer) bool { return a.Outcome == resolve.NoData })
	in.Phase, in.ChangedAt, in.MXBefore = check.During, time.Now(), base.Sets
	server.reload(t, bare(2, auSet))
	until(t, w, ns1, false, resolve.TypeSOA, "new serial", serialIs(2))
	r := run(2)
	expect(t, r, check.Waiting, "MX-PROP.wait advice")
	if left := r.Until.Sub(in.ChangedAt); left > (oldLife+31)*time.Second {
		t.Errorf("until %v, %v after the change", r.Until, left)
	}
	for r.Outcome == check.Waiting && time.Since(in.ChangedAt) < 3*oldLife*time.Second {
		time.Sleep(500 * time.Millisecond)
		r = run(2)
	}
	expect(t, r, check.Pass, "MX-PROP.ok ok")
}
