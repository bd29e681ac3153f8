package ios_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// bordered is a router that lets answers in by a reflexive list; its lists are
// to be put in.
const bordered = `hostname r
interface e0
 ip address 203.0.113.2 255.255.255.224
 ip nat outside
 ip access-group IN in
 ip access-group OUT out
interface e1
 ip address 10.0.0.1 255.255.255.0
 ip nat inside
ip nat inside source static 10.0.0.25 203.0.113.25
ip route 0.0.0.0 0.0.0.0 203.0.113.1
`

const (
	listIn = `ip access-list extended IN
 10 permit tcp 103.13.69.0 0.0.0.255 host 203.0.113.25 eq smtp
 20 permit tcp 124.47.150.0 0.0.0.255 host 203.0.113.25 eq smtp
 30 deny tcp any host 203.0.113.25 eq smtp
 40 evaluate BACK
 50 deny ip any any
`
	listOut = `ip access-list extended OUT
 10 permit tcp host 203.0.113.25 103.13.69.0 0.0.0.255 eq smtp reflect BACK
 20 permit tcp host 203.0.113.25 124.47.150.0 0.0.0.255 eq smtp reflect BACK
 30 deny tcp any any eq smtp
 40 permit tcp any any reflect BACK
 50 permit udp any any
`
)

// TestReflexiveFixes puts the lines of a report below the file: what they
// answer is met, and nothing else is lost.
func TestReflexiveFixes(t *testing.T) {
	opt := options("203.0.113.25")
	for name, c := range map[string]struct {
		in, out string
		want    []string // of the lines
	}{
		"in below the deny": {strings.Replace(listIn, " 30 deny", " 5 deny", 1), listOut, []string{
			"permit tcp host 203.0.113.25 eq smtp 103.13.69.0 0.0.0.255 established",
		}},
		"out missing": {listIn, listOut[strings.Index(listOut, " 30"):], []string{
			"permit tcp host 203.0.113.25 103.13.69.0 0.0.0.255 eq smtp", "permit tcp 124.47.150.0 0.0.0.255 eq smtp host 203.0.113.25 established",
		}},
	} {
		if name == "out missing" {
			c.out = "ip access-list extended OUT\n" + c.out
		}
		text := bordered + c.in + c.out
		r := ft.Check(t, text, opt)
		if r.Verdict != firewall.Disproven {
			t.Fatalf("%s: %s\n%s", name, r.Summary, r.Text())
		}
		lines := firewall.Merge(ft.Fixes(r)...)
		for _, want := range c.want {
			if !strings.Contains(lines, want+"\n") {
				t.Errorf("%s: no %q in\n%s", name, want, lines)
			}
		}
		if strings.Contains(lines, "any") {
			t.Errorf("%s: the lines are wider than the question:\n%s", name, lines)
		}
		ft.Mended(t, text, r, opt)
	}
	if r := ft.Check(t, bordered+listIn+listOut, opt); r.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
}

// TestEvaluate asks about answers that come back after some entry let the
// connection begin.
func TestEvaluate(t *testing.T) {
	opt := options("203.0.113.25")
	for name, c := range map[string]struct {
		first string // of list OUT
		want  firewall.Answer
	}{
		"established":         {"permit tcp any any established", firewall.Proven},
		"ack":                 {"permit tcp any any ack", firewall.Proven},
		"a first packet":      {"permit tcp any any syn", firewall.Disproven},
		"another port":        {"permit tcp any any eq 443", firewall.Proven},
		"another protocol":    {"permit udp any any", firewall.Proven},
		"another host":        {"permit ip host 203.0.113.26 any", firewall.Proven},
		"everything":          {"permit ip any any", firewall.Disproven},
		"another list":        {"permit tcp any any reflect OTHER", firewall.Disproven},
		"another, not begun":  {"permit tcp any any established reflect OTHER", firewall.Proven},
		"an unknown time":     {"permit tcp any any time-range WHEN", firewall.CannotTell},
		"what is not read":    {"permit tcp any any eq blurb", firewall.CannotTell},
		"evaluate of its own": {"evaluate ELSE", firewall.Proven},
	} {
		text := bordered + listIn + strings.Replace(listOut, " 10 ", " 5 "+c.first+"\n 10 ", 1)
		if c.first == "evaluate ELSE" {
			text = strings.Replace(text, " 40 evaluate BACK", " 35 permit tcp any any eq 9 reflect ELSE\n 40 evaluate BACK", 1)
		}
		r := ft.Check(t, text, opt)
		if r.Verdict != c.want {
			t.Errorf("%s: %s, want %s\n%s", name, r.Verdict, c.want, r.Text())
		}
	}
}
