package pfgui_test

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// vendors write the same elements below different roots.
var vendors = []string{"pfsense", "opnsense"}

// config is a firewall between the internet and a mail server, with what is
// entered as translations and as rules.
func config(vendor, wan, nat, filter string) string {
	return fmt.Sprintf("<%s>\n<system><disablenatreflection>yes</disablenatreflection><ipv6allow/></system>\n<interfaces>\n<wan><enable/><if>em0</if>%s</wan>\n"+
		"<lan><enable/><if>em1</if><ipaddr>10.0.0.1</ipaddr><subnet>24</subnet></lan>\n</interfaces>\n<nat>\n%s</nat>\n<filter>\n%s</filter>\n</%s>\n",
		vendor, wan, nat, filter, vendor)
}

const (
	static  = "<ipaddr>203.0.113.2</ipaddr><subnet>24</subnet><gateway>GW</gateway>"
	dynamic = "<ipaddr>dhcp</ipaddr>"

	senders  = "103.13.69.0/24,124.47.150.0/24"
	forward  = "<rule><interface>wan</interface><protocol>tcp</protocol>%s<destination><address>203.0.113.25</address><port>25</port></destination><target>10.0.0.25</target><local-port>25</local-port>%s</rule>\n"
	anyone   = "<source><any/></source>"
	passRule = "<associated-rule-id>pass</associated-rule-id>"

	// hidden is outbound NAT of the server alone.
	hidden = "<outbound><mode>hybrid</mode><rule><interface>wan</interface><source><network>10.0.0.25/32</network></source><destination><any/></destination><target>203.0.113.25</target></rule></outbound>\n"

	noSMTP  = "<rule><type>block</type><ipprotocol>inet46</ipprotocol><floating>yes</floating><quick>yes</quick><direction>%s</direction><protocol>tcp</protocol><source><any/></source><destination><any/><port>25</port></destination><descr>No SMTP</descr></rule>\n"
	lanOut  = "<rule><type>pass</type><interface>lan</interface><ipprotocol>inet</ipprotocol><source><network>lan</network></source><destination><any/></destination></rule>\n"
	mailIn  = "<rule><type>pass</type><interface>wan</interface><ipprotocol>inet</ipprotocol><protocol>tcp</protocol><source><address>%s</address></source><destination><address>10.0.0.25</address><port>25</port></destination></rule>\n"
	aliased = "<aliases><alias><name>senders</name><type>network</type><address>103.13.69.0/24 124.47.150.0/24</address><content>103.13.69.0/24\n124.47.150.0/24</content></alias></aliases>\n"
)

func mailInFrom(list string) string {
	var b strings.Builder
	for _, s := range strings.Split(list, ",") {
		fmt.Fprintf(&b, mailIn, s)
	}
	return b.String()
}

// TestFixesSettle puts what a report suggests in place and checks again: all is
// proven, where the packets' source changes as they leave too.
func TestFixesSettle(t *testing.T) {
	port := fmt.Sprintf(forward, anyone, "")
	open := "<rule><type>pass</type><interface>wan</interface><ipprotocol>inet</ipprotocol><protocol>tcp</protocol><source><any/></source><destination><address>10.0.0.25</address><port>25</port></destination></rule>\n"
	for _, v := range vendors {
		for _, c := range []struct{ name, text string }{
			{"no rule", config(v, static, port, "")},
			{"a range is missing", config(v, static, port+hidden, mailInFrom("103.13.69.0/24")+lanOut)},
			{"everybody", config(v, static, port+hidden, open+lanOut)},
			{"refused both ways, hidden behind another address", config(v, static, port+hidden, fmt.Sprintf(noSMTP, "any")+mailInFrom(senders)+lanOut)},
			{"refused as packets leave, hidden behind another address", config(v, static, port+hidden, fmt.Sprintf(noSMTP, "out")+mailInFrom(senders)+lanOut)},
			{"refused as packets leave, hidden by itself", config(v, static, port, fmt.Sprintf(noSMTP, "out")+mailInFrom(senders)+lanOut)},
			{"refused as packets leave, not hidden", config(v, static, port+"<outbound><mode>disabled</mode></outbound>", fmt.Sprintf(noSMTP, "out")+mailInFrom(senders)+lanOut)},
		} {
			t.Run(v+": "+c.name, func(t *testing.T) {
				opt := ft.Options("203.0.113.25")
				rep := ft.Check(t, c.text, opt)
				if rep.Format != v || rep.Verdict == firewall.Proven {
					t.Fatalf("%s, %s\n%s", rep.Format, rep.Verdict, rep.Text())
				}
				for _, f := range ft.Fixes(rep) {
					if f.Copy == "" {
						t.Fatalf("no lines: %s", f.Text)
					}
				}
				ft.Mended(t, c.text, rep, opt)
			})
		}
	}
}

