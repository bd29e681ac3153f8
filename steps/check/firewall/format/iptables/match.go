package iptables

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// matcher reads the words of one rule into boxes. Every option either narrows
// the boxes or makes them Maybe; none is passed over in silence but those that
// do not decide whether a packet is met.
type matcher struct {
	l        *lowering
	line     int
	boxes    ir.Boxes
	family   ir.Family // of -4 or -6
	target   string
	isGoto   bool
	opts     map[string][]string // options of the target
	module   string              // the last -m
	modules  []string            // all of them
	implicit []string            // that -p brings
	open     bool                // the last -m cannot be decided: its options are part of it
	words    []string
	pos      int

	refused string         // why iptables would not take the rule
	strange bool           // an option is not known
	seen    map[string]int // options that may stand but once
	proto   int            // of -p; -1 for none, one negated, or any
	ports   bool           // the rule compares ports
	needs   []uint8        // protocols that its options are for
}

// read takes all words of a rule.
func (m *matcher) read(words []string) {
	m.words = words
	for m.pos < len(m.words) {
		not := false
		w := m.next()
		for w == "!" {
			not = !not
			if m.pos >= len(m.words) {
				m.refuse("ends with a lone !")
				return
			}
			w = m.next()
		}
		if opt, val, ok := strings.Cut(w, "="); ok && strings.HasPrefix(w, "--") {
			if m.glued(opt) {
				m.refuse(fmt.Sprintf("holds %q, where iptables wants %s and its value apart", opt+"="+val, opt))
			}
			w = opt
			m.words = slices.Insert(m.words[:m.pos:m.pos], m.pos, append([]string{val}, words[m.pos:]...)...)
			words = m.words
		}
		m.option(w, not)
	}
	m.agree()
}

func (m *matcher) next() string {
	w := m.words[m.pos]
	m.pos++
	return w
}

// ungluable are the options whose value iptables reads as a word of its own,
// so that with = it is not found (iptables/xshared.c, argv[optind - 1]).
var ungluable = []string{
	"--source", "--src", "--destination", "--dst", "--protocol", "--proto", "--in-interface", "--out-interface", "--jump",
}

func (m *matcher) glued(option string) bool {
	return slices.ContainsFunc(ungluable, func(name string) bool { return strings.HasPrefix(name, option) })
}

// value is the argument of an option. The ! before it is of iptables before
// version 1.4.3; those of today refuse it.
func (m *matcher) value(not *bool) string {
	for m.pos < len(m.words) && m.words[m.pos] == "!" {
		m.refuse("has ! behind an option and not before it, as old versions of iptables took it and those of today do not")
		*not = !*not
		m.pos++
	}
	if m.pos >= len(m.words) {
		m.refuse("ends after an option that needs a value; it may be cut short")
		return ""
	}
	return m.next()
}

// skip passes over the arguments of an option that is not read.
func (m *matcher) skip() []string {
	var args []string
	for m.pos < len(m.words) && !isOption(m.words[m.pos]) {
		if m.words[m.pos] == "!" {
			if m.pos+1 < len(m.words) && isOption(m.words[m.pos+1]) {
				break
			}
		}
		args = append(args, m.next())
	}
	return args
}

// has reports an option of the target.
func (m *matcher) has(opt string) bool { _, ok := m.opts[opt]; return ok }

// option reads one option with its values.
func (m *matcher) option(w string, not bool) {
	if f, ok := options[w]; ok {
		f(m, not)
		return
	}
	if f, ok := byModule[m.module+" "+w]; ok {
		f(m, not)
		return
	}
	if !isOption(w) || !strings.HasPrefix(w, "--") {
		m.refuse(fmt.Sprintf("holds %q, where an option should stand", w))
		return
	}
	if opt, known := m.whole(w); opt != "" && opt != w {
		m.option(opt, not)
		return
	} else if known && opt == "" && !m.open {
		m.refuse(fmt.Sprintf("holds %q, which may stand for more than one option", w))
		return
	}
	args := m.skip()
	switch {
	case m.target != "" && m.target != "ACCEPT" && m.target != "DROP" && m.target != "RETURN" && strings.HasPrefix(w, "--"):
		m.opts[w] = args
	case m.open:
	default:
		m.strange = true
		m.boxes.Perhaps(fmt.Sprintf("%q, which is not known here", w))
	}
}

