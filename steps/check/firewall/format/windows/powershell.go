package windows

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// cmdlet begins a command that changes rules or profiles.
var cmdlet = pattern.New(`(?i)^\s*(PS [^>]*>\s*)?((New|Set|Remove|Enable|Disable|Get|Rename|Copy)-NetFirewall(Rule|Profile))\b`)

// readCommands carries out New-NetFirewallRule and the cmdlets beside it, as
// far as they name rules by Name, DisplayName or Group. Where a file holds
// commands alone, profiles are as Windows has them from the start.
func (f *file) readCommands(lines []source.Line) {
	start := 0
	var text strings.Builder
	for _, l := range lines {
		t := strings.TrimRight(l.Text, " \t")
		if start == 0 {
			start = l.Number
		}
		if strings.HasSuffix(t, "`") {
			text.WriteString(strings.TrimSuffix(t, "`") + " ")
			if text.Len() < maxCommand {
				continue
			}
			t = ""
		}
		text.WriteString(t)
		f.statement(start, strings.TrimSpace(text.String()))
		start = 0
		text.Reset()
	}
	if text.Len() > 0 {
		f.statement(start, strings.TrimSpace(text.String()))
	}
}

// maxCommand bounds a command over several lines, in bytes.
const maxCommand = 1 << 20

func (f *file) statement(line int, text string) {
	if text == "" || text[0] == '#' {
		f.keep(line, text, true)
		return
	}
	if m := cmdlet.FindStringSubmatchIndex(text); m != nil {
		text = text[m[4]:]
	} else {
		f.keep(line, text, false)
		if strings.Contains(strings.ToLower(text), "netfirewall") {
			f.unread(line, fmt.Sprintf("line %d is a command that is not followed", line))
		}
		return
	}
	cmds, ok := pipeline(text)
	if !ok {
		f.unread(line, fmt.Sprintf("line %d has a quotation or bracket that is not closed, or a variable", line))
		f.keep(line, text, false)
		return
	}
	c := cmds[0]
	if len(cmds) == 2 && strings.EqualFold(c.name, "Get-NetFirewallRule") {
		second := cmds[1]
		second.selector = c.params
		c = second
	} else if len(cmds) > 1 {
		f.unread(line, fmt.Sprintf("line %d is a command that is not followed", line))
		f.keep(line, text, false)
		return
	}
	f.keep(line, text, f.carryOut(line, text, c))
}

type command struct {
	name     string
	params   map[string][]string // by lower-case name without the dash
	selector map[string][]string
}

// pipeline splits a line into commands with their parameters.
func pipeline(text string) ([]command, bool) {
	tokens, ok := psTokens(text)
	if !ok || len(tokens) == 0 {
		return nil, false
	}
	var out []command
	var c *command
	key := ""
	for _, t := range tokens {
		switch {
		case t.bare && t.text == "|":
			c = nil
		case c == nil:
			out = append(out, command{name: t.text, params: map[string][]string{}})
			c, key = &out[len(out)-1], ""
		case t.bare && strings.HasPrefix(t.text, "-") && len(t.text) > 1 && (t.text[1] < '0' || t.text[1] > '9'):
			k, v, has := strings.Cut(t.text[1:], ":")
			key = strings.ToLower(k)
			if key == "remoteaddress" || key == "localaddress" {
				has = false
			}
			c.params[key] = nil
			if has {
				c.params[key] = []string{v}
			}
		case key == "":
			c.params["name"] = append(c.params["name"], t.text)
		default:
			c.params[key] = append(c.params[key], t.text)
		}
	}
	return out, true
}

type token struct {
	text string
	bare bool // without quotes
}

