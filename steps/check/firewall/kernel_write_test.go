//go:build realserver

package firewall

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// inKernel carries out shell commands in a network namespace of their own and
// returns what the last of them prints.
func inKernel(t *testing.T, commands ...string) string {
	t.Helper()
	out, err := exec.Command("unshare", "-n", "sh", "-ec", strings.Join(commands, "\n")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, out, strings.Join(commands, "\n"))
	}
	return string(out)
}

// writtenJobs are rules for a firewall before the mail server and for its own
// host: two ranges are let in, one more may be reached, all others are kept out.
func writtenJobs() map[string]format.Job {
	p := func(list ...string) []netip.Prefix { return prefixes(list...) }
	jobs := map[string]format.Job{}
	for name, host := range map[string]bool{"behind": false, "host": true} {
		server := p("10.0.0.25/32")
		if host {
			server = p("198.51.100.5/32")
		}
		jobs[name] = format.Job{Host: host, Flows: []format.Flow{
			{In: true, Proto: "tcp", Src: p("103.13.69.0/24", "124.47.150.0/25"), Dst: server, Port: 25, Family: ir.V4, Label: "mxodus mail in"},
			{Proto: "tcp", Src: server, Dst: p("103.13.69.0/24"), Port: 587, Family: ir.V4, Label: "mxodus mail out"},
			{In: true, Deny: true, Proto: "tcp", Dst: server, Port: 25, Family: ir.V4, Label: "mxodus lock-down"},
		}}
	}
	return jobs
}

// writtenProbes go to and from both servers, at and beside the ports.
func writtenProbes(n int) []kernelProbe {
	r := rand.New(rand.NewPCG(5, 8))
	var list []kernelProbe
	for _, p := range kernelProbes(r, n) {
		port := pick(r, []int{25, 25, 25, 587, 26})
		p.DPort, p.Proto = &port, pick(r, []string{"tcp", "tcp", "tcp", "udp"})
		switch p.Dir {
		case "in":
			p.Dst = "198.51.100.5"
		case "out":
			p.Src = "198.51.100.5"
		default:
			p.Dst, p.OutIf = "10.0.0.25", "eth1"
			if r.IntN(3) == 0 {
				p.Src, p.Dst, p.InIf, p.OutIf = "10.0.0.25", p.Src, "eth1", "eth0"
			}
		}
		p.line = fmt.Sprintf("%s %s %s %s %d sport=%d", p.Dir, p.Src, p.Dst, p.Proto, port, *p.SPort)
		if p.Dir != "out" {
			p.line += " iif=" + p.InIf
		}
		list = append(list, p)
	}
	return list
}

// asWanted compares the kernel's verdicts with what a job asks for; what it
// says nothing of is left to rest.
func asWanted(t *testing.T, job format.Job, rows [][]string, list []kernelProbe, rest string) {
	t.Helper()
	count := map[string]int{}
	for i, f := range rows {
		got := map[string]string{"ACCEPT": "permit", "DROP": "deny", "REJECT": "deny"}[f[5]]
		if got == "" {
			continue
		}
		want := rest
		p := list[i].Probe
		for _, w := range job.Flows {
			has := func(list []netip.Prefix, a string) bool {
				for _, x := range list {
					if x.Contains(netip.MustParseAddr(a)) {
						return true
					}
				}
				return len(list) == 0
			}
			if p.Proto == w.Proto && *p.DPort == int(w.Port) && has(w.Src, p.Src) && has(w.Dst, p.Dst) {
				want = map[bool]string{false: "permit", true: "deny"}[w.Deny]
				break
			}
		}
		count[want]++
		if got != want {
			t.Errorf("%s: the kernel says %s, want %s", list[i].line, got, want)
		}
	}
	if count["permit"] < 20 || count["deny"] < 20 {
		t.Errorf("too few of a kind: %v", count)
	}
}

