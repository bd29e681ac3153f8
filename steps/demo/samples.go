package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mxodus/steps/region"
)

// Samples writes rulesets to try the firewall checks with into a folder: for
// each organisation one as it is today (with the faults that happen in real
// life), one that lets the region through, and one locked down. It returns the
// names of the files.
func Samples(dir string) ([]string, error) {
	var names []string
	for _, o := range organisations() {
		target, ok := region.Find(o.profile.Target)
		if !ok {
			continue
		}
		source, _ := region.Find(o.profile.Source)
		base := strings.SplitN(o.domains[0], ".", 2)[0]
		for _, f := range []struct{ name, text string }{
			{base + "-1-today.rules", today(o, target, source)},
			{base + "-2-open.rules", open(o, target, source)},
			{base + "-3-locked.rules", locked(o, target)},
		} {
			if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.text), 0o600); err != nil {
				return nil, fmt.Errorf("write the sample ruleset: %w", err)
			}
			names = append(names, f.name)
		}
	}
	return names, nil
}

// head and tail are the parts that all three rulesets share: an edge host that
// forwards to the mail server behind it, which has a public address of its own.
const head = `# iptables-save of the edge host
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
`

const tail = "COMMIT\n"

// outRules let the mail server reach the world; without them the outbound and
// journal rows of the matrix would be shut.
func outRules(o organisation) string {
	return fmt.Sprintf("-A FORWARD -s %s/32 -p tcp -m multiport --dports 25,443,587 -j ACCEPT\n", o.mailServer)
}

// today lets everyone in on 25 but names only half of one range for the
// directory, a fault that is easily made and hard to see.
func today(o organisation, target, source region.Region) string {
	var b strings.Builder
	b.WriteString(head + outRules(o))
	for i, p := range target.Prefixes() {
		if i == 0 {
			fmt.Fprintf(&b, "-A FORWARD -s %s/%d -d %s/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", p.Addr(), p.Bits()+1, o.mailServer)
			continue
		}
		if i < 2 {
			fmt.Fprintf(&b, "-A FORWARD -s %s -d %s/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", p, o.mailServer)
		}
	}
	allow(&b, o, source)
	b.WriteString(tail)
	return b.String()
}

// open lets both regions through and, still, everyone else on 25.
func open(o organisation, target, source region.Region) string {
	var b strings.Builder
	b.WriteString(head + outRules(o))
	allow(&b, o, target)
	allow(&b, o, source)
	fmt.Fprintf(&b, "-A FORWARD -d %s/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", o.mailServer)
	b.WriteString(tail)
	return b.String()
}

// locked lets the region through and nobody else: a region that was left is out.
func locked(o organisation, target region.Region) string {
	var b strings.Builder
	b.WriteString(head + outRules(o))
	allow(&b, o, target)
	b.WriteString(tail)
	return b.String()
}

func allow(b *strings.Builder, o organisation, r region.Region) {
	for _, p := range r.Prefixes() {
		fmt.Fprintf(b, "-A FORWARD -s %s -d %s/32 -p tcp -m multiport --dports 25,389,443,636 -j ACCEPT\n", p, o.mailServer)
	}
}
