package guide

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
)

// reference evaluates texts as text/template does.
func reference() *template.Template {
	return template.New("guide").Option("missingkey=error").Funcs(template.FuncMap{
		"code": code, "md": md, "bullets": bullets, "hosts": hosts, "nested": nested, "join": joined,
	})
}

// TestEveryTextAsTextTemplateWritesIt renders every block of every step for
// everybody, with no answer and with all, and wants what text/template writes.
func TestEveryTextAsTextTemplateWritesIt(t *testing.T) {
	ref, err := reference().ParseFS(texts, "text/*.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	everything(func(p steps.Profile, kind string) {
		built, err := plan.Build(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, full := range []bool{false, true} {
			n++
			d := data{F: steps.NewFacts(answers(p, kind, methods[n%len(methods)], full), time.Unix(1, 0))}
			if full {
				d.F.MXBefore = map[string][]check.MX{"acme.test": {{Host: "old.mx.test", Pref: 10, TTL: 3600}}}
			}
			for _, s := range built.Steps {
				for _, part := range []string{"why", "who", "time", "how"} {
					var want, got strings.Builder
					if err := ref.ExecuteTemplate(&want, s.ID+"."+part, d); err != nil {
						t.Fatal(err)
					}
					if err := blocks().write(&got, s.ID+"."+part, d); err != nil {
						t.Fatalf("%+v: %v", p, err)
					}
					if got.String() != want.String() {
						t.Fatalf("%+v %s.%s:\n%s\nwant\n%s", p, s.ID, part, got.String(), want.String())
					}
				}
			}
		}
	})
	if n < 1000 {
		t.Errorf("only %d profiles were looked at", n)
	}
}

// TestTextsAndNamesAgree: every name in a text is known, in ways that no
// profile takes too, and every name that is known stands in a text.
func TestTextsAndNamesAgree(t *testing.T) {
	said, called := map[string]string{}, map[string]string{}
	for block, tree := range blocks() {
		walk(tree.Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.FieldNode:
				said[strings.Join(n.Ident, ".")] = block
			case *parse.VariableNode:
				if n.Ident[0] == "$" && len(n.Ident) > 1 {
					said[strings.Join(n.Ident[1:], ".")] = block
				}
			case *parse.IdentifierNode:
				called[n.Ident] = block
			case *parse.TemplateNode:
				if blocks()[n.Name] == nil {
					t.Errorf("%s: there is no text %q", block, n.Name)
				}
			}
		})
	}
	if len(said) < 40 || len(called) < 10 {
		t.Fatalf("the texts say %d names and call %d functions", len(said), len(called))
	}
	for name, block := range said {
		if names[name] == nil {
			t.Errorf("%s says .%s, which is not known", block, name)
		}
	}
	for name := range names {
		if said[name] == "" {
			t.Errorf("no text says .%s", name)
		}
	}
	for name := range functions {
		if called[name] == "" {
			t.Errorf("no text calls %s", name)
		}
	}
}

