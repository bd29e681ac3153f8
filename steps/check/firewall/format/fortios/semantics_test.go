package fortios_test

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// header is the start of a backup, with the interfaces of a small site.
func header(version string) string {
	h := ""
	if version != "" {
		h = "#config-version=FGT60F-" + version + "-FW-build1639-240313:opmode=0:vdom=0:user=admin\n"
	}
	return h + `config system global
    set hostname "edge"
end
config system interface
    edit "wan1"
        set vdom "root"
        set ip 203.0.113.2 255.255.255.0
        set role wan
    next
    edit "dmz"
        set vdom "root"
        set ip 10.0.0.1 255.255.255.0
    next
    edit "internal"
        set vdom "root"
        set ip 10.0.1.1 255.255.255.0
        set role lan
    next
end
config router static
    edit 1
        set gateway 203.0.113.1
        set device "wan1"
    next
end
`
}

const objectsText = `config firewall address
    edit "all"
    next
    edit "m1"
        set subnet 103.13.69.0 255.255.255.0
    next
    edit "m2"
        set subnet 124.47.150.0/24
    next
    edit "half"
        set subnet 103.13.69.0 255.255.255.128
    next
    edit "exchange"
        set subnet 10.0.0.25 255.255.255.255
    next
    edit "span"
        set type iprange
        set start-ip 103.13.69.0
        set end-ip 103.13.69.254
    next
    edit "wild"
        set type wildcard
        set wildcard 103.0.69.0 255.0.255.0
    next
    edit "name"
        set type fqdn
        set fqdn "relay.example.net"
    next
    edit "land"
        set type geography
        set country "AU"
    next
    edit "lannet"
        set type interface-subnet
        set interface "internal"
    next
end
config firewall addrgrp
    edit "inner"
        set member "m1" "m2"
    next
    edit "outer"
        set member "inner"
    next
    edit "but"
        set member "outer"
        set exclude enable
        set exclude-member "half"
    next
    edit "loop"
        set member "loop" "m2"
    next
    edit "partly"
        set member "m1" "name"
    next
end
config firewall service custom
    edit "mail"
        set tcp-portrange 25 465-587
    next
    edit "from-high"
        set tcp-portrange 25:1024-65535
    next
    edit "25u"
        set udp-portrange 25
    next
end
config firewall service group
    edit "nested"
        set member "mail" "DNS"
    next
end
config firewall vip
    edit "vip25"
        set extip 203.0.113.25
        set extintf "wan1"
        set mappedip "10.0.0.25"
        set portforward enable
        set extport 25
        set mappedport 25
    next
    edit "vip2525"
        set extip 203.0.113.26
        set extintf "any"
        set mappedip "10.0.0.25"
        set portforward enable
        set extport 2525
        set mappedport 25
    next
    edit "one"
        set extip 203.0.113.40-203.0.113.42
        set extintf "wan1"
        set mappedip "10.0.0.24-10.0.0.26"
    next
end
config firewall vipgrp
    edit "vips"
        set interface "wan1"
        set member "vip25" "vip2525"
    next
end
config firewall schedule onetime
    edit "past"
        set start 00:00 2020/01/01
        set end 00:00 2020/02/01
    next
end
config firewall schedule recurring
    edit "office"
        set day monday tuesday
        set start 08:00
        set end 18:00
    next
    edit "whole"
        set day sunday monday tuesday wednesday thursday friday saturday
    next
end
`

// rule is one policy with usual settings, changed by what is given: a line
// "x y" sets, "-x" leaves out.
func rule(id int, changes ...string) string {
	order := []string{"srcintf", "dstintf", "action", "srcaddr", "dstaddr", "schedule", "service"}
	set := map[string]string{
		"srcintf": `"wan1"`, "dstintf": `"dmz"`, "action": "accept", "srcaddr": `"all"`, "dstaddr": `"exchange"`, "schedule": `"always"`, "service": `"SMTP"`,
	}
	for _, c := range changes {
		if n, ok := strings.CutPrefix(c, "-"); ok {
			delete(set, n)
			continue
		}
		n, v, _ := strings.Cut(c, " ")
		if _, ok := set[n]; !ok {
			order = append(order, n)
		}
		set[n] = v
	}
	var b strings.Builder
	fmt.Fprintf(&b, "    edit %d\n", id)
	for _, n := range order {
		if v, ok := set[n]; ok {
			fmt.Fprintf(&b, "        set %s %s\n", n, v)
		}
	}
	return b.String() + "    next\n"
}

