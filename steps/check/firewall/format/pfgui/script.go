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

// script reports calls of the programming interface that add rules.
func script(doc *source.Doc) bool { return strings.Contains(doc.Head().Text, addRule) }

// script reads such calls, one a line, as the rules that they add.
func (c *config) script() {
	rules := &xmltree.Node{Name: "rules"}
	for _, l := range c.doc.Lines() {
		if !strings.Contains(l.Text, addRule) || strings.HasPrefix(strings.TrimSpace(l.Text), "#") {
			continue
		}
		from, to := strings.IndexByte(l.Text, '{'), strings.LastIndexByte(l.Text, '}')
		var call struct {
			Rule map[string]string `json:"rule"`
		}
		if from < 0 || to < from || json.Unmarshal([]byte(l.Text[from:to+1]), &call) != nil || call.Rule == nil {
			c.set.Problems = append(c.set.Problems, ir.Problem{Line: l.Number, Text: "The rule in this line is not complete; expected a JSON object with \"rule\"."})
			c.broken = l.Number
			continue
		}
		n := &xmltree.Node{Name: "rule", Line: l.Number}
		for k, v := range call.Rule {
			n.Kids = append(n.Kids, &xmltree.Node{Name: k, Text: v, Line: l.Number})
		}
		rules.Kids = append(rules.Kids, n)
	}
	wrap := func(name string, k *xmltree.Node) *xmltree.Node {
		return &xmltree.Node{Name: name, Kids: []*xmltree.Node{k}}
	}
	c.root = wrap("opnsense", wrap("OPNsense", wrap("Firewall", wrap("Filter", rules))))
}
