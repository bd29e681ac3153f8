package firewall

import (
	"fmt"
	"strings"
)

// longFile writes a file of one format.
type longFile struct {
	format, name string
	lists        bool // its rules have lists and no groups
	more         int  // ways in beside those of the rules that let strangers in
	write        func(p *longPlan) string
}

// longFiles are the formats that have groups, or long lists in a rule.
var longFiles = []longFile{
	{format: "iptables", write: longIptables},
	{format: "nft", write: longNft},
	{format: "firewalld", write: longFirewalld},
	{format: "pf", write: longPf},
	{format: "mikrotik", more: 1, write: longMikrotik}, // its last rule lets its own network out,
	{format: "vyos", write: longVyos},
	{format: "panos", write: longPanos},
	{format: "srx", write: longSrx},
	{format: "pfsense", write: func(p *longPlan) string { return longPfgui(p, "pfsense", "<version>22.9</version>", "enable") }},
	{format: "opnsense", write: func(p *longPlan) string { return longPfgui(p, "opnsense", "<version>11.2</version>", "enable") }},
	{format: "ios", write: longIOS},
	{format: "asa", write: longASA},
	{format: "fortios", write: longFortiOS},
	{format: "sonicwall", write: longSonicWall},
	{format: "unifi", write: longUniFi},
	{format: "checkpoint", write: longCheckPoint},
	{format: "windows", lists: true, write: longWindows},
	{format: "azure-nsg", lists: true, more: 2, write: longAzure},
	{format: "aws", write: longAWS},
	{format: "gcp", lists: true, write: longGCP},
}

const longRegion = "103.13.69.0/24 124.47.150.0/24"

func longIptables(p *longPlan) string {
	from := map[string]string{
		fromMany: "-m set --match-set many src", fromOthers: "-m set ! --match-set many src", fromListed: "-s " + addrsAs("%s", ","), fromHost: "-s %s/32",
		fromSeveral: "-s 45.0.0.0/8 -m set --match-set many src", fromRegion: "-s " + strings.ReplaceAll(longRegion, " ", ","),
	}
	return "create many hash:ip family inet hashsize 4096 maxelem 65536\ncreate ranges bitmap:port range 0-65535\n" +
		addrsAs("add many %s\n", "") + rangesAs("add ranges %a-%z\n", "") + filterHead + established +
		p.each(func(r longRule) string {
			return fmt.Sprintf("-A INPUT -p tcp %s %s -j %s\n", r.source(from), r.ports("-m set --match-set ranges dst", "-m tcp --dport %d"), r.does("ACCEPT", "DROP"))
		}) + "COMMIT\n"
}

func longNft(p *longPlan) string { return longTable(p, "f", "input") }

func longFirewalld(p *longPlan) string { return longTable(p, "firewalld", "filter_INPUT") }

func longTable(p *longPlan, table, chain string) string {
	from := map[string]string{
		fromMany: "@many", fromSeveral: "@many ip saddr 45.0.0.0/8", fromOthers: "!= @many", fromListed: "{ " + addrsAs("%s", ", ") + " }", fromHost: "%s",
		fromRegion: "{ " + strings.ReplaceAll(longRegion, " ", ", ") + " }",
	}
	return "table inet " + table + " {\n\tset many {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = { " + addrsAs("%s", ", ") +
		" }\n\t}\n\n\tset ranges {\n\t\ttype inet_service\n\t\tflags interval\n\t\telements = { " + rangesAs("%a-%z", ", ") +
		" }\n\t}\n\n\tchain " + chain + " {\n\t\ttype filter hook input priority filter; policy drop;\n\t\tct state { established, related } accept\n" +
		p.each(func(r longRule) string {
			return fmt.Sprintf("\t\tip saddr %s tcp dport %s %s\n", r.source(from), r.ports("@ranges", "%d"), r.does("accept", "drop"))
		}) + "\t}\n}\n"
}

func longPf(p *longPlan) string {
	from := map[string]string{
		fromMany: "<many>", fromSeveral: "{ <many> <few> 192.0.2.0/24 }", fromOthers: "! <many>", fromListed: "{ " + addrsAs("%s", " ") + " }", fromHost: "%s", fromRegion: "{ " + longRegion + " }",
	}
	few := 0 // a rule is of one range for each of its sources and ports: pf has no groups of ports
	return "table <many> const { " + addrsAs("%s", " ") + " }\ntable <few> const { 198.51.100.7 198.51.100.9 }\nblock all\npass out all\n" + p.each(func(r longRule) string {
		ports := fmt.Sprint(r.port)
		if r.ranges {
			ports = "1000:1030"
			if few++; few%40 == 1 {
				ports = "{ " + rangesAs("%a:%z", " ") + " }"
			}
		}
		return fmt.Sprintf("%s in quick proto tcp from %s to any port %s\n", r.does("pass", "block"), r.source(from), ports)
	})
}