func policies(list ...string) string {
	return "config firewall policy\n" + strings.Join(list, "") + "end\n"
}

func eval(t testing.TB, text string, probes ...firewall.Probe) []firewall.Verdict {
	t.Helper()
	return ft.AskAll(t, "", text, probes)
}

// direct is a packet to the server by its own address.
func direct(changes ...func(*firewall.Probe)) firewall.Probe {
	p := firewall.Probe{Dir: "fwd", InIf: "wan1", OutIf: "dmz", Src: "103.13.69.200", Dst: "10.0.0.25", Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(25)}
	for _, c := range changes {
		c(&p)
	}
	return p
}

func to(addr string, n int) func(*firewall.Probe) {
	return func(p *firewall.Probe) { p.Dir, p.Dst, p.DPort = "in", addr, ft.Port(n) }
}

func from(addr string) func(*firewall.Probe) { return func(p *firewall.Probe) { p.Src = addr } }

func by(in, out string) func(*firewall.Probe) {
	return func(p *firewall.Probe) { p.InIf, p.OutIf = in, out }
}

// edit stands for the line of an entry in the text.
func lineOf(text, part string) int {
	for i, l := range strings.Split(text, "\n") {
		if strings.Contains(l, part) {
			return i + 1
		}
	}
	return 0
}

type semantic struct {
	name     string
	version  string // "" for 7.2.8, "-" for none
	extra    string // tables before the policies
	policies []string
	after    string // after the policies
	p        firewall.Probe
	want     string
	line     string // text of the line that decides; "" for none
	why      string
}

func (c semantic) text() string {
	version := c.version
	switch version {
	case "":
		version = "7.2.8"
	case "-":
		version = ""
	}
	return header(version) + objectsText + c.extra + policies(c.policies...) + c.after
}

func run(t *testing.T, list []semantic) {
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			text := c.text()
			got := eval(t, text, c.p)[0]
			line := 0
			if c.line != "" {
				line = lineOf(text, c.line)
			}
			if got.Verdict != c.want || c.want != "unknown" && got.Line != line || c.line != "" && got.Line != line || !strings.Contains(got.Why, c.why) {
				t.Errorf("got %+v, want %s at line %d because %q", got, c.want, line, c.why)
			}
		})
	}
}

