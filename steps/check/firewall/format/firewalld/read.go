package firewalld

import (
	"fmt"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/iptables"
	"mxodus/steps/check/firewall/format/nft"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var (
	headLine    = pattern.New(`^([\w.-]+)(?: \(([a-z, ]+)\))?\s*$`)
	attrLine    = pattern.New(`^\s+([a-z][a-z0-9 -]*): ?(.*?)\s*$`)
	moreLine    = pattern.New(`^\s+(rule\b.*|port=.*?)\s*$`)
	commandLine = pattern.New(`^\s*(?:\S*[#$]\s+)?(?:sudo\s+)?(?:\S*/)?firewall-(?:offline-)?cmd\s+(.+?)\s*$`)
	nftMark     = pattern.New(`^\s*table (inet|ip|ip6) firewalld \{|"name": ?"firewalld"`)
	chainMark   = pattern.New(`^:(IN|FWDI|FWDO|INPUT|FORWARD|OUTPUT|PREROUTING)_(ZONES|public|external|internal|trusted|direct)`)
)

// plainName is what zones, policies and interfaces may be called.
var plainName = pattern.New(`^[\w.:@+*-]{1,64}$`)

var nameOption = map[string]bool{
	"zone": true, "policy": true, "new-zone": true, "new-policy": true, "set-default-zone": true, "add-interface": true, "change-interface": true,
	"add-ingress-zone": true, "add-egress-zone": true,
}

type reader struct {
	set  *ir.Ruleset
	doc  *source.Doc
	conf *config
	now  *zone
	key  string // of the attribute at hand
}

func (r *reader) problem(line int, format string, args ...any) {
	r.set.Problems = append(r.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
}

// Read reads a file in any of the forms. It never fails: what it cannot read
// becomes a Problem and stays undecided.
func Read(doc *source.Doc) *ir.Ruleset {
	for _, l := range doc.Lines() {
		switch {
		case nftMark.MatchString(l.Text):
			set := nft.Read(doc)
			set.Format, set.Label = "firewalld", "firewalld, "+set.Label
			return set
		case chainMark.MatchString(strings.TrimSpace(l.Text)):
			set := iptables.Parse(doc.Name, doc.Lines())
			set.Format, set.Label = "firewalld", "firewalld, "+set.Label
			return set
		}
	}
	r := &reader{
		set: &ir.Ruleset{Format: "firewalld", Label: "firewalld zones and policies"}, doc: doc,
		conf: &config{zones: map[string]*zone{}, policies: map[string]*zone{}},
	}
	r.lines()
	r.compose()
	return r.set
}

func (r *reader) lines() {
	lines := r.doc.Lines()
	for i, l := range lines {
		t := strings.TrimRight(l.Text, " \t")
		trimmed := strings.TrimSpace(t)
		if trimmed == "" || trimmed[0] == '#' && !commandLine.MatchString(t) {
			continue
		}
		known := true
		switch {
		case commandLine.MatchString(t):
			known = r.command(l.Number, t)
		case attrLine.MatchString(t):
			known = r.attribute(l.Number, t)
		case moreLine.MatchString(t) && r.now != nil && r.key != "":
			r.more(l.Number, trimmed)
		case headLine.MatchString(t):
			known = r.head(l.Number, t, i+1 < len(lines) && attrLine.MatchString(lines[i+1].Text))
		case trimmed == "success", strings.HasPrefix(trimmed, "Warning:"):
		default:
			known = false
		}
		if !known {
			r.unread(l.Number, trimmed)
		}
		r.set.Statements = append(r.set.Statements, ir.Statement{Line: l.Number, Text: trimmed, Known: known})
	}
}

func (r *reader) unread(line int, text string) {
	r.problem(line, "line %d could not be read: expected what firewall-cmd --list-all-zones prints, or a command of firewall-cmd, came %q. What it was to do is not known, so nothing is decided until it is put right or taken out.",
		line, clip(source.Redact(text)))
	p := r.conf.pol(fmt.Sprintf("mxodus-line-%d", line), line)
	p.known, p.priority, p.target, p.targetAt = true, -40000, "?", entry{text: "?", line: line, raw: text}
	p.ingress, p.egress = []entry{{text: "ANY"}, {text: "HOST"}}, []entry{{text: "ANY"}, {text: "HOST"}}
}

// clip is a text as it is quoted.
func clip(s string) string { return source.Clip(s, 80) }

// head reads the line that names a zone or a policy. A name without anything
// under it is the default zone, as firewall-cmd --get-default-zone prints it.
func (r *reader) head(line int, text string, body bool) bool {
	m := headLine.FindStringSubmatch(text)
	if !body {
		if r.conf.byDefault != "" && r.conf.byDefault != m[1] {
			return false
		}
		r.conf.byDefault = m[1]
		return true
	}
	r.now, r.key = &zone{name: m[1], line: line, known: true, target: "default"}, ""
	r.conf.zones[m[1]] = r.now
	if strings.Contains(m[2], "default") {
		r.conf.byDefault = m[1]
	}
	return true
}

// attribute reads one line of a zone or a policy.
func (r *reader) attribute(line int, text string) bool {
	if r.now == nil {
		return false
	}
	m := attrLine.FindStringSubmatch(text)
	key, value := m[1], m[2]
	e := entry{value, line, fmt.Sprintf("%s, %s: %s", r.now.name, key, value)}
	z := r.now
	r.key = ""
	switch key {
	case "target":
		z.target, z.targetAt = value, e
	case "priority":
		n, err := strconv.Atoi(value)
		z.priority = n
		return err == nil
	case "ingress-priority", "egress-priority":
		return value == "0"
	case "icmp-block-inversion":
		z.invert = value == "yes"
	case "forward":
		z.forward = value
	case "masquerade":
		if value == "yes" {
			z.masq = e
		}
	case "summary", "description", "version", "disable", "default", "options", "module", "modules", "helpers", "short":
	case "ingress-zones", "egress-zones":
		if !z.policy { // what was taken for a zone is a policy
			delete(r.conf.zones, z.name)
			z.policy = true
			r.conf.policies[z.name] = z
		}
		r.values(z.list(key), e)
	case "rich rules":
		r.key = key
		if strings.HasPrefix(value, "rule") {
			r.more(line, value)
		}
	default:
		list := z.list(key)
		if list == nil {
			return false
		}
		r.key = key
		for _, v := range strings.Fields(value) {
			if key == "interfaces" && !plainName.MatchString(v) {
				return false
			}
		}
		r.values(list, e)
	}
	return true
}

func (r *reader) values(list *[]entry, e entry) {
	for _, v := range strings.Fields(e.text) {
		add(list, entry{v, e.line, e.raw})
		r.set.Rules++
	}
}

// more reads a rich rule or a forwarded port on a line of its own.
func (r *reader) more(line int, text string) {
	list := r.now.list(r.key)
	if strings.HasPrefix(text, "rule") {
		list = &r.now.rich
	}
	if list != nil {
		add(list, entry{text, line, r.now.name + ": " + text})
		r.set.Rules++
	}
}

// command carries out one command line.
func (r *reader) command(line int, text string) bool {
	words, err := source.Words(commandLine.FindStringSubmatch(text)[1])
	if err != nil {
		return false
	}
	var z *zone
	var changes [][2]string
	for i := 0; i < len(words); i++ {
		if names := strings.SplitN(words[i], "=", 2); len(names) == 2 && nameOption[strings.TrimLeft(names[0], "-")] && !plainName.MatchString(names[1]) {
			return false
		}
		key, value, has := strings.Cut(strings.TrimLeft(words[i], "-"), "=")
		if !has && i+1 < len(words) && !strings.HasPrefix(words[i+1], "--") {
			if value = words[i+1]; nameOption[key] && !plainName.MatchString(value) {
				return false
			}
			i++
		}
		switch key {
		case "permanent", "reload", "complete-reload", "runtime-to-permanent", "state", "q", "quiet", "timeout", "check-config", "version":
		case "list-all-zones", "list-all", "list-all-policies", "get-default-zone", "get-active-zones", "get-zones", "info-zone", "info-policy", "info-ipset", "get-ipset", "list-rich-rules":
		case "zone":
			z = r.conf.zone(value, line)
		case "policy":
			z = r.conf.pol(value, line)
		case "new-zone":
			r.conf.zones[value] = &zone{name: value, line: line, known: true, target: "default", forward: "yes"}
		case "new-policy":
			r.conf.pol(value, line).known = true
		case "delete-policy":
			delete(r.conf.policies, value)
		case "set-default-zone":
			r.conf.byDefault = value
		case "new-ipset", "ipset", "type", "option", "add-entry", "add-entries-from-file", "family":
		default:
			changes = append(changes, [2]string{key, value})
		}
	}
	for _, x := range changes {
		if z == nil && r.conf.byDefault != "" {
			z = r.conf.zone(r.conf.byDefault, line)
		}
		if z == nil || !z.change(x[0], x[1], entry{x[1], line, strings.TrimSpace(text)}) {
			return false
		}
		r.set.Rules++
	}
	return true
}

// change carries out --add-..., --remove-... and --set-... on a zone.
func (z *zone) change(key, value string, e entry) bool {
	switch key {
	case "set-target":
		z.target, z.targetAt = value, e
		return true
	case "set-priority":
		n, err := strconv.Atoi(value)
		z.priority = n
		return err == nil
	case "add-masquerade":
		z.masq = e
		return true
	case "remove-masquerade":
		z.masq = entry{}
		return true
	case "add-forward":
		z.forward = "yes"
		return true
	case "remove-forward":
		z.forward = "no"
		return true
	case "change-interface", "change-source":
		key = strings.Replace(key, "change", "add", 1)
	case "set-description", "set-short":
		return true
	}
	verb, what, _ := strings.Cut(key, "-")
	list := z.list(what)
	switch {
	case list == nil:
		return false
	case verb == "add":
		add(list, e)
	case verb == "remove":
		remove(list, value)
	default:
		return false
	}
	return true
}