// walk visits a node and all below it.
func walk(n parse.Node, visit func(parse.Node)) {
	visit(n)
	branch := func(b parse.BranchNode) {
		walk(b.Pipe, visit)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, n := range n.Nodes {
			walk(n, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		for _, n := range n.Args {
			walk(n, visit)
		}
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	}
}

// acme is a migration to Australia on Microsoft 365 with some answers.
func acme() data {
	a := steps.Answers{}
	for q, v := range map[string]string{
		steps.QJourney: "migrate", steps.QTrack: "security", steps.QSource: "eu", steps.QTarget: "au", steps.QPlatform: "m365",
		steps.QPrimaryDomain: "acme.test", steps.QDomains: "acme.test\nacme.example", steps.QInbound: "mx1.acme.test\nmx2.acme.test",
		"case.number": "01*23",
	} {
		a[q] = steps.Answer{Question: q, Value: v}
	}
	return data{F: steps.NewFacts(a, time.Unix(1, 0))}
}

// TestConstructs wants of each what text/template writes.
func TestConstructs(t *testing.T) {
	for text, want := range map[string]string{
		"plain *words*": "plain *words*",
		"{{.Platform}}": "Microsoft 365",
		"{{.LowTTL}}":   "300",
		"{{/* said to nobody */}}x{{- /* nor this */ -}} y":                       "xy",
		"a {{- .F.Domain -}} b":                                                   "aacme.testb",
		"{{if .Cloud}}a{{else}}b{{end}}":                                          "a",
		"{{if .Google}}a{{else}}b{{end}}":                                         "b",
		"{{if .Google}}a{{end}}":                                                  "",
		"{{if .Google}}a{{else if .Cloud}}b{{else}}c{{end}}":                      "b",
		"{{if .Google}}a{{else if .Dynamic}}b{{else}}c{{end}}":                    "c",
		"{{if .Consultant}}a{{end}}{{if .F.Domain}}b{{end}}":                      "b",
		"{{if .OldMX}}a{{end}}{{if .Inbound}}b{{end}}":                            "b",
		"{{if len .OldMX}}a{{end}}{{if len .Inbound}}b{{end}}":                    "b",
		"{{if 0}}a{{end}}{{if 1}}b{{end}}{{if .}}c{{end}}":                        "bc",
		"{{with .F.Domain}}{{.}} {{$.F.Domain}}{{end}}":                           "acme.test acme.test",
		"{{with .Consultant}}a{{else}}{{.Platform}}{{end}}":                       "Microsoft 365",
		"{{with .Consultant}}a{{else with .F.Domain}}{{.}}{{end}}":                "acme.test",
		"{{with $d := .F.Domain}}{{$d}} {{.}}{{end}}":                             "acme.test acme.test",
		"{{range .Inbound}}<{{.}}>{{end}}":                                        "<mx1.acme.test><mx2.acme.test>",
		"{{range .OldMX}}{{.}}{{else}}none{{end}}":                                "none",
		"{{range .OldMX}}{{.}}{{end}}":                                            "",
		"{{range $h := .Inbound}}{{$h}} {{.}};{{end}}":                            "mx1.acme.test mx1.acme.test;mx2.acme.test mx2.acme.test;",
		"{{range $i, $h := .Inbound}}{{if $i}}, {{end}}{{$i}} {{code $h}}{{end}}": "0 `mx1.acme.test`, 1 `mx2.acme.test`",
		"{{range .Inbound}}{{range $.Inbound}}{{.}}{{end}}{{end}}":                strings.Repeat("mx1.acme.testmx2.acme.test", 2),
		"{{$x := .F.Domain}}{{if .Cloud}}{{$x := .LowTTL}}{{$x}}{{end}} {{$x}}":   "300 acme.test",
		"{{range .Inbound}}{{$x := .}}{{$x}}{{end}}":                              "mx1.acme.testmx2.acme.test",
		"{{.Answer \"case.number\" \"none\"}} {{.Answer \"no.such\" \"none\"}}":   "`01*23` none",
		"{{.F.Answers.Value `case.number`}}":                                      "01*23",
		"{{md (.F.Answers.Value \"case.number\")}}":                               `01\*23`,
		"{{.F.Answers.Value \"case.number\" | md}}":                               `01\*23`,
		"{{join .Inbound | printf \"%s: %s\" .F.Domain}}":                         "acme.test: mx1.acme.test, mx2.acme.test",
		"{{nested (bullets .Inbound)}}":                                           "   - `mx1.acme.test`\n   - `mx2.acme.test`",
		"{{printf \"%d of %s\" (len .Inbound) .F.Domain}} {{printf \"all\"}}":     "2 of acme.test all",
		"{{if eq (len .Inbound) 2}}a{{end}}{{if eq .Kind \"domino\"}}b{{end}}":    "a",
		"{{if ne (len .Inbound) 2}}a{{end}}{{if ne .Kind \"domino\"}}b{{end}}":    "b",
		"{{if not .Cloud}}a{{end}}{{if not .Google}}b{{end}}":                     "b",
		"{{if and .Cloud .Google}}a{{end}}{{if and .Cloud .F.Domain 1}}b{{end}}":  "b",
		"{{if or .Cloud .Google}}a{{end}}{{if or .Google .Consultant 0}}b{{end}}": "a",
		"{{and .F.Domain .Platform}} {{or .Consultant .F.Domain .Platform}}":      "Microsoft 365 acme.test",
		"{{if and (not .Hosted) (or .Cloud .Google)}}a{{else}}b{{end}}":           "b",
		"{{\"a literal\"}} {{7}} {{(.F.Domain)}}":                                 "a literal 7 acme.test",
		"{{template \"part\" .}} {{template \"item\" .F.Domain}}":                 "[Microsoft 365] [acme.test]",
		"{{range .Inbound}}{{template \"item\" .}}{{end}}":                        "[mx1.acme.test][mx2.acme.test]",
		"{{$x := 1}}{{template \"own\" .}}{{$x}}":                                 "acme.test1",
	} {
		text = `{{define "part"}}[{{.Platform}}]{{end}}{{define "item"}}[{{.}}]{{end}}` +
			`{{define "own"}}{{$x := .F.Domain}}{{$x}}{{end}}{{define "all"}}` + text + `{{end}}`
		var got, ref strings.Builder
		all := book{}
		if err := all.add("test.md", text); err != nil {
			t.Fatal(err)
		}
		if err := all.write(&got, "all", acme()); err != nil || got.String() != want {
			t.Errorf("%s\nwrote %q, want %q; %v", text, got.String(), want, err)
		}
		if err := template.Must(reference().Parse(text)).ExecuteTemplate(&ref, "all", acme()); err != nil || ref.String() != want {
			t.Errorf("%s\ntext/template writes %q, not %q; %v", text, ref.String(), want, err)
		}
	}
}

// TestTextErrors: what texts may not say is told, with the place.
func TestTextErrors(t *testing.T) {
	for text, want := range map[string]string{
		"{{.Nothing}}":                                   "test.md:1:18: guide.data has no Nothing",
		"{{.Nothing \"x\"}}":                             "guide.data has no Nothing",
		"{{.TargetHosts}}":                               "has no TargetHosts",
		"{{.TargetHosts.Nothing}}":                       "has no TargetHosts.Nothing",
		"{{.F.Domain.Nothing}}":                          "has no F.Domain.Nothing",
		"{{$.Nothing}}":                                  "has no Nothing",
		"\n\n{{if .Nothing}}{{end}}":                     "test.md:3:5: ",
		"{{if .Cloud}}{{else}}{{.Nothing}}{{end}}ok":     "",
		"{{with .F.Domain}}{{.Platform}}{{end}}":         "string has no Platform",
		"{{range .Inbound}}{{.Platform}}{{end}}":         "string has no Platform",
		"{{with $x := .F.Domain}}{{$x.Platform}}{{end}}": "string has no Platform",
		"{{with .Nothing}}{{end}}":                       "has no Nothing",
		"{{range .Nothing}}{{end}}":                      "has no Nothing",
		"{{range .F.Domain}}{{end}}":                     "range takes a list, not string",
		"{{range 3}}{{end}}":                             "range takes a list, not int",
		"{{.Cloud}}":                                     "bool cannot be written",
		"{{.Inbound}}":                                   "[]string cannot be written",
		"{{.}}":                                          "guide.data cannot be written",
		"{{true}}":                                       "texts know no true",
		"{{1.5}}":                                        "texts know no 1.5",
		"{{(.F).Domain}}":                                "texts know no (.F).Domain",
		"{{range .Inbound}}{{break}}{{end}}":             "texts know no {{break}}",
		"{{$x := 1}}{{$x = 2}}":                          "a variable keeps the value it is declared with",
		"{{.F.Domain \"x\"}}":                            "F.Domain: [",
		"{{.Answer \"case.number\"}}":                    "are not the arguments of func(guide.data, string, string) string",
		"{{.Answer \"case.number\" 1}}":                  "are not the arguments of",
		"{{.When}}":                                      "When: [",
		"{{.When 1}}":                                    "When: [",
		"{{. 1}}":                                        ". takes no arguments",
		"{{1 | $}}":                                      "$ takes no arguments",
		"{{(.F.Domain) 1}}":                              "takes no arguments",
		"{{code}}":                                       "code: [] are not the arguments of func(interface {}) string",
		"{{bullets .F.Domain}}":                          "bullets: [acme.test] are not the arguments of func([]string) string",
		"{{code (.Nothing)}}":                            "has no Nothing",
		"{{code .Nothing}}":                              "has no Nothing",
		"{{if eq .F.Domain 1}}{{end}}":                   "eq: [acme.test 1] cannot be compared",
		"{{if eq 1 .F.Domain}}{{end}}":                   "cannot be compared",
		"{{if eq .Cloud .Cloud}}{{end}}":                 "cannot be compared",
		"{{if ne .F.Domain}}{{end}}":                     "ne: [acme.test] cannot be compared",
		"{{if and}}{{end}}":                              "and: there is no argument",
		"{{printf 1 2}}":                                 "printf: the first argument is the format",
		"{{printf}}":                                     "printf: the first argument is the format",
		"{{template \"nothing\" .}}":                     `test.md:1:27: there is no text "nothing"`,
		"{{template \"part\" .F.Domain}}":                "string has no Platform",
		"{{template \"part\"}}":                          "<nil> has no Platform",
		"{{template \"part\" .Nothing}}":                 "has no Nothing",
	} {
		all := book{}
		if err := all.add("test.md", `{{define "all"}}`+text+`{{end}}`); err != nil {
			t.Fatal(err)
		}
		if err := all.add("parts.md", `{{define "part"}}{{.Platform}}{{end}}`); err != nil {
			t.Fatal(err)
		}
		err := all.write(&strings.Builder{}, "all", acme())
		if said := ""; err != nil {
			said = err.Error()
			if want == "" || !strings.Contains(said, want) {
				t.Errorf("%s: %s; want %q", text, said, want)
			}
		} else if want != "" {
			t.Errorf("%s is written; want %q", text, want)
		}
	}
}

func TestFilesOfTexts(t *testing.T) {
	all := book{}
	if err := all.add("one.md", `{{define "x"}}1{{end}}`); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`{{define "x"}}2{{end}}`: `two.md: "x" is defined in one.md already`,
		`{{nothing}}`:            `function "nothing" not defined`,
		`{{$x}}`:                 `undefined variable "$x"`,
		`{{if .X}}`:              "unexpected EOF",
	} {
		if err := all.add("two.md", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
	if err := all.write(&strings.Builder{}, "nothing", acme()); err == nil || err.Error() != `there is no text "nothing"` {
		t.Errorf("a text that is not there: %v", err)
	}
	want := map[string]bool{"consultant": true, "ranges": true, "send": true, "known": true, "journal": true}
	for _, p := range profiles() {
		built, err := plan.Build(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range built.Steps {
			for _, part := range []string{"why", "who", "time", "how"} {
				want[s.ID+"."+part] = true
			}
		}
	}
	for name := range blocks() {
		if !want[name] && !strings.HasSuffix(name, ".md") {
			t.Errorf("the text %s is of no step", name)
		}
	}
	if missing := slices.DeleteFunc(slices.Sorted(maps.Keys(want)), func(n string) bool { return blocks()[n] != nil }); len(missing) > 0 {
		t.Errorf("there is no text %s", missing)
	}
}
