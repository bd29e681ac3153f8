package windows

import (
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/source"
)

// readJSON reads JSON of the cmdlets: one object a line, or any nesting of
// lists and objects.
func (f *file) readJSON(lines []source.Line) {
	if len(lines) == 0 {
		return
	}
	if first := strings.TrimSpace(lines[0].Text); strings.HasPrefix(first, "{") && strings.HasSuffix(first, "}") {
		for _, l := range lines {
			if strings.TrimSpace(l.Text) != "" {
				f.chunk([]source.Line{l})
			}
		}
		return
	}
	f.chunk(lines)
}

func (f *file) chunk(lines []source.Line) {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Text)
		b.WriteByte('\n')
	}
	nodes, err := jsontree.Parse(b.String())
	first := lines[0].Number - 1
	for _, n := range nodes {
		f.node(n, first, 0)
	}
	if err != nil {
		last := lines[len(lines)-1].Number
		f.unread(last, "The JSON breaks off or is damaged at or before line "+itoa(last))
	}
	for _, l := range lines {
		f.keep(l.Number, l.Text, err == nil)
	}
}

// node finds what it knows in a value. first is the line before the chunk.
func (f *file) node(n *jsontree.Node, first, depth int) {
	if n == nil || depth > 6 {
		return
	}
	if n.Kind == jsontree.List {
		for _, k := range n.Kids {
			f.node(k, first, depth+1)
		}
		return
	}
	if n.Kind != jsontree.Object {
		return
	}
	line := first + n.Line
	switch {
	case n.Get("DefaultInboundAction") != nil:
		f.jsonProfile(n, line)
	case n.Get("NetworkCategory") != nil:
		f.jsonConnection(n)
	case n.Get("IPAddress") != nil && n.Get("PrefixLength") != nil:
		f.jsonAddress(n, line)
	case n.Get("Direction") != nil && n.Get("Action") != nil:
		f.jsonRule(n, line)
	default:
		for _, k := range n.Kids {
			f.node(k, first, depth+1)
		}
	}
}