// undecidable are matches that the file alone does not decide, in words that
// complete "depends on ...".
var undecidable = map[string]string{
	"limit": "how many packets come in a time (limit)", "hashlimit": "how many packets come in a time (hashlimit)",
	"connlimit": "how many connections are open (connlimit)", "connbytes": "how much a connection has carried (connbytes)",
	"quota": "how much has passed already (quota)", "quota2": "how much has passed already (quota)",
	"statistic": "chance (statistic)", "random": "chance (random)", "nth": "a counter (nth)",
	"time": "the time of day (time)", "owner": "which program or user sends (owner)", "cgroup": "which program sends (cgroup)",
	"string": "the content of the packet (string)", "u32": "the content of the packet (u32)", "bpf": "the content of the packet (bpf)",
	"layer7": "the content of the packet (layer7)", "ndpi": "the content of the packet (ndpi)", "tls": "the content of the packet (tls)",
	"geoip": "which country an address belongs to (geoip)", "asn": "which network an address belongs to (asn)",
	"mark": "a mark set elsewhere (mark)", "connmark": "a mark set elsewhere (connmark)", "realm": "routing (realm)",
	"mac": "the hardware address of the sender (mac)", "physdev": "the port of a bridge (physdev)",
	"rpfilter": "routing (rpfilter)", "socket": "whether a program listens (socket)", "helper": "the kind of a related connection (helper)",
	"length": "the length of the packet (length)", "length2": "the length of the packet (length)",
	"ttl": "the hops a packet has left (ttl)", "hl": "the hops a packet has left (hl)",
	"dscp": "the service class of the packet (dscp)", "tos": "the service class of the packet (tos)", "ecn": "congestion marks (ecn)",
	"tcpmss": "the segment size offered (tcpmss)", "condition": "a switch in /proc (condition)", "cpu": "which processor handles the packet (cpu)",
	"cluster": "which node handles the packet (cluster)", "devgroup": "the group of the interface (devgroup)",
	"connlabel": "a label set elsewhere (connlabel)", "osf": "the operating system of the sender (osf)",
	"psd": "recent port scans (psd)", "lscan": "recent port scans (lscan)", "ipp2p": "the content of the packet (ipp2p)",
	"nfacct": "a counter (nfacct)", "account": "", "unclean": "whether the packet is well formed (unclean)", "ipvs": "load balancing (ipvs)",
	"ipv6header": "extension headers (ipv6header)", "ipv4options": "IP options (ipv4options)", "eui64": "the hardware address of the sender (eui64)",
	"rateest": "measured rates (rateest)", "fuzzy": "chance (fuzzy)", "iface": "the state of an interface (iface)", "gradm": "grsecurity (gradm)",
	"ah": "IPsec headers (ah)", "esp": "IPsec headers (esp)", "ipcomp": "compression headers (ipcomp)", "recent": "",
}

// decided are modules whose options are read, or that decide nothing.
var decided = []string{
	"tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmp6", "icmpv6", "ipv6-icmp", "multiport", "iprange", "set", "addrtype", "state",
	"conntrack", "comment", "pkttype", "policy", "standard",
}

// moduleOption reads -m.
func moduleOption(m *matcher, not bool) {
	if not {
		m.refuse("holds ! before -m")
	}
	m.module = m.value(&not)
	m.modules = append(m.modules, m.module)
	if n, ok := moduleProtocols[m.module]; ok {
		m.needs = append(m.needs, n)
	}
	reason, open := undecidable[m.module]
	m.open = open
	switch {
	case open && reason != "":
		m.boxes.Perhaps(reason)
	case open || slices.Contains(decided, m.module):
	case slices.Contains([]string{"frag", "hbh", "dst", "rt", "mh"}, m.module):
		m.open = true
		m.boxes = nil // mail carries no such extension header
	default:
		m.open = true
		m.boxes.Perhaps(fmt.Sprintf("the match %q, which is not known here", m.module))
	}
}

