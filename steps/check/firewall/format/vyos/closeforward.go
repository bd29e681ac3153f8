package vyos

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// narrowed rewrites a job about what auto-firewall lets in, which no rule can
// refuse as rulesets are asked later: auto-firewall is turned off, and the
// ruleset of the WAN interface lets in what the job says and what the other
// port forwards need.
func (w *writer) narrowed() error {
	root, ok := w.job.Set.Source.(*wordtree.Node)
	if !ok {
		return nil
	}
	n := root.Kid("port-forward")
	wan := n.Text("wan-interface")
	by := fmt.Sprintf("Line %d (auto-firewall) lets in everybody before any ruleset is asked, so that no rule can refuse it. ", n.Kid("auto-firewall").Line)
	const off = "set port-forward auto-firewall disable"
	ruleset := readNetwork(root).ifaces[wan]
	if ruleset == nil || ruleset.node.At("firewall", "in", "name").Value() == "" {
		return format.ByHand(by + fmt.Sprintf("Bind a ruleset to %s, with rules for what the port forwards take in (of mail the allowed ranges alone), then turn it off: %s.", wan, off))
	}
	name := ruleset.node.At("firewall", "in", "name").Value()
	path := "firewall name " + name
	var others []*wordtree.Node
	for _, r := range opened(root) {
		if r.Line != w.job.Above.Line {
			others = append(others, r)
		}
	}
	n0 := len(w.job.Flows) + len(others)
	if used, _ := w.numbers(path); len(used) > 0 && lowestOf(used) <= n0 {
		return format.ByHand(by + fmt.Sprintf("Turn it off (%s), and put rules before all others of ruleset %s: for what the other port forwards take in, "+
			"and for mail, from the allowed ranges alone. It has no %d free numbers before its first rule: rename that (rename rule ...) to make room.", off, name, n0))
	}
	w.job.Chain, w.job.Above, w.more = name, ir.At{}, len(others)
	w.text = append(w.text, off)
	w.after = append(w.after, "set port-forward auto-firewall enable")
	w.notes = append(w.notes, by+"The commands turn it off for all port forwards; the others keep their ports by the rules named mxodus forward.")
	for _, r := range others {
		if err := w.keep(path, r); err != nil {
			return err
		}
	}
	return nil
}

// keep lets in what another port forward takes in.
func (w *writer) keep(path string, r *wordtree.Node) error {
	number, err := w.number(path)
	if err != nil {
		return err
	}
	to := r.Kid("forward-to")
	port := to.Text("port")
	if port == "" {
		port = r.Text("original-port")
	}
	rule := fmt.Sprintf("%s rule %d", path, number)
	proto := r.Text("protocol")
	if proto == "" || proto == "both" {
		proto = "tcp_udp"
	}
	for _, s := range []string{
		"action 'accept'", "description 'mxodus forward " + word(r.Name) + "'", "protocol '" + word(proto) + "'",
		"destination address '" + word(to.Text("address")) + "'", "destination port '" + word(port) + "'",
	} {
		w.text = append(w.text, "set "+rule+" "+s)
	}
	w.undo = append(w.undo, "delete "+rule)
	return nil
}

// word is a value of the file as it may stand within quotes.
func word(s string) string {
	return source.Redact(strings.Map(func(r rune) rune {
		if r == '\'' || r < ' ' {
			return -1
		}
		return r
	}, s))
}