// texts are the values of a member: a list, or one text with commas or blanks
// between the values.
func texts(n *jsontree.Node) []string {
	var out []string
	for _, k := range n.Items() {
		v := k
		if k.Kind == jsontree.Object { // as ConvertTo-Json writes some enumerations
			if v = k.Get("Value"); v == nil {
				v = k.Get("value")
			}
		}
		out = append(out, strings.FieldsFunc(v.Str(), func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	return out
}

func one(n *jsontree.Node) string {
	list := texts(n)
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// plain is a text as it is, with its blanks and commas.
func plain(n *jsontree.Node) string {
	if n != nil && n.Kind == jsontree.Object {
		if v := n.Get("Value"); v != nil {
			return v.Str()
		}
	}
	return n.Str()
}

// isTrue reads GpoBoolean: True is 1, False 0 and NotConfigured 2; Enabled of
// a rule is True 1 and False 2.
func isTrue(v string) bool  { return strings.EqualFold(v, "true") || v == "1" }
func isFalse(v string) bool { return strings.EqualFold(v, "false") || v == "0" }

func (f *file) jsonProfile(n *jsontree.Node, line int) {
	name := plain(n.Get("ProfileName"))
	if name == "" {
		name = plain(n.Get("Name"))
	}
	if name == "" {
		name = one(n.Get("Profile"))
	}
	which, ok := profilesOf([]string{name})
	if !ok {
		f.problem(line, "line %d: expected a profile Domain, Private or Public, came %q; it is passed over.", line, source.Redact(name))
		return
	}
	in, out := one(n.Get("DefaultInboundAction")), one(n.Get("DefaultOutboundAction"))
	s := &settings{
		line: line, known: true, inTold: true, outTold: true,
		off:      isFalse(one(n.Get("Enabled"))),
		allowIn:  strings.EqualFold(in, "allow") || in == "2",
		blockOut: strings.EqualFold(out, "block") || out == "4",
		shut:     isFalse(one(n.Get("AllowInboundRules"))), groupOnly: isFalse(one(n.Get("AllowLocalFirewallRules"))),
	}
	for _, k := range n.Get("DisabledInterfaceAliases").Items() {
		if v := k.Str(); v != "" && !strings.EqualFold(v, "NotConfigured") {
			s.openInterfaces = append(s.openInterfaces, v)
		}
	}
	f.setProfile(which, s)
}

func (f *file) setProfile(which profile, s *settings) {
	for _, x := range []profile{domain, private, public} {
		if which&x != 0 {
			f.profiles[x] = s
		}
	}
}

// jsonConnection reads which profile a network has, and so which is active.
func (f *file) jsonConnection(n *jsontree.Node) {
	switch strings.ToLower(one(n.Get("NetworkCategory"))) {
	case "domainauthenticated", "domain", "2":
		f.active |= domain
	case "private", "1":
		f.active |= private
	case "public", "0":
		f.active |= public
	default:
		f.active |= anyProfile
	}
}

func (f *file) jsonAddress(n *jsontree.Node, line int) {
	addr, _, _ := strings.Cut(n.Get("IPAddress").Str(), "%")
	p, err := netip.ParsePrefix(addr + "/" + n.Get("PrefixLength").Str())
	if err != nil || p.Addr().IsLoopback() {
		return
	}
	f.nets = append(f.nets, p.Masked())
	name := plain(n.Get("InterfaceAlias"))
	if name == "" {
		return
	}
	i := f.ifaces[name]
	if i == nil {
		i = &ir.Iface{Name: name, At: ir.At{Line: line, Text: "interface " + name}}
		f.ifaces[name] = i
	}
	i.Addrs = append(i.Addrs, p.Addr())
}

// jsonRule reads one rule.
func (f *file) jsonRule(n *jsontree.Node, line int) {
	r := &rule{
		line: line, name: plain(n.Get("Name")), display: plain(n.Get("DisplayName")),
		protocol: one(n.Get("Protocol")), localPort: texts(n.Get("LocalPort")), remotePort: texts(n.Get("RemotePort")), icmp: texts(n.Get("IcmpType")),
		local: texts(n.Get("LocalAddress")), remote: texts(n.Get("RemoteAddress")),
		program: plain(n.Get("Program")), service: plain(n.Get("Service")), pkg: plain(n.Get("Package")),
		interfaces: names(n.Get("InterfaceAlias")), interfaceTypes: texts(n.Get("InterfaceType")), source: one(n.Get("PolicyStoreSourceType")),
	}
	enabled := one(n.Get("Enabled"))
	r.enabled = isTrue(enabled) || enabled == ""
	dir := one(n.Get("Direction"))
	r.out = strings.EqualFold(dir, "outbound") || dir == "2"
	if !r.out && !strings.EqualFold(dir, "inbound") && dir != "1" {
		r.doubt = "the direction of the rule in line " + itoa(line)
	}
	r.setAction(one(n.Get("Action")))
	r.setProfiles(texts(n.Get("Profile")))
	if n.Get("RemoteAddress") == nil || n.Get("Protocol") == nil && n.Get("LocalPort") == nil {
		r.doubt = "ports and addresses of the rule in line " + itoa(line) + ", which the file does not hold; export with the PowerShell line given"
		f.note("Rules in this file lack ports and addresses, as Get-NetFirewallRule alone prints them. Export with the PowerShell line given.")
	}
	f.jsonSecurity(n, r)
	f.rules = append(f.rules, r)
}

func names(n *jsontree.Node) []string {
	var out []string
	for _, k := range n.Items() {
		if s := plain(k); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// jsonSecurity reads what a rule asks of IPsec, users and keyword addresses.
func (f *file) jsonSecurity(n *jsontree.Node, r *rule) {
	r.override = isTrue(one(n.Get("OverrideBlockRules")))
	for _, x := range []struct{ key, what string }{
		{"Authentication", ipsec}, {"Encryption", "an encrypted connection (IPsec)"},
	} {
		if v := one(n.Get(x.key)); v != "" && !strings.EqualFold(v, "NotRequired") && v != "0" {
			r.secure = append(r.secure, x.what)
		}
	}
	for _, x := range []struct{ key, what string }{
		{"LocalUser", "which user runs the program"},
		{"RemoteUser", "which user sends"},
		{"RemoteMachine", "which computer sends"},
		{"RemoteDynamicKeywordAddresses", "addresses that are kept elsewhere (RemoteDynamicKeywordAddresses)"},
	} {
		if v := strings.TrimSpace(plain(n.Get(x.key))); !anyText(v) {
			r.secure = append(r.secure, x.what)
		}
	}
	if v := strings.TrimSpace(plain(n.Get("Owner"))); v != "" && anyText(r.pkg) {
		r.secure = append(r.secure, "which user runs the program")
	}
}

func (r *rule) setAction(v string) {
	switch strings.ToLower(v) {
	case "allow", "2", "":
		r.action = allow
	case "block", "4":
		r.action = block
	case "bypass", "allowbypass":
		r.action, r.override = allow, true
	default:
		r.action = block
		r.doubt = "the action of the rule in line " + itoa(r.line)
	}
}

// jsonMarks are members that the cmdlets print.
func jsonMarks(text string) (string, bool) {
	marks := []string{`"DefaultInboundAction"`, `"DisplayName"`, `"RemoteAddress"`, `"LocalPort"`, `"InstanceID"`, `"Direction"`}
	found := slices.DeleteFunc(marks, func(m string) bool { return !strings.Contains(text, m) })
	if len(found) == 0 {
		return "", false
	}
	return found[0], found[0] == `"DefaultInboundAction"` || slices.Contains(found, `"DisplayName"`) && len(found) >= 3
}