// TestHiddenNarrowly: where packets leave with another source, that source
// alone is let out besides, and only where rules may refuse it.
func TestHiddenNarrowly(t *testing.T) {
	port := fmt.Sprintf(forward, anyone, "") + hidden
	for _, v := range vendors {
		suggested := func(text string) string {
			rep := ft.Check(t, text, ft.Options("203.0.113.25"))
			return firewall.Merge(ft.Fixes(rep)...)
		}
		with := suggested(config(v, static, port, fmt.Sprintf(noSMTP, "any")+mailInFrom(senders)+lanOut))
		if n := strings.Count(with, "203.0.113.25"); n != 2 {
			t.Errorf("%s: the address behind which the server hides stands %d times, want once a range:\n%s", v, n, with)
		}
		if without := suggested(config(v, static, port, mailInFrom(senders))); without == "" || strings.Contains(without, "203.0.113") {
			t.Errorf("%s: nothing refuses what leaves:\n%s", v, without)
		}
	}
}

// TestHiddenBehindUnknown: no lines are given where the source that packets
// leave with is not in the file.
func TestHiddenBehindUnknown(t *testing.T) {
	for _, v := range vendors {
		rep := ft.Check(t, config(v, dynamic, fmt.Sprintf(forward, anyone, ""), fmt.Sprintf(noSMTP, "out")+mailInFrom(senders)+lanOut), ft.Options("203.0.113.25"))
		for _, q := range rep.Requirements {
			for _, g := range q.Gaps {
				if g.Fix.Copy != "" || g.Fix.Text == "" {
					t.Errorf("%s, %s: %+v", v, q.Label, g.Fix)
				}
			}
		}
		if rep.Verdict == firewall.Proven {
			t.Errorf("%s:\n%s", v, rep.Text())
		}
	}
}

// TestForwardThatPasses: a port forward that passes by the rules is what has to
// change, and what is said to do settles it.
func TestForwardThatPasses(t *testing.T) {
	for _, v := range vendors {
		text := config(v, static, fmt.Sprintf(forward, anyone, passRule), aliased+mailInFrom(senders)+lanOut)
		text = strings.Replace(strings.Replace(text, aliased, "", 1), "<nat>", aliased+"<nat>", 1)
		opt := ft.Options("203.0.113.25")
		rep := ft.Check(t, text, opt)
		if rep.Lockdown.Verdict != firewall.Disproven || len(rep.Leaks) == 0 {
			t.Fatalf("%s\n%s", v, rep.Text())
		}
		line := ft.LineOf(t, text, "<target>10.0.0.25", 1)
		for _, l := range rep.Leaks {
			if l.By.Line != line || l.Fix.Copy != "" || !strings.HasPrefix(l.Fix.Text, fmt.Sprintf("Line %d is a port forward", line)) ||
				!strings.Contains(l.Fix.Text, "103.13.69.0/24, 124.47.150.0/24.") || !strings.Contains(l.Fix.Text, "Firewall > NAT > Port Forward") {
				t.Errorf("%s: line %d: %+v", v, l.By.Line, l.Fix)
			}
		}
		for name, change := range map[string][2]string{
			"narrowed":     {anyone + "<destination><address>203", "<source><address>senders</address></source><destination><address>203"},
			"not passing":  {passRule, ""},
			"switched off": {passRule, passRule + "<disabled>1</disabled>"},
		} {
			after := ft.Check(t, strings.Replace(text, change[0], change[1], 1), opt)
			if after.Lockdown.Verdict == firewall.Disproven || name != "switched off" && after.Verdict != firewall.Proven {
				t.Errorf("%s, %s:\n%s", v, name, after.Text())
			}
		}
	}
}

// TestForwardThatPassesNobody: with nobody allowed of its family, it is to be
// switched off.
func TestForwardThatPassesNobody(t *testing.T) {
	for _, v := range vendors {
		text := config(v, static, strings.NewReplacer("203.0.113.25", "2001:db8::25", "10.0.0.25", "2001:db8:1::25", "<protocol>", "<ipprotocol>inet6</ipprotocol><protocol>").
			Replace(fmt.Sprintf(forward, anyone, passRule)), lanOut)
		rep := ft.Check(t, text, ft.Options("2001:db8::25"))
		if rep.Lockdown == nil || len(rep.Leaks) == 0 || !strings.Contains(rep.Leaks[0].Fix.Text, "disable it") || rep.Leaks[0].Fix.Copy != "" {
			t.Errorf("%s: %s", v, rep.Text())
		}
	}
}

// TestOnlyRulesOfTheWriter: what else stands behind a configuration adds none.
func TestOnlyRulesOfTheWriter(t *testing.T) {
	port := fmt.Sprintf(forward, anyone, "")
	text := config("pfsense", static, port+hidden, mailInFrom(senders)+lanOut)
	other := config("pfsense", static, port+hidden, fmt.Sprintf(noSMTP, "any"))
	for _, more := range []string{other, "<pfsense><filter>" + fmt.Sprintf(noSMTP, "any") + "</filter></pfsense>", "</pfsense>", "<a>"} {
		if rep := ft.Check(t, text+more, ft.Options("203.0.113.25")); rep.Verdict == firewall.Disproven {
			t.Errorf("%s\n%s", more, rep.Text())
		}
	}
}
