package checkpoint_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

func in(src, dst string, port int) firewall.Probe {
	return firewall.Probe{Dir: "fwd", Src: src, Dst: dst, Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(port)}
}

func TestMail(t *testing.T) {
	text := ft.Sample(t, "mail.json")
	for _, c := range []struct {
		name string
		p    firewall.Probe
		want string
		by   string
	}{
		{"network of a group", in("103.13.69.0", "203.0.113.5", 25), "permit", `"Mail in"`},
		{"range of a group in a group", in("124.47.150.255", "203.0.113.5", 25), "permit", `"Mail in"`},
		{"one beyond", in("103.13.70.0", "203.0.113.5", 25), "deny", `"Cleanup"`},
		{"other port", in("103.13.69.1", "203.0.113.5", 587), "deny", `"Cleanup"`},
		{"out", in("10.0.0.25", "103.13.69.1", 25), "permit", `"Mail out"`},
		{"inline layer drops", in("10.0.0.26", "103.13.69.1", 25), "deny", `"No mail"`},
		{"inline layer accepts", in("10.0.0.26", "103.13.69.1", 80), "permit", `"Rest"`},
		{"left out of a group", in("10.0.0.25", "103.13.69.1", 80), "deny", `"Cleanup"`},
	} {
		v := judge(t, text, c.p)
		if v.Verdict != c.want || !strings.Contains(v.Text, c.by) {
			t.Errorf("%s: %+v, want %s by %s", c.name, v, c.want, c.by)
		}
		if at := ft.LineOf(t, text, `"name": `+c.by, 1) - v.Line; v.Line > 0 && (at < 1 || at > 3) {
			t.Errorf("%s: blamed line %d, the rule stands at %d", c.name, v.Line, v.Line+at)
		}
	}
}

func TestEdits(t *testing.T) {
	text := ft.Sample(t, "mail.json")
	one := func(old, with string) string {
		i := strings.Index(text, `"name": "Mail in"`)
		return text[:i] + strings.Replace(text[i:], old, with, 1)
	}
	for name, c := range map[string]struct{ text, want, why string }{
		"disabled":        {one(`"enabled": true`, `"enabled": false`), "deny", ""},
		"old enabled":     {strings.Replace(text, `"enabled": false`, `"enabled": true`, 1), "permit", ""},
		"negated source":  {one(`"source-negate": false`, `"source-negate": true`), "deny", ""},
		"negated service": {one(`"service-negate": false`, `"service-negate": true`), "deny", ""},
		"VPN": {one(`"vpn": [
      "any"`, `"vpn": [
      "community"`), "unknown", "the VPN"},
		"content": {one(`"content": [
      "any"`, `"content": [
      "files"`), "unknown", "what the connection carries"},
		"time": {one(`"time": [
      "any"`, `"time": [
      "night"`), "unknown", "the time"},
		"some gateways":    {one(`"pt"`, `"gw7"`), "unknown", "installed on"},
		"unknown setting":  {one(`"comments"`, `"wormhole": "yes", "comments"`), "unknown", "wormhole"},
		"unknown object":   {one(`"g1"`, `"g9"`), "unknown", "g9, which is not in the file"},
		"group in itself":  {strings.Replace(text, "\"n1\",\n    \"g2\"", "\"g1\"", 1), "unknown", "contains itself"},
		"members not told": {strings.Replace(text, `"members"`, `"strangers"`, 1), "unknown", "whose members are not in the file"},
		"dynamic object":   {strings.Replace(text, `"type": "group"`, `"type": "updatable-object"`, 1), "unknown", "updatable-object"},
		"application":      {strings.Replace(text, `"type": "service-group"`, `"type": "application-site"`, 1), "unknown", "application-site"},
		"by signature":     {strings.Replace(text, `"port": "25"`, `"port": "25", "match-by-protocol-signature": true`, 1), "unknown", "protocol that the firewall sees"},
		"source not told":  {one(`"source": [`, `"comment": [`), "unknown", "what the rule has for source"},
		"asks":             {strings.Replace(text, `"name": "Accept"`, `"name": "Ask"`, 1), "unknown", `action "ask"`},
		"page missing":     {strings.Replace(text, `"from": 1,`, `"from": 3,`, 1), "unknown", "not in the file"},
		"cut off":          {text[:len(text)-200], "unknown", "breaks off"},
		"one line":         {strings.Join(strings.Fields(text), " "), "permit", ""},
		"CRLF":             {"\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"), "permit", ""},
		"echoed command":   {"# mgmt_cli show access-rulebase name Network\n" + text, "permit", ""},
	} {
		v := judge(t, c.text, in("103.13.69.9", "203.0.113.5", 25))
		if v.Verdict != c.want || !strings.Contains(v.Why, c.why) {
			t.Errorf("%s: %+v, want %s because %q", name, v, c.want, c.why)
		}
	}
}

