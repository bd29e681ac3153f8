// Package pfgui reads config.xml of pfSense and OPNsense, which both write
// rules for pf from what is entered in their web interfaces, and lowers it as
// they do.
//
// Semantics and sources: Netgate's documentation, "Rule Methodology" and
// "Floating Rules" (order: floating, interface groups, interface tabs; quick;
// direction), "Ordering of NAT and Firewall Processing", "Aliases"; what
// pfSense loads, as in published output of pfctl -sr; OPNsense's documentation,
// "Firewall: Rules" and "Rules [new]", and its source: FilterRule.php (quick
// unless floating), FilterRuleField.php (a rule for one interface, of one group,
// or floating, in this order of priority; rules of the new model before those
// of the old one of equal priority; sequence), ForwardRule.php (rdr,
// reflection), filter.lib.inc (rules of the system), DNat.xml, Filter.xml.
package pfgui

import (
	"fmt"
	"net/netip"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// Vendor tells the two apart.
type Vendor struct {
	ID, Label string
	Root      string // name of the outermost element
	OPN       bool
}

// The vendors.
var (
	PfSense  = Vendor{ID: "pfsense", Label: "pfSense", Root: "pfsense"}
	OPNsense = Vendor{ID: "opnsense", Label: "OPNsense", Root: "opnsense", OPN: true}
)

// config is a configuration while it is read.
type config struct {
	v       Vendor
	doc     *source.Doc
	root    *xmltree.Node
	set     *ir.Ruleset
	ifaces  []*iface
	byKey   map[string]*iface
	groups  map[string]*group
	addrs   *objects.Book[*objects.Addrs]
	ports   *objects.Book[objects.Services]
	sched   map[string]int
	vips    []netip.Addr
	user    []ranked
	spec    pfrules.Spec
	noted   map[string]bool
	broken  int // line where the file breaks off; 0 for none
	rules   int
	order   map[int]int // priority by line of a rule
	pending []pfrules.Rule
	names   map[string]bool // of aliases
}

// ranked is a user's rule with its place.
type ranked struct {
	rule     pfrules.Rule
	prio     int
	legacy   bool
	sequence int
}

// Read reads config.xml, or a part of it that the vendor's backup gives.
func Read(doc *source.Doc, v Vendor) *ir.Ruleset {
	c := &config{
		v: v, doc: doc, set: &ir.Ruleset{Stands: ir.Forward}, byKey: map[string]*iface{}, groups: map[string]*group{},
		addrs: objects.NewAddrs("alias"), ports: objects.NewServices("alias"), sched: map[string]int{}, noted: map[string]bool{}, order: map[int]int{},
	}
	if v.OPN && script(doc) {
		c.script()
	} else if !c.parse() {
		return c.set
	}
	c.interfaces()
	c.aliases()
	c.schedules()
	c.translations()
	c.outbound()
	c.filterRules()
	if v.OPN {
		c.model()
	}
	c.lower()
	return c.set
}

// parse finds the configuration's XML in the text: prompts before it are
// passed over.
func (c *config) parse() bool {
	text := c.doc.Text
	at := -1
	for _, mark := range []string{"<?xml", "<" + c.v.Root + ">", "<filter>", "<" + c.v.Root + " "} {
		if i := strings.Index(text, mark); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at > 0 {
		text = strings.Repeat("\n", strings.Count(text[:at], "\n")) + text[at:]
	}
	text, put := c.put(text)
	root, err := xmltree.Parse(text)
	if err != nil {
		c.broken = max(1, lastLine(root))
		c.set.Problems = append(c.set.Problems, ir.Problem{Line: c.broken, Text: err.Error() + "."})
	}
	if root == nil {
		return false
	}
	if root.Name == "filter" || root.Name == "nat" || root.Name == "aliases" { // a backup of this part alone
		c.note("The file is a part of the configuration: %s. Give the whole of config.xml, so that aliases, interfaces and translations are known.", root.Name)
		root = &xmltree.Node{Name: c.v.Root, Kids: []*xmltree.Node{root}}
	}
	c.root = root
	c.graft(put)
	return true
}

// lastLine is the line of the last element that was read.
func lastLine(n *xmltree.Node) int {
	line := 0
	for n != nil {
		line = max(line, n.Line)
		if len(n.Kids) == 0 {
			break
		}
		n = n.Kids[len(n.Kids)-1]
	}
	return line
}

func (c *config) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !c.noted[text] && len(c.noted) < 60 {
		c.noted[text] = true
		c.set.Notes = append(c.set.Notes, text)
	}
}

func (c *config) problem(line int, format string, args ...any) {
	if len(c.set.Problems) < 1000 {
		c.set.Problems = append(c.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
	}
}

func (c *config) state(line int, text string, known bool) {
	c.set.Statements = append(c.set.Statements, ir.Statement{Line: line, Text: text, Known: known})
}

// on reports a switch: the element is there, and says neither 0 nor no.
func on(n *xmltree.Node, name string) bool {
	k := n.Kid(name)
	if k == nil {
		return false
	}
	switch strings.ToLower(k.Text) {
	case "0", "no", "off", "false":
		return false
	}
	return true
}

// yes reports a switch that must say so.
func yes(n *xmltree.Node, name string) bool {
	switch strings.ToLower(n.Value(name)) {
	case "1", "yes", "on", "true", "enabled", "enable":
		return true
	}
	return false
}

func one(a netip.Addr) netipx.IPRange { return netipx.IPRangeFrom(a, a) }