func longMikrotik(p *longPlan) string {
	from := map[string]string{
		fromMany: "src-address-list=many", fromSeveral: "src-address-list=many src-address=45.0.0.0/8", fromOthers: "src-address-list=!many", fromHost: "src-address=%s", fromRegion: "src-address-list=region",
	}
	fifteen := strings.Join(strings.SplitN(rangesAs("%a-%z", ","), ",", 16)[:15], ",") // a rule takes no more
	return "/ip firewall address-list\n" + addrsAs("add list=many address=%s\n", "") + "add list=region address=103.13.69.0/24\nadd list=region address=124.47.150.0/24\n" +
		"/ip firewall filter\nadd chain=forward action=accept connection-state=established,related\n" + p.each(func(r longRule) string {
		return fmt.Sprintf("add chain=forward action=%s protocol=tcp %s dst-port=%s\n", r.does("accept", "drop"), r.source(from), r.ports(fifteen, "%d"))
	}) + "add chain=forward action=accept src-address=203.0.113.0/24\nadd chain=forward action=drop\n"
}

func longVyos(p *longPlan) string {
	const at = "set firewall ipv4 forward filter"
	from := map[string]string{
		fromMany: "group address-group 'MANY'", fromSeveral: "group address-group 'BOTH'", fromOthers: "group address-group '!MANY'", fromHost: "address '%s'", fromRegion: "group network-group 'REGION'",
	}
	return addrsAs("set firewall group address-group MANY address '%s'\n", "") + rangesAs("set firewall group port-group RANGES port '%a-%z'\n", "") +
		"set firewall group address-group BOTH address '198.51.100.7'\nset firewall group address-group BOTH include 'MANY'\n" +
		"set firewall group network-group REGION network '103.13.69.0/24'\nset firewall group network-group REGION network '124.47.150.0/24'\n" +
		at + " default-action 'drop'\n" + at + " rule 1 action 'accept'\n" + at + " rule 1 state 'established'\n" +
		p.each(func(r longRule) string {
			rule := fmt.Sprintf("%s rule %d ", at, r.n+10)
			return rule + r.does("action 'accept'\n", "action 'drop'\n") + rule + "protocol 'tcp'\n" + rule + "source " + r.source(from) + "\n" +
				rule + "destination " + r.ports("group port-group 'RANGES'", "port '%d'") + "\n"
		})
}

func longPanos(p *longPlan) string {
	from := map[string]string{
		fromMany: "many", fromSeveral: "[ many few ]", fromOthers: "many\n", fromListed: "[ " + addrsAs("%s", " ") + " ]", fromHost: "%s", fromRegion: "[ " + longRegion + " ]",
	}
	text := addrsAs("set address e%d ip-netmask %s\n", "") + "set address-group many static [ " + addrsAs("e%d", " ") + " ]\nset address few ip-netmask 198.51.100.0/28\n" +
		"set service ranges protocol tcp port " + rangesAs("%a-%z", ",") + "\nset zone untrust network layer3 ethernet1/1\nset zone dmz network layer3 ethernet1/2\n" +
		"set network interface ethernet ethernet1/1 layer3 ip 198.51.100.34/30\nset network interface ethernet ethernet1/2 layer3 ip 203.0.113.1/24\n" +
		"set network virtual-router default routing-table ip static-route out destination 0.0.0.0/0 nexthop ip-address 198.51.100.33\n"
	for _, port := range []int{7, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29} {
		text += fmt.Sprintf("set service port-%d protocol tcp port %d\n", port, port)
	}
	return text + p.each(func(r longRule) string {
		rule := fmt.Sprintf("set rulebase security rules r%d ", r.n)
		not := ""
		if r.from == fromOthers {
			not = rule + "negate-source yes\n"
		}
		return rule + "from untrust\n" + rule + "to dmz\n" + rule + "source " + strings.TrimSpace(r.source(from)) + "\n" + not + rule + "destination any\n" + rule + "application any\n" +
			rule + "service " + r.ports("ranges", "port-%d") + "\n" + rule + r.does("action allow\n", "action deny\n")
	})
}

func longSrx(p *longPlan) string {
	const book, out = "set security address-book global address", "set security zones security-zone"
	from := map[string][]string{fromMany: {"many"}, fromListed: {"many"}, fromOthers: {"many"}, fromSeveral: {"many", "few"}, fromRegion: {"m1", "m2"}}
	text := addrsAs(book+" e%d %s/32\n"+book+"-set many address e%d\n", "") + hostsAs(book+" h%d %s/32\n") + book + " few 198.51.100.0/28\n" + book + " m1 103.13.69.0/24\n" + book + " m2 124.47.150.0/24\n" +
		rangesAs("set applications application ranges term t%d protocol tcp destination-port %a-%z\n", "") +
		out + " untrust interfaces ge-0/0/0.0\n" + out + " trust interfaces ge-0/0/1.0\nset interfaces ge-0/0/0 unit 0 family inet address 198.51.100.34/30\n" +
		"set interfaces ge-0/0/1 unit 0 family inet address 203.0.113.1/24\nset routing-options static route 0.0.0.0/0 next-hop 198.51.100.33\n"
	for _, port := range []int{7, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29} {
		text += fmt.Sprintf("set applications application port-%d protocol tcp\nset applications application port-%d destination-port %d\n", port, port, port)
	}
	return text + p.each(func(r longRule) string {
		rule := fmt.Sprintf("set security policies from-zone untrust to-zone trust policy r%d ", r.n)
		var b strings.Builder
		for _, a := range from[r.from] {
			b.WriteString(rule + "match source-address " + a + "\n")
		}
		if r.from == fromHost {
			fmt.Fprintf(&b, "%smatch source-address h%d\n", rule, r.n)
		}
		if r.from == fromOthers {
			b.WriteString(rule + "match source-address-excluded\n")
		}
		return b.String() + rule + "match destination-address any\n" + rule + "match application " + r.ports("ranges", "port-%d") + "\n" + rule + "then " + r.does("permit\n", "deny\n")
	})
}