// TestKernelNftWritten loads written rules into the kernel, alone and before
// rules that refuse everything, asks it, and takes them away again.
func TestKernelNftWritten(t *testing.T) {
	oracle := kernelOracle(t)
	list := writtenProbes(600)
	shut := "table inet mine {\n\tchain a {\n\t\ttype filter hook input priority filter; policy drop;\n\t}\n\tchain b {\n\t\ttype filter hook forward priority filter; policy drop;\n\t\tmeta l4proto tcp drop\n\t}\n\tchain c {\n\t\ttype filter hook output priority filter; policy drop;\n\t}\n}\ntable ip more {\n\tchain d {\n\t\ttype filter hook forward priority 10; policy drop;\n\t}\n}\n"
	for name, job := range writtenJobs() {
		for state, before := range map[string]string{"alone": "", "shut": shut} {
			t.Run(name+" "+state, func(t *testing.T) {
				job, rest := job, "permit"
				if before != "" {
					rest = "deny"
					set, err := Read("", []byte(before), "nft")
					if err != nil {
						t.Fatal(err)
					}
					job.Set = set
				}
				s := written(t, "nft", job)
				asWanted(t, job, kernelAsk(t, oracle, "nft", before+s.Text, list), list, rest)
				load := "nft -f - <<'EOT'\n" + before + "EOT"
				was := inKernel(t, load, "nft list ruleset")
				now := inKernel(t, load, "nft -f - <<'EOT'\n"+s.Text+"EOT", s.Undo, "nft list ruleset")
				if before != "" && was != now {
					t.Errorf("before:\n%s\nafter the way back:\n%s", was, now)
				}
				if strings.Contains(now, "mxodus") || before == "" && strings.Contains(now, "accept\n") {
					t.Errorf("left behind:\n%s", now)
				}
			})
		}
	}
}

func written(t *testing.T, id string, job format.Job) format.Script {
	t.Helper()
	f, ok := FormatByID(id)
	if !ok || f.Write == nil {
		t.Fatalf("%s is not written", id)
	}
	s, err := f.Write(job)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestKernelIptablesWritten does the same for iptables commands.
func TestKernelIptablesWritten(t *testing.T) {
	oracle := kernelOracle(t)
	list := writtenProbes(600)
	shut := "iptables -P INPUT DROP\niptables -P FORWARD DROP\niptables -P OUTPUT DROP\niptables -A FORWARD -p tcp -j DROP\n"
	for name, job := range writtenJobs() {
		for state, before := range map[string]string{"alone": "iptables -P INPUT ACCEPT\n", "shut": shut} {
			t.Run(name+" "+state, func(t *testing.T) {
				job, rest := job, "permit"
				dump := inKernel(t, before, "iptables-save")
				if state == "shut" {
					rest = "deny"
					set, err := Read("", []byte(dump), "iptables")
					if err != nil {
						t.Fatal(err)
					}
					job.Set = set
				}
				s := written(t, "iptables", job)
				after := inKernel(t, before, s.Text, "iptables-save")
				rows := kernelAsk(t, oracle, "iptables", after, list)
				asWanted(t, job, rows, list, rest)
				kernelJudge(t, after, rows, list, map[string]int{})
				plain := func(s string) string {
					var out []string
					for _, l := range strings.Split(s, "\n") {
						if !strings.HasPrefix(l, "#") {
							out = append(out, strings.Split(l, " [")[0])
						}
					}
					return strings.Join(out, "\n")
				}
				if back := inKernel(t, before, s.Text, s.Undo, "iptables-save"); plain(back) != plain(dump) {
					t.Errorf("before:\n%s\nafter the way back:\n%s", dump, back)
				}
			})
		}
	}
	six := format.Job{Flows: []format.Flow{{In: true, Proto: "tcp", Src: prefixes("2001:db8:13::/48"), Dst: prefixes("fd00:10::25/128"), Port: 25, Family: ir.V6, Label: "six"}}}
	s := written(t, "iptables", six)
	if out := inKernel(t, s.Text, "ip6tables-save"); !strings.Contains(out, "2001:db8:13::/48") || !strings.Contains(out, "mxodus six") {
		t.Errorf("not loaded:\n%s", out)
	}
}