func TestPolicies(t *testing.T) {
	run(t, []semantic{
		{name: "nothing denies", p: direct(), want: "deny"},
		{name: "accept", policies: []string{rule(61)}, p: direct(), want: "permit", line: "edit 61"},
		{name: "order of the file, not of numbers", policies: []string{rule(99, "-action"), rule(1)}, p: direct(), want: "deny", line: "edit 99"},
		{name: "no action denies", policies: []string{rule(50, "-action")}, p: direct(), want: "deny", line: "edit 50"},
		{name: "disabled", policies: []string{rule(50, "status disable")}, p: direct(), want: "deny"},
		{name: "disabled deny", policies: []string{rule(50, "action deny", "status disable"), rule(51)}, p: direct(), want: "permit", line: "edit 51"},
		{name: "other interface", policies: []string{rule(50, `srcintf "internal"`)}, p: direct(), want: "deny"},
		{name: "any interface", policies: []string{rule(50, `srcintf "any"`, `dstintf "any"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "several interfaces", policies: []string{rule(50, `srcintf "internal" "wan1"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "group in group", policies: []string{rule(50, `srcaddr "outer"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "not in the group", policies: []string{rule(50, `srcaddr "outer"`)}, p: direct(from("103.13.70.1")), want: "deny"},
		{name: "left out of a group", policies: []string{rule(50, `srcaddr "but"`)}, p: direct(from("103.13.69.1")), want: "deny"},
		{name: "not left out of a group", policies: []string{rule(50, `srcaddr "but"`)}, p: direct(from("103.13.69.129")), want: "permit", line: "edit 50"},
		{name: "near miss: half the range", policies: []string{rule(50, `srcaddr "half"`)}, p: direct(), want: "deny"},
		{name: "near miss: one short", policies: []string{rule(50, `srcaddr "span"`)}, p: direct(from("103.13.69.255")), want: "deny"},
		{name: "range", policies: []string{rule(50, `srcaddr "span"`)}, p: direct(from("103.13.69.254")), want: "permit", line: "edit 50"},
		{name: "wildcard", policies: []string{rule(50, `srcaddr "wild"`)}, p: direct(from("103.77.69.9")), want: "permit", line: "edit 50"},
		{name: "wildcard, elsewhere", policies: []string{rule(50, `srcaddr "wild"`)}, p: direct(from("103.77.70.9")), want: "deny"},
		{name: "negated source", policies: []string{rule(50, `srcaddr "m1"`, "srcaddr-negate enable")}, p: direct(), want: "deny"},
		{name: "negated source, elsewhere", policies: []string{rule(50, `srcaddr "m1"`, "srcaddr-negate enable")}, p: direct(from("8.8.8.8")), want: "permit", line: "edit 50"},
		{name: "negated destination", policies: []string{rule(50, "dstaddr-negate enable")}, p: direct(), want: "deny"},
		{name: "negated service", policies: []string{rule(50, "service-negate enable")}, p: direct(), want: "deny"},
		{name: "negated service, another port", policies: []string{rule(50, `service "nested"`, "service-negate enable")}, p: direct(func(p *firewall.Probe) { p.DPort = ft.Port(80) }), want: "permit", line: "edit 50"},
		{name: "negated service, in a range of it", policies: []string{rule(50, `service "nested"`, "service-negate enable")}, p: direct(func(p *firewall.Probe) { p.DPort = ft.Port(500) }), want: "deny"},
		{name: "service group", policies: []string{rule(50, `service "nested"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "source port", policies: []string{rule(50, `service "from-high"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "source port too low", policies: []string{rule(50, `service "from-high"`)}, p: direct(func(p *firewall.Probe) { p.SPort = ft.Port(1000) }), want: "deny"},
		{name: "udp is not tcp", policies: []string{rule(50, `service "25u"`)}, p: direct(), want: "deny"},
		{name: "built-in group", policies: []string{rule(50, `service "Email Access"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "all services", policies: []string{rule(50, `service "ALL"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "service not in the file", policies: []string{rule(50, `service "secret"`)}, p: direct(), want: "unknown", line: "edit 50", why: "service secret, which is not in the file"},
		{name: "service defined anew", extra: "config firewall service custom\n    edit \"SMTP\"\n        set tcp-portrange 2525\n    next\nend\n", policies: []string{rule(50)}, p: direct(), want: "deny"},
		{name: "address not in the file", policies: []string{rule(50, `srcaddr "ghost"`)}, p: direct(), want: "unknown", line: "edit 50", why: "ghost"},
		{name: "group that contains itself", policies: []string{rule(50, `srcaddr "loop"`)}, p: direct(), want: "unknown", why: "contains itself"},
		{name: "group that contains itself, and this", policies: []string{rule(50, `srcaddr "loop"`)}, p: direct(from("124.47.150.9")), want: "permit", line: "edit 50"},
		{name: "host name", policies: []string{rule(50, `srcaddr "name"`)}, p: direct(), want: "unknown", line: "edit 50", why: "relay.example.net"},
		{name: "host name beside a network", policies: []string{rule(50, `srcaddr "partly"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "country", policies: []string{rule(50, `srcaddr "land"`, "action deny"), rule(51)}, p: direct(), want: "unknown", why: "country AU"},
		{name: "network of an interface", policies: []string{rule(50, `srcintf "internal"`, `srcaddr "lannet"`)}, p: direct(from("10.0.1.9"), by("internal", "dmz")), want: "permit", line: "edit 50"},
		{name: "internet service", policies: []string{rule(50, "-srcaddr", "internet-service-src enable", `internet-service-src-name "Mail-Relay"`)}, p: direct(), want: "unknown", why: "Mail-Relay"},
		{name: "users", policies: []string{rule(50, `groups "staff"`), rule(51, "action deny")}, p: direct(), want: "unknown", why: "user's group"},
		{name: "users that change nothing", policies: []string{rule(50, `groups "staff"`), rule(51)}, p: direct(), want: "permit", line: "edit 51"},
		{name: "profiles change nothing", policies: []string{rule(50, `av-profile "default"`, "utm-status enable", `application-list "x"`, "logtraffic all")}, p: direct(), want: "permit", line: "edit 50"},
		{name: "setting that is not known", policies: []string{rule(50, "frobnicate enable")}, p: direct(), want: "unknown", why: "frobnicate"},
		{name: "encrypts", policies: []string{rule(50, "action ipsec")}, p: direct(), want: "unknown", why: "ipsec"},
		{name: "ended schedule is not known to have ended", policies: []string{rule(50, `schedule "past"`)}, p: direct(), want: "unknown", why: "schedule past"},
		{name: "office hours", policies: []string{rule(50, `schedule "office"`)}, p: direct(), want: "unknown", why: "monday, tuesday"},
		{name: "every day", policies: []string{rule(50, `schedule "whole"`)}, p: direct(), want: "permit", line: "edit 50"},
		{name: "never", policies: []string{rule(50, `schedule "none"`)}, p: direct(), want: "deny"},
		{name: "expires", policies: []string{rule(50, "policy-expiry enable", `policy-expiry-date "2030-01-01 00:00:00"`)}, p: direct(), want: "unknown", why: "2030-01-01"},
		{name: "no source", policies: []string{rule(50, "-srcaddr")}, p: direct(), want: "unknown", why: "names no source"},
		{name: "ping", policies: []string{rule(50, `service "PING"`)}, p: direct(func(p *firewall.Probe) { p.Proto, p.SPort, p.DPort = "icmp", nil, ft.Port(8) }), want: "permit", line: "edit 50"},
		{name: "ping alone", policies: []string{rule(50, `service "PING"`)}, p: direct(func(p *firewall.Probe) { p.Proto, p.SPort, p.DPort = "icmp", nil, ft.Port(13) }), want: "deny"},
	})
}

func TestVirtualIPs(t *testing.T) {
	mail := `dstaddr "vip25"`
	public := direct(to("203.0.113.25", 25))
	slb := `config firewall vip
    edit "farm"
        set type server-load-balance
        set extip 203.0.113.50
        set extintf "any"
        set server-type tcp
        set extport 25
        config realservers
            edit 1
                set ip 10.0.0.25
                set port 25
            next
            %s
        end
    next
end
`
	farm := direct(to("203.0.113.50", 25))
	twin := func(more string) string {
		return "config firewall vip\n    edit \"twin\"\n        set extip 203.0.113.25\n        set extintf \"any\"\n        set mappedip \"10.0.0.25\"\n" + more + "    next\nend\n"
	}
	run(t, []semantic{
		{name: "named", policies: []string{rule(50, mail)}, p: public, want: "permit", line: "edit 50"},
		{name: "in a group", policies: []string{rule(50, `dstaddr "vips"`)}, p: public, want: "permit", line: "edit 50"},
		{name: "another port is not taken", policies: []string{rule(50, mail, `service "ALL"`)}, p: direct(to("203.0.113.25", 80)), want: "unknown", why: "offers"},
		{name: "service is that after translation", policies: []string{rule(50, `dstaddr "vip2525"`)}, p: direct(to("203.0.113.26", 2525)), want: "permit", line: "edit 50"},
		{name: "of two to one server the one that is named", policies: []string{rule(50, mail), rule(51, `dstaddr "vip2525"`, `srcaddr "m2"`)}, p: direct(to("203.0.113.26", 2525)), want: "deny"},
		{name: "objects do not meet it", policies: []string{rule(50, `dstaddr "all"`, "action accept"), rule(51, mail, `srcaddr "m2"`)}, p: public, want: "deny"},
		{name: "deny to all does not meet it before 7.2.4", version: "7.0.12", policies: []string{rule(50, "action deny", `dstaddr "all"`), rule(51, mail)}, p: public, want: "permit", line: "edit 51"},
		{name: "deny to all meets it from 7.2.4", policies: []string{rule(50, "action deny", `dstaddr "all"`), rule(51, mail)}, p: public, want: "deny", line: "edit 50"},
		{name: "7.2.3 is not told", version: "7.2.3", policies: []string{rule(50, "action deny", `dstaddr "all"`), rule(51, mail)}, p: public, want: "unknown", why: "match-vip"},
		{name: "version not told", version: "-", policies: []string{rule(50, "action deny", `dstaddr "all"`), rule(51, mail)}, p: public, want: "unknown", why: "FortiOS version"},
		{name: "match-vip", version: "6.0.5", policies: []string{rule(50, "action deny", `dstaddr "all"`, "match-vip enable"), rule(51, mail)}, p: public, want: "deny", line: "edit 50"},
		{name: "match-vip off", policies: []string{rule(50, "action deny", `dstaddr "all"`, "match-vip disable"), rule(51, mail)}, p: public, want: "permit", line: "edit 51"},
		{name: "match-vip only", policies: []string{rule(50, "action deny", `dstaddr "all"`, "match-vip-only enable"), rule(51)}, p: direct(), want: "permit", line: "edit 51"},
		{name: "match-vip with the mapped address alone", policies: []string{rule(50, "action deny"), rule(51, mail)}, p: public, want: "unknown", why: "external or the mapped"},
		{name: "match-vip with neither address", policies: []string{rule(50, "action deny", `dstaddr "m1"`), rule(51, mail)}, p: public, want: "permit", line: "edit 51"},
		{name: "accepts with match-vip before 6.4.3", version: "6.2.1", policies: []string{rule(50, `dstaddr "all"`, "match-vip enable"), rule(51, mail, "action deny")}, p: public, want: "permit", line: "edit 50"},
		{name: "accepts without it from 6.4.3", version: "6.4.3", policies: []string{rule(50, `dstaddr "all"`, "match-vip enable"), rule(51, mail, "action deny")}, p: public, want: "deny", line: "edit 51"},
		{name: "deny that names it", policies: []string{rule(50, mail, "action deny"), rule(51, mail)}, p: public, want: "deny", line: "edit 50"},
		{name: "in no policy", policies: []string{rule(50)}, p: public, want: "deny"},
		{name: "one to one", policies: []string{rule(50, `dstaddr "one"`)}, p: direct(to("203.0.113.41", 25)), want: "permit", line: "edit 50"},
		{name: "one to one, which host", policies: []string{rule(50, `dstaddr "one"`, "action deny"), rule(51, `dstaddr "vip25"`)}, p: direct(to("203.0.113.42", 25)), want: "deny", line: "edit 50"},
		{name: "other interface", policies: []string{rule(50, mail, `srcintf "any"`)}, p: direct(to("203.0.113.25", 25), by("internal", "dmz")), want: "deny"},
		{name: "virtual server with one server", extra: fmt.Sprintf(slb, ""), policies: []string{rule(50, `dstaddr "farm"`)}, p: farm, want: "permit", line: "edit 50"},
		{name: "virtual server with two", extra: fmt.Sprintf(slb, "edit 2\nset ip 10.0.0.26\nset port 25\nnext"), policies: []string{rule(50, `dstaddr "farm"`)}, p: farm, want: "permit", line: "edit 50"},
		{name: "central NAT", extra: "config system settings\n    set central-nat enable\nend\n", policies: []string{rule(50)}, p: public, want: "permit", line: "edit 50"},
		{name: "central NAT, virtual IP off", extra: "config system settings\n    set central-nat enable\nend\nconfig firewall vip\n    edit \"vip25\"\n        set status disable\n    next\nend\n", policies: []string{rule(50)}, p: public, want: "deny"},
		{name: "source filter", extra: "config firewall vip\n    edit \"vip25\"\n        set src-filter \"124.47.150.0/24\"\n    next\nend\n", policies: []string{rule(50, mail)}, p: public, want: "deny"},
		{name: "source filter met", extra: "config firewall vip\n    edit \"vip25\"\n        set src-filter \"103.13.69.0/24\"\n    next\nend\n", policies: []string{rule(50, mail)}, p: public, want: "permit", line: "edit 50"},
		{name: "to a host name", extra: "config firewall vip\n    edit \"vip25\"\n        set type fqdn\n        set mapped-addr \"name\"\n    next\nend\n", policies: []string{rule(50, mail)}, p: public, want: "unknown", why: "host name"},
		{name: "limited to a service", extra: "config firewall vip\n    edit \"vip25\"\n        set portforward disable\n        set service \"SMTP\"\n    next\nend\n", policies: []string{rule(50, mail, `service "ALL"`)}, p: public, want: "permit", line: "edit 50"},
		{name: "overlap before 7.2", version: "7.0.12", extra: "config firewall vip\n    edit \"twin\"\n        set extip 203.0.113.25\n        set extintf \"any\"\n        set mappedip \"10.0.0.99\"\n    next\nend\n", policies: []string{rule(50, mail), rule(51, `dstaddr "twin"`, "action deny")}, p: public, want: "unknown", why: "looked at first"},
		{name: "overlap from 7.2: the first of the table", extra: "config firewall vip\n    edit \"twin\"\n        set extip 203.0.113.25\n        set extintf \"any\"\n        set mappedip \"10.0.0.99\"\n    next\nend\n", policies: []string{rule(50, mail), rule(51, `dstaddr "twin"`, "action deny")}, p: public, want: "permit", line: "edit 50"},
		{name: "a twin behind it is not used", extra: twin(""), policies: []string{rule(49, `dstaddr "twin"`), rule(50, mail, "action deny")}, p: public, want: "deny", line: "edit 50"},
		{name: "a twin behind it keeps nothing out", extra: twin(""), policies: []string{rule(49, `dstaddr "twin"`, "action deny", "match-vip disable"), rule(50, mail)}, p: public, want: "permit", line: "edit 50"},
		{name: "a twin named besides", extra: twin(""), policies: []string{rule(49, `dstaddr "twin" "vip25"`, "action deny"), rule(50, mail)}, p: public, want: "deny", line: "edit 49"},
		{name: "a twin that no policy names", extra: twin(""), policies: []string{rule(50, mail)}, p: public, want: "permit", line: "edit 50"},
		{name: "a twin before 7.2", version: "7.0.12", extra: twin(""), policies: []string{rule(49, `dstaddr "twin"`, "action deny"), rule(50, mail)}, p: public, want: "unknown", why: "looked at first"},
		{name: "a twin named besides before 7.2", version: "7.0.12", extra: twin(""), policies: []string{rule(49, `dstaddr "vip25" "twin"`, "action deny"), rule(50, mail)}, p: public, want: "deny", line: "edit 49"},
		{name: "a twin of another interface", extra: twin("        set extintf \"dmz\"\n"), policies: []string{rule(49, `dstaddr "twin"`, "action deny", "match-vip disable"), rule(50, mail)}, p: public, want: "permit", line: "edit 50"},
		{name: "access list before all", extra: "config firewall acl\n    edit 77\n        set interface \"wan1\"\n        set srcaddr \"m1\"\n        set dstaddr \"all\"\n        set service \"ALL\"\n    next\nend\n", policies: []string{rule(50, mail)}, p: public, want: "deny", line: "edit 77"},
		{name: "local-in does not reach it", extra: "config firewall local-in-policy\n    edit 77\n        set intf \"wan1\"\n        set srcaddr \"all\"\n        set dstaddr \"all\"\n        set service \"ALL\"\n        set schedule \"always\"\n    next\nend\n", policies: []string{rule(50, mail)}, p: public, want: "permit", line: "edit 50"},
	})
}