func longPfgui(p *longPlan, root, version, enable string) string {
	alias := func(name, kind, members string) string {
		return "<alias><name>" + name + "</name><type>" + kind + "</type><address>" + members + "</address></alias>\n"
	}
	iface := func(name, dev, addr string) string {
		return fmt.Sprintf("<%s><%s>1</%s><if>%s</if><ipaddr>%s</ipaddr><subnet>24</subnet></%s>\n", name, enable, enable, dev, addr, name)
	}
	from := map[string]string{
		fromMany: "<address>many</address>", fromSeveral: "<address>both</address>", fromOthers: "<address>many</address><not></not>", fromHost: "<address>%s</address>", fromRegion: "<address>region</address>",
	}
	return "<?xml version=\"1.0\"?>\n<" + root + ">" + version + "\n<interfaces>\n" + iface("wan", "em0", "198.51.100.34") + iface("lan", "em1", "203.0.113.1") + "</interfaces>\n<aliases>\n" +
		alias("many", "host", addrsAs("%s", " ")) + alias("ranges", "port", rangesAs("%a:%z", " ")) + alias("both", "host", "many 198.51.100.7") + alias("region", "network", longRegion) + "</aliases>\n<filter>\n" +
		p.each(func(r longRule) string {
			return fmt.Sprintf("<rule><tracker>%d</tracker><type>%s</type><interface>wan</interface><ipprotocol>inet</ipprotocol><protocol>tcp</protocol><source>%s</source><destination><any></any><port>%s</port></destination></rule>\n",
				r.n, r.does("pass", "block"), r.source(from), r.ports("ranges", "%d"))
		}) + "</filter>\n</" + root + ">\n"
}

func longIOS(p *longPlan) string {
	from := map[string]string{fromMany: "object-group MANY", fromSeveral: "object-group BOTH", fromHost: "host %s", fromRegion: "object-group REGION"}
	return "hostname r1\nobject-group network MANY\n" + addrsAs(" host %s\n", "") + "object-group network BOTH\n group-object MANY\n host 198.51.100.7\n" +
		"object-group network REGION\n 103.13.69.0 255.255.255.0\n 124.47.150.0 255.255.255.0\nobject-group service RANGES\n" + rangesAs(" tcp range %a %z\n", "") +
		"interface GigabitEthernet0/0\n ip address 198.51.100.34 255.255.255.252\n ip access-group IN in\ninterface GigabitEthernet0/1\n ip address 203.0.113.1 255.255.255.0\n" +
		"ip route 0.0.0.0 0.0.0.0 198.51.100.33\nip access-list extended IN\n" + p.each(func(r longRule) string {
		proto, port := "tcp", fmt.Sprintf(" eq %d", r.port)
		if r.ranges {
			proto, port = "object-group RANGES", ""
		}
		return fmt.Sprintf(" %s %s %s any%s\n", r.does("permit", "deny"), proto, r.source(from), port)
	}) + " permit tcp any any established\n deny ip any any\n"
}

func longASA(p *longPlan) string {
	from := map[string]string{fromMany: "object-group many", fromSeveral: "object-group both", fromHost: "host %s", fromRegion: "object-group region"}
	return "ASA Version 9.12(4)\n!\nhostname fw01\ninterface GigabitEthernet1/1\n nameif outside\n security-level 0\n ip address 198.51.100.34 255.255.255.252\n!\n" +
		"interface GigabitEthernet1/2\n nameif inside\n security-level 100\n ip address 203.0.113.1 255.255.255.0\n!\nobject-group network many\n" + addrsAs(" network-object host %s\n", "") +
		"object-group network both\n group-object many\n network-object host 198.51.100.7\nobject-group network region\n network-object 103.13.69.0 255.255.255.0\n network-object 124.47.150.0 255.255.255.0\n" +
		"object-group service ranges tcp\n" + rangesAs(" port-object range %a %z\n", "") + p.each(func(r longRule) string {
		return fmt.Sprintf("access-list outside_in extended %s tcp %s any %s\n", r.does("permit", "deny"), r.source(from), r.ports("object-group ranges", "eq %d"))
	}) + "access-list outside_in extended deny ip any any\naccess-group outside_in in interface outside\nroute outside 0.0.0.0 0.0.0.0 198.51.100.33 1\n"
}
