package pfgui

import (
	"encoding/json"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// addRule is the call of OPNsense's programming interface that adds a rule of
// the new model (documentation, "Firewall" under "Development Manual > API").
const addRule = "api/firewall/filter/addRule"

// script reports calls of the programming interface that add rules, and no
// configuration.
func script(doc *source.Doc) bool {
	head := doc.Head().Text
	return strings.Contains(head, addRule) && root(head, OPNsense.Root) < 0
}

// script reads such calls, one a line, as the rules that they add.
func (c *config) script() {
	c.root = &xmltree.Node{Name: OPNsense.Root}
	c.graft(c.calls(1))
}

// calls are the rules that calls add, from a line on.
func (c *config) calls(from int) []*xmltree.Node {
	var rules []*xmltree.Node
	for _, l := range c.doc.Lines() {
		if l.Number < from || !strings.Contains(l.Text, addRule) || strings.HasPrefix(strings.TrimSpace(l.Text), "#") {
			continue
		}
		at, to := strings.IndexByte(l.Text, '{'), strings.LastIndexByte(l.Text, '}')
		var call struct {
			Rule map[string]string `json:"rule"`
		}
		if at < 0 || to < at || json.Unmarshal([]byte(l.Text[at:to+1]), &call) != nil || call.Rule == nil {
			c.set.Problems = append(c.set.Problems, ir.Problem{Line: l.Number, Text: "The rule in this line is not complete; expected a JSON object with \"rule\"."})
			c.broken = l.Number
			continue
		}
		n := &xmltree.Node{Name: "rule", Line: l.Number}
		for k, v := range call.Rule {
			n.Kids = append(n.Kids, &xmltree.Node{Name: k, Text: v, Line: l.Number})
		}
		rules = append(rules, n)
	}
	return rules
}

// put parts a configuration from rules of the writer that stand after it, and
// reads those: they are read as the configuration after they were put in place.
func (c *config) put(text string) (string, []*xmltree.Node) {
	end := "</" + c.v.Root + ">"
	i := strings.Index(text, end)
	if i < 0 || strings.TrimSpace(text[i+len(end):]) == "" {
		return text, nil
	}
	i += len(end)
	line := 1 + strings.Count(text[:i], "\n")
	if c.v.OPN {
		if rules := c.calls(line); len(rules) > 0 {
			return text[:i], rules
		}
		return text, nil
	}
	// all that follows, within one element: a document has one alone
	wrapped, err := xmltree.Parse(strings.Repeat("\n", line-1) + "<all>" + text[i:] + "</all>")
	if err != nil {
		return text, nil
	}
	var rules []*xmltree.Node
	for _, k := range wrapped.Kids {
		if k.Name != c.v.Root || len(k.Kids) != 1 || k.Kids[0].Name != "filter" {
			return text, nil
		}
		for _, r := range k.Kids[0].Kids {
			if r.Name != "rule" || !strings.HasPrefix(r.Value("descr"), "mxodus") {
				return text, nil
			}
			rules = append(rules, r)
		}
	}
	return text[:i], rules
}

// graft puts rules where they are entered: before all of pfSense, after all of
// the new model of OPNsense, which orders them by their sequence.
func (c *config) graft(rules []*xmltree.Node) {
	if len(rules) == 0 && c.root.Kids != nil {
		return
	}
	path := []string{"filter"}
	if c.v.OPN {
		path = []string{"OPNsense", "Firewall", "Filter", "rules"}
	}
	at := c.root
	for _, name := range path {
		k := at.Kid(name)
		if k == nil {
			k = &xmltree.Node{Name: name}
			at.Kids = append(at.Kids, k)
		}
		at = k
	}
	if c.v.OPN {
		at.Kids = append(at.Kids, rules...)
	} else {
		at.Kids = append(rules, at.Kids...)
	}
}
