package firewall

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// withRows is a table after the rows of a report are put where it says.
func withRows(t *testing.T, text string, r Report) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	above := map[int][]string{}
	take := func(f Fix) {
		line := len(lines) + 1
		if i := strings.Index(f.Text, "above line "); i >= 0 {
			if _, err := fmt.Sscanf(f.Text[i:], "above line %d", &line); err != nil {
				t.Fatal(err)
			}
		}
		if f.Corrects {
			if _, err := fmt.Sscanf(f.Text, "On line %d,", &line); err != nil {
				t.Fatal(err)
			}
			lines[line-1] = f.Copy
			return
		}
		if strings.HasPrefix(f.Text, "Correct line") {
			return // by another fix
		}
		if f.Copy == "" {
			if _, err := fmt.Sscanf(f.Text, "Line %d lets in none", &line); err != nil {
				t.Fatalf("nothing to put in place: %+v", f)
			}
			lines[line-1] = ""
			return
		}
		for _, row := range strings.Split(f.Copy, "\n") {
			if !slices.Contains(above[line], row) {
				above[line] = append(above[line], row)
			}
		}
	}
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			take(g.Fix)
		}
	}
	for _, l := range r.Leaks {
		if l.Category == "internet" {
			take(l.Fix)
		}
	}
	var out []string
	for i := 1; i <= len(lines)+1; i++ {
		out = append(out, above[i]...)
		if i <= len(lines) && lines[i-1] != "" {
			out = append(out, lines[i-1])
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// TestTableRepairsAtOnce: rows are written in the columns of the table at hand
// and, put in place once, are enough.
func TestTableRepairsAtOnce(t *testing.T) {
	for name, text := range map[string]string{
		"usual columns":   "action,direction,protocol,source,destination,port\nallow,in,tcp,103.13.69.0/24,203.0.113.25,25\ndeny,any,any,any,any,any\n",
		"no last row":     "action,direction,protocol,source,destination,port\nallow,in,tcp,103.13.69.0/25,203.0.113.25,25\n",
		"open to all":     "action,direction,protocol,source,destination,port\nallow,in,tcp,any,203.0.113.25,25\n",
		"another order":   "No;Source;Destination;Service;Action;Comment\n1;103.13.69.0/24;203.0.113.25;tcp/25;allow;mail\n2;any;any;any;deny;\n",
		"a priority":      "priority,action,direction,protocol,source,destination,port\n20,deny,any,any,any,any,any\n10,allow,in,tcp,103.13.69.0/24,203.0.113.25,25\n",
		"more conditions": "action\tfrom\tto\tproto\tport\tenabled\tschedule\tzone\nallow\t103.13.69.0/24\t203.0.113.25\ttcp\t25\tyes\talways\t\ndeny\tany\tany\tany\tany\tyes\talways\t\n",
		"a stranger":      "action,direction,protocol,source,destination,port\nallow,in,tcp,9.9.9.9,203.0.113.25,25\ndeny,any,any,any,any,any\n",
		"a default row":   "action,direction,protocol,source,destination,port\nallow,in,tcp,124.47.105.0/24,203.0.113.25,25\ndeny,any,default,,,\n",
	} {
		t.Run(name, func(t *testing.T) {
			opt := options()
			opt.Lockdown = true
			r := check1(t, text, opt)
			if r.Verdict != Disproven {
				t.Fatalf("nothing to repair: %s", r.Text())
			}
			after := withRows(t, text, r)
			if again := check1(t, after, opt); again.Verdict != Proven || len(again.Problems) > 0 {
				t.Errorf("%s\nbefore:\n%s\nafter:\n%s\n%s", again.Summary, text, after, again.Text())
			}
		})
	}
}
