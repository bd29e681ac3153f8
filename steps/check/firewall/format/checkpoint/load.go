package checkpoint

import (
	"fmt"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/source"
)

// layer is one access layer: a list of rules.
type layer struct {
	uid, name string
	line      int
	rules     []*jsontree.Node // in order; one that is not a rule stands for what lacks
	cleanup   string           // "drop" or "accept"; "" when the file does not tell
	inline    bool             // some rule goes to it
	next      int              // number of the rule that should come next
	total     int
}

// export is what a file holds.
type export struct {
	objects  map[string]*jsontree.Node // by uid
	names    map[string]*jsontree.Node
	layers   []*layer
	byUID    map[string]*layer
	nat      []*jsontree.Node
	hasNAT   bool
	natNext  int // number of the NAT rule that should come next
	natTotal int
	natLacks bool
	order    []*jsontree.Node // access layers of the package
	packages int
	problems []ir.Problem
	lacks    []string // what could not be read of the file
}

// load reads all JSON values of a file, each the answer to one command.
func load(doc *source.Doc) *export {
	x := &export{objects: map[string]*jsontree.Node{}, names: map[string]*jsontree.Node{}, byUID: map[string]*layer{}}
	text := doc.Text
	if i := strings.IndexAny(text, "{["); i > 0 {
		text = strings.Repeat("\n", strings.Count(text[:i], "\n")) + text[i:]
	}
	docs, err := jsontree.Parse(text)
	if err != nil {
		x.problems = append(x.problems, ir.Problem{Line: lineOf(err), Text: err.Error() + "."})
		x.lacks = append(x.lacks, "the rest of the JSON, which breaks off")
	}
	for _, d := range docs {
		x.document(d, 0)
	}
	if x.natLacks = x.natLacks || x.natTotal >= max(x.natNext, 1); x.natLacks {
		x.problems = append(x.problems, ir.Problem{Line: 1, Text: fmt.Sprintf(
			"not all of the %d NAT rules are in the file in their order; export with limit 500 and once more with offset 500, and put the outputs into one file, in order.", x.natTotal)})
	}
	for _, l := range x.layers {
		if l.total > 0 && l.next <= l.total {
			x.problems = append(x.problems, ir.Problem{Line: l.line, Text: fmt.Sprintf(
				"rules %d to %d of layer %s are not in the file; export with limit 500 and once more with offset 500, and put the outputs into one file.", l.next, l.total, l.name)})
			l.rules = append(l.rules, nil)
		}
	}
	return x
}

func lineOf(err error) int {
	_, rest, _ := strings.Cut(err.Error(), "at line ")
	digits := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if digits < 0 {
		digits = len(rest)
	}
	n, _ := strconv.Atoi(rest[:digits])
	return n
}

// document takes in one value: a list of answers, or one.
func (x *export) document(d *jsontree.Node, depth int) {
	if d == nil || depth > 8 {
		return
	}
	if d.Kind == jsontree.List {
		for _, k := range d.Kids {
			x.document(k, depth+1)
		}
		return
	}
	for _, key := range []string{"objects-dictionary", "objects"} {
		for _, o := range d.Get(key).Items() {
			x.object(o)
		}
	}
	switch d.Get("type").Str() {
	case "package":
		if x.packages++; x.packages == 1 {
			x.order = d.Get("access-layers").Items()
		}
		for _, l := range d.Get("access-layers").Items() {
			x.describe(l)
		}
	case "access-layer":
		x.describe(d)
	case "":
	default:
		x.object(d)
	}
	if rules := d.Get("rulebase"); rules != nil {
		x.rulebase(d, rules)
	}
	for _, key := range []string{"access-layers", "response", "data", "tasks", "access-rulebase", "nat-rulebase"} {
		if k := d.Get(key); k != nil && d.Get("type").Str() != "package" {
			x.document(k, depth+1)
		}
	}
}