// psTokens splits a command at blanks and commas. Variables and script blocks
// are not followed: then ok is false.
func psTokens(text string) (out []token, ok bool) {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == ',' || c == '(' || c == ')':
			i++
		case c == '@' && i+1 < len(text) && text[i+1] == '(':
			i++
		case c == '#':
			return out, true
		case c == ';':
			return out, strings.TrimSpace(text[i+1:]) == ""
		case c == '|':
			out = append(out, token{"|", true})
			i++
		case c == '"' || c == '\'':
			var b strings.Builder
			next := psQuoted(text, i, &b)
			if next < 0 {
				return out, false
			}
			out, i = append(out, token{b.String(), false}), next
		case c == '$' || c == '{' || c == '}':
			for _, word := range []string{"$true", "$false"} {
				if len(text) >= i+len(word) && strings.EqualFold(text[i:i+len(word)], word) {
					out, i, ok = append(out, token{word[1:], true}), i+len(word), true
					break
				}
			}
			if !ok {
				return out, false
			}
			ok = false
		default:
			k := i
			for k < len(text) && !strings.ContainsRune(" \t,()|;\"'", rune(text[k])) {
				k++
			}
			out, i = append(out, token{text[i:k], true}), k
		}
	}
	return out, true
}

// psQuoted reads a quoted text; the index after it, -1 when it is not closed
// or holds a variable.
func psQuoted(text string, i int, b *strings.Builder) int {
	q := text[i]
	for i++; i < len(text); i++ {
		switch c := text[i]; {
		case c == q && i+1 < len(text) && text[i+1] == q:
			b.WriteByte(q)
			i++
		case c == q:
			return i + 1
		case q == '"' && c == '`' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case q == '"' && c == '$' && i+1 < len(text) && text[i+1] != ' ' && text[i+1] != '"':
			return -1
		default:
			b.WriteByte(c)
		}
	}
	return -1
}

// carryOut does what a command says; false when it is not followed.
func (f *file) carryOut(line int, text string, c command) bool {
	get := func(key string) string {
		if v := c.params[key]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	switch strings.ToLower(c.name) {
	case "get-netfirewallrule", "get-netfirewallprofile", "rename-netfirewallrule":
	case "new-netfirewallrule":
		r := &rule{line: line, text: text, enabled: true, profiles: anyProfile, action: allow, source: "Local"}
		f.assign(r, c.params)
		f.rules = append(f.rules, r)
	case "set-netfirewallprofile":
		f.commandProfile(line, c.params)
	case "remove-netfirewallrule", "enable-netfirewallrule", "disable-netfirewallrule", "set-netfirewallrule":
		picked, ok := f.pick(c)
		if !ok {
			f.unread(line, fmt.Sprintf("line %d changes rules that it does not name by Name, DisplayName or Group", line))
			return false
		}
		switch strings.ToLower(c.name)[:3] {
		case "rem":
			gone := map[*rule]bool{}
			for _, r := range picked {
				gone[r] = true
			}
			f.rules = slices.DeleteFunc(f.rules, func(r *rule) bool { return gone[r] })
		case "ena", "dis":
			for _, r := range picked {
				r.enabled = strings.HasPrefix(strings.ToLower(c.name), "ena")
			}
		default:
			for _, r := range picked {
				if v := get("newdisplayname"); v != "" {
					r.display = v
				}
				f.assign(r, c.params)
			}
		}
	default:
		f.unread(line, fmt.Sprintf("line %d is a command that is not followed", line))
		return false
	}
	return true
}

// pick finds the rules that a command names; * stands for any ending.
func (f *file) pick(c command) ([]*rule, bool) {
	sel := c.selector
	if sel == nil {
		sel = c.params
	}
	for _, x := range []struct {
		key string
		of  func(*rule) string
	}{
		{"name", func(r *rule) string { return r.name }},
		{"displayname", func(r *rule) string { return r.display }},
		{"group", func(r *rule) string { return r.group }},
		{"displaygroup", func(r *rule) string { return r.group }},
	} {
		list, given := sel[x.key]
		if !given {
			continue
		}
		if f.picked++; f.picked > maxPicks {
			return nil, false
		}
		var out []*rule
		for _, r := range f.rules {
			if slices.ContainsFunc(list, func(p string) bool { return likes(p, x.of(r)) }) {
				out = append(out, r)
			}
		}
		return out, true
	}
	_, all := sel["all"]
	return f.rules, all
}

// maxPicks bounds the commands of one file that look rules up.
const maxPicks = 2000

func likes(pattern, s string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
	}
	return strings.EqualFold(pattern, s)
}

