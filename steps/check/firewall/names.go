package firewall

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/clean"
)

// AnyOther stands for an interface that no rule of a file names, where the
// interface that faces the internet is asked for.
const AnyOther = "other"

// InterfaceError says that a file does not name an interface that was given.
type InterfaceError struct {
	Name  string   // as given
	Names []string // that the file has, as it writes them; none where it names no interface at all
}

func (e *InterfaceError) Error() string {
	if len(e.Names) == 0 {
		return fmt.Sprintf("the file names no interface, so none can be %q; leave it out", e.Name)
	}
	return fmt.Sprintf("the file does not name an interface %q; it names %s. If the internet is on one that no rule names, give it as %s",
		e.Name, strings.Join(e.Names, ", "), AnyOther)
}

// interfaceNames lists the names and patterns of interfaces that rules hold.
func interfaceNames(set *ir.Ruleset) []string {
	var names []string
	for _, p := range set.Programs {
		for c := range p.Chains {
			for k := range p.Chains[c].Rules {
				for _, b := range p.Chains[c].Rules[k].Boxes {
					for _, i := range []*ir.Ifaces{b.In, b.Out} {
						if i == nil {
							continue
						}
						for _, n := range i.Patterns {
							if n != "" && n != "lo" && !slices.Contains(names, n) {
								names = append(names, n)
							}
						}
					}
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// checkInterface refuses a name that no rule uses: with a name mistyped every
// rule for the real interface would be passed over.
func checkInterface(set *ir.Ruleset, name string) error {
	if name == "" || name == AnyOther {
		return nil
	}
	names := interfaceNames(set)
	for _, n := range names {
		if prefix, wild := strings.CutSuffix(n, "+"); n == name || wild && strings.HasPrefix(name, prefix) {
			return nil
		}
	}
	return &InterfaceError{Name: name, Names: names}
}

// outsideOf gives each file the interface that was answered, if it names it. A
// file that does not is asked without; when no file names it, the answer is
// taken for a slip and the result says which names there are.
func outsideOf(code string, in check.Input, files []file) (of func(file) string, res check.Result, bad bool) {
	name := strings.TrimSpace(in.Outside)
	var names []string
	known := name == "" || name == AnyOther
	of = func(f file) string {
		if f.set == nil || checkInterface(f.set, name) != nil {
			return ""
		}
		return name
	}
	for _, f := range files {
		if f.set == nil {
			continue
		}
		known = known || checkInterface(f.set, name) == nil
		for _, n := range interfaceNames(f.set) {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	if known || len(names) == 0 {
		return of, check.Result{}, false
	}
	title := clean.Sprintf("No rule names the interface %s", name)
	return of, check.Result{Outcome: check.Unknown, Summary: title, Findings: []check.Finding{{
		Code: code + ".no_interface", Severity: check.Advice, Title: title,
		Saw:    clean.Sprintf("The rules name these interfaces: %s", strings.Join(names, ", ")),
		Should: "The name of the interface that faces the internet, as the rules write it",
		IfLeft: "You do not know whether your firewall is right.",
		Do: clean.Sprintf("Answer the question %s of this step with one of these names, with %s if the internet is on an interface that no rule names, "+
			"or leave it empty, and check again.", `"Which interface of the firewall faces the internet?"`, AnyOther),
		Who: check.WhoTPOC,
	}}}, true
}