func targetOption(isGoto bool) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		if not {
			m.refuse("holds ! before its target")
		}
		m.once("target")
		m.target, m.isGoto, m.opts = m.value(&not), isGoto, map[string][]string{}
		m.module, m.open = "", false
	}
}

// ignore passes over an option with n values that decides nothing.
func ignore(n int) func(*matcher, bool) {
	return func(m *matcher, _ bool) { m.pos = min(m.pos+n, len(m.words)) }
}

func familyOption(f ir.Family) func(*matcher, bool) {
	return func(m *matcher, _ bool) { m.family = f }
}

// options are read wherever they stand.
var options map[string]func(*matcher, bool)

// byModule are options whose meaning depends on the module before them.
var byModule map[string]func(*matcher, bool)

func init() {
	options = map[string]func(*matcher, bool){
		"-4": familyOption(ir.V4), "--ipv4": familyOption(ir.V4), "-6": familyOption(ir.V6), "--ipv6": familyOption(ir.V6),
		"-m": moduleOption, "--match": moduleOption,
		"-j": targetOption(false), "--jump": targetOption(false), "-g": targetOption(true), "--goto": targetOption(true),
		"-c": ignore(2), "--set-counters": ignore(2), "--comment": ignore(1), "--modprobe": ignore(1),
		"-s": address(true), "--source": address(true), "--src": address(true),
		"-d": address(false), "--destination": address(false), "--dst": address(false),
		"--src-range": addressRange(true), "--dst-range": addressRange(false),
		"-p": protocol(false), "--protocol": protocol(false), "--proto": protocol(false),
		"-i": iface(true), "--in-interface": iface(true), "-o": iface(false), "--out-interface": iface(false),
		"-f": fragment, "--fragment": fragment,
		"--sport": port(true), "--source-port": port(true), "--dport": port(false), "--destination-port": port(false),
		"--sports": ports("s"), "--source-ports": ports("s"), "--dports": ports("d"), "--destination-ports": ports("d"),
		"--ports": ports("sd"), "--port": ports("sd"),
		"--tcp-flags": tcpFlags, "--syn": syn,
		"--tcp-option": undecided("TCP options of the packet", 1),
		"--icmp-type":  icmpType(ir.V4), "--icmpv6-type": icmpType(ir.V6),
		"--state": state, "--ctstate": state, "--ctproto": protocol(true), "--ctdir": direction,
		"--ctorigdst": origDst, "--ctorigdstport": origDPort,
		"--match-set": matchSet, "--return-nomatch": ignore(0),
		"--update-counters": ignore(0), "--update-subcounters": ignore(0),
		"--src-type": addrType(true), "--dst-type": addrType(false),
		"--limit-iface-in":  undecided("which interface an address belongs to", 0),
		"--limit-iface-out": undecided("which interface an address belongs to", 0),
		"--pkt-type":        packetType,
		"-w":                wait, "--wait": wait, "-n": ignore(0), "-v": ignore(0), "--numeric": ignore(0), "--verbose": ignore(0),
		// their values may begin with a dash
		"--log-prefix": ignore(1), "--nflog-prefix": ignore(1), "--ulog-prefix": ignore(1), "--string": ignore(1), "--hex-string": ignore(1),
	}
	byModule = map[string]func(*matcher, bool){
		"set --set":       matchSet,
		"policy --dir":    ignore(1),
		"policy --pol":    ipsecPolicy,
		"policy --strict": ignore(0),
		"recent --set":    recentSet,
		"recent --name":   ignore(1), "recent --rsource": ignore(0), "recent --rdest": ignore(0), "recent --mask": ignore(1),
		"recent --rcheck": undecided("which addresses came by before (recent)", 0),
		"recent --update": undecided("which addresses came by before (recent)", 0),
		"recent --remove": undecided("which addresses came by before (recent)", 0),
	}
}

// undecided is an option with n values that the file does not decide.
func undecided(reason string, n int) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		for range n {
			m.value(&not)
		}
		m.boxes.Perhaps(reason)
	}
}