// TestLayers asks ordered layers, which must all accept, and their ends.
func TestLayers(t *testing.T) {
	doc := func(uid, name, action, cleanup string) string {
		return `{"uid":"` + uid + `","name":"` + name + `","rulebase":[{"type":"access-rule","uid":"` + uid + `r","name":"only","rule-number":1,
"source":[{"uid":"n` + uid + `","name":"net","type":"network","subnet4":"192.0.2.0","mask-length4":24}],"destination":["Any"],"service":["Any"],"action":{"name":"` + action + `"},"enabled":true}],"from":1,"to":1,"total":1}
{"uid":"` + uid + `","name":"` + name + `","type":"access-layer","implicit-cleanup-action":"` + cleanup + `"}
`
	}
	for _, c := range []struct{ first, second, end, src, want string }{
		{"Accept", "Accept", "accept", "192.0.2.1", "permit"},
		{"Accept", "Drop", "accept", "192.0.2.1", "deny"},
		{"Drop", "Accept", "accept", "192.0.2.1", "deny"},
		{"Drop", "Drop", "accept", "9.9.9.9", "permit"},
		{"Accept", "Accept", "drop", "9.9.9.9", "deny"},
		{"Accept", "Accept", "", "9.9.9.9", "unknown"},
	} {
		if v := judge(t, doc("A", "one", c.first, "accept")+doc("B", "two", c.second, c.end), in(c.src, "203.0.113.5", 25)); v.Verdict != c.want {
			t.Errorf("%+v: %+v", c, v)
		}
	}
}

func TestCheckFile(t *testing.T) {
	text := ft.Sample(t, "mail.json")
	if r := ft.Check(t, text, ft.Options("203.0.113.5")); r.Verdict != firewall.Proven || r.Lockdown.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	if r := ft.Check(t, strings.Replace(text, `"mask-length4": 24`, `"mask-length4": 25`, 1), ft.Options("203.0.113.5")); r.Verdict != firewall.Disproven || !strings.Contains(r.Text(), "103.13.69.128/25") {
		t.Errorf("half a range: %s", r.Text())
	}
	if r := ft.Check(t, strings.Replace(text, `"enabled": false`, `"enabled": true`, 1), ft.Options("203.0.113.5")); r.Lockdown.Verdict != firewall.Disproven || !strings.Contains(r.Text(), "2525") {
		t.Errorf("everybody is let in, by two ways: %s", r.Text())
	}
}

// TestAutomaticNAT reads an object that is translated by its own settings.
func TestAutomaticNAT(t *testing.T) {
	text := ft.Sample(t, "mail.json")
	text = text[:strings.Index(text, "{\n \"uid\": \"N\"")]
	text = strings.Replace(text, `"ipv4-address": "10.0.0.25"`, `"ipv4-address": "10.0.0.25", "nat-settings": {"auto-rule": true, "ipv4-address": "203.0.113.5", "method": "static"}`, 1)
	i := strings.Index(text, `"name": "Mail in"`)
	text = text[:i] + strings.Replace(text[i:], `"h2"`, `"h1"`, 1)
	if r := ft.Check(t, text, ft.Options("203.0.113.5")); r.Verdict != firewall.Proven || r.Lockdown.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
}

func FuzzRead(f *testing.F) {
	ft.Seeds(f)
	f.Fuzz(func(t *testing.T, text string) { ft.Sound(t, "checkpoint", text, in("103.13.69.9", "203.0.113.5", 25)) })
}