// object notes an object by uid; the fullest of several answers is kept.
func (x *export) object(o *jsontree.Node) {
	uid := o.Get("uid").Str()
	if uid == "" {
		return
	}
	if was := x.objects[uid]; was == nil || weight(o) > weight(was) {
		x.objects[uid] = o
		x.names[o.Get("name").Str()] = o
	}
	if o.Get("type").Str() == "access-layer" {
		x.describe(o)
	}
}

// weight prefers answers that tell what an object stands for.
func weight(o *jsontree.Node) int {
	n := len(o.Keys)
	for _, key := range []string{"members", "ipv4-address", "subnet4", "ipv4-address-first", "port", "include", "interfaces"} {
		if o.Get(key) != nil {
			n += 100
		}
	}
	return n
}

// describe notes what is told of a layer beside its rules.
func (x *export) describe(n *jsontree.Node) {
	l := x.layer(n.Get("uid").Str(), n.Get("name").Str(), n.Line)
	if v := n.Get("implicit-cleanup-action").Str(); v != "" {
		l.cleanup = strings.ToLower(v)
	}
}

// layer is that of a uid or, where there is none, of a name.
func (x *export) layer(uid, name string, line int) *layer {
	key := uid
	if key == "" {
		key = "name " + name
	}
	l := x.byUID[key]
	if l == nil {
		l = &layer{uid: uid, name: name, line: line, next: 1}
		x.byUID[key] = l
		x.layers = append(x.layers, l)
	}
	if l.name == "" {
		l.name = name
	}
	return l
}

// rulebase takes in one rulebase, or one page of it.
func (x *export) rulebase(d, rules *jsontree.Node) {
	kind := kindOf(rules)
	if kind == "nat" || kind == "" && d.Get("name").Str() == "" {
		x.hasNAT = true
		if from, to := number(d.Get("from")), number(d.Get("to")); to > 0 {
			if from > 0 && from < x.natNext {
				return // the same page again
			}
			x.natLacks = x.natLacks || from > max(x.natNext, 1)
			x.natNext, x.natTotal = to+1, max(x.natTotal, number(d.Get("total")))
		}
		x.nat = append(x.nat, flat(rules, "nat-section", 0)...)
		return
	}
	l := x.layer(d.Get("uid").Str(), d.Get("name").Str(), d.Line)
	if len(l.rules) == 0 {
		l.line = d.Line
	}
	if v := d.Get("implicit-cleanup-action").Str(); v != "" {
		l.cleanup = strings.ToLower(v)
	}
	from, to, total := number(d.Get("from")), number(d.Get("to")), number(d.Get("total"))
	if from > l.next {
		l.rules = append(l.rules, nil)
		x.problems = append(x.problems, ir.Problem{Line: d.Line, Text: fmt.Sprintf(
			"rules %d to %d of layer %s are not in the file before the others; put the outputs of all offsets into one file, in order.", l.next, from-1, l.name)})
	}
	if from > 0 && from < l.next {
		return // the same page again
	}
	l.rules = append(l.rules, flat(rules, "access-section", 0)...)
	if to > 0 {
		l.next, l.total = to+1, max(l.total, total)
	}
}

func number(n *jsontree.Node) int {
	v, _ := strconv.Atoi(n.Str())
	return v
}

// kindOf tells rulebases of access and of NAT apart.
func kindOf(rules *jsontree.Node) string {
	for _, r := range rules.Items() {
		switch t := r.Get("type").Str(); {
		case strings.HasPrefix(t, "nat-"):
			return "nat"
		case strings.HasPrefix(t, "access-"):
			return "access"
		}
	}
	return ""
}

// flat lists the rules of a rulebase with those in its sections.
func flat(rules *jsontree.Node, section string, depth int) []*jsontree.Node {
	var out []*jsontree.Node
	for _, r := range rules.Items() {
		if r.Get("type").Str() == section && depth < 20 {
			out = append(out, flat(r.Get("rulebase"), section, depth+1)...)
			continue
		}
		out = append(out, r)
	}
	return out
}