// assign sets what parameters say of a rule.
func (f *file) assign(r *rule, params map[string][]string) {
	first := func(v []string) string {
		if len(v) == 0 {
			return ""
		}
		return v[0]
	}
	words := map[string]*string{
		"name": &r.name, "displayname": &r.display, "group": &r.group, "protocol": &r.protocol, "program": &r.program, "service": &r.service, "package": &r.pkg,
	}
	lists := map[string]*[]string{
		"localport": &r.localPort, "remoteport": &r.remotePort, "localaddress": &r.local, "remoteaddress": &r.remote, "icmptype": &r.icmp,
		"interfacealias": &r.interfaces, "interfacetype": &r.interfaceTypes,
	}
	for key, v := range params {
		switch {
		case words[key] != nil:
			*words[key] = first(v)
		case lists[key] != nil:
			*lists[key] = v
		case key == "direction":
			r.out = strings.EqualFold(first(v), "Outbound")
		case key == "action":
			r.setAction(first(v))
		case key == "enabled":
			r.enabled = isTrue(first(v))
		case key == "profile":
			r.setProfiles(v)
		default:
			f.assignOther(r, key, first(v))
		}
	}
}

// assignOther takes parameters that decide nothing, and those of IPsec and
// users.
func (f *file) assignOther(r *rule, key, v string) {
	switch key {
	case "description", "edgetraversalpolicy", "localonlymapping", "loosesourcemapping", "newdisplayname", "displaygroup",
		"whatif", "confirm", "verbose", "erroraction", "passthru", "all", "platform", "policystore":
		if key == "policystore" && !strings.EqualFold(v, "PersistentStore") && v != "" {
			r.doubt = fmt.Sprintf("the policy store %s of line %d", source.Redact(v), r.line)
		}
	case "authentication", "encryption":
		if !strings.EqualFold(v, "NotRequired") {
			r.secure = append(r.secure, ipsec)
		}
	case "overrideblockrules":
		r.override = isTrue(v) || v == ""
	case "localuser", "remoteuser", "remotemachine", "owner":
		if !anyText(v) {
			r.secure = append(r.secure, sender)
		}
	case "remotedynamickeywordaddresses":
		r.secure = append(r.secure, elsewhere)
	default:
		f.problem(r.line, "line %d: the parameter -%s is not known here; whether the rule is met cannot be decided.", r.line, source.Redact(key))
		r.doubt = fmt.Sprintf("the parameter -%s of line %d, which is not known here", source.Redact(key), r.line)
	}
}

// commandProfile reads Set-NetFirewallProfile.
func (f *file) commandProfile(line int, params map[string][]string) {
	which, ok := profilesOf(slices.Concat(params["profile"], params["name"]))
	if !ok {
		f.unread(line, fmt.Sprintf("line %d names a profile that is not known here", line))
		return
	}
	for _, x := range []profile{domain, private, public} {
		if which&x == 0 {
			continue
		}
		s := &settings{line: line, known: true, inTold: true, outTold: true}
		if old := f.profiles[x]; old != nil {
			*s = *old
			s.line = line
		}
		for key, v := range params {
			if len(v) == 0 {
				continue
			}
			switch key {
			case "enabled":
				s.off = isFalse(v[0])
			case "defaultinboundaction":
				s.allowIn = strings.EqualFold(v[0], "Allow")
			case "defaultoutboundaction":
				s.blockOut = strings.EqualFold(v[0], "Block")
			case "allowinboundrules":
				s.shut = isFalse(v[0])
			case "allowlocalfirewallrules":
				s.groupOnly = isFalse(v[0])
			case "disabledinterfacealiases":
				s.openInterfaces = v
			}
		}
		f.profiles[x] = s
	}
}
