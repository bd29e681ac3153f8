package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/region"
)

func TestVersion(t *testing.T) {
	if got := run1(t, "version"); got.code != 0 || !strings.HasPrefix(got.out, "mxodus 1.2.3\n") || got.err != "" {
		t.Errorf("%+v", got)
	}
	doc := document(t, run1(t, "version", "--json").out, "mxodus.version/1")
	if doc["version"] != "1.2.3" || doc["regions_compiled"] != region.Data().Compiled {
		t.Errorf("%v", doc)
	}
}

func TestRegions(t *testing.T) {
	all := run1(t, "regions")
	for _, g := range region.All() {
		if !strings.Contains(all.out, "\n"+g.ID) {
			t.Errorf("region %s is not listed", g.ID)
		}
	}
	for line := range strings.Lines(all.out) {
		if len(line) > 81 {
			t.Errorf("a line has %d columns: %s", len(line), line)
		}
	}
	doc := document(t, run1(t, "regions", "--json").out, "mxodus.regions/1")
	if n := len(doc["regions"].([]any)); n != len(region.All()) {
		t.Errorf("%d regions", n)
	}
	for _, name := range []string{"au", "CAU", "Australia", "australia"} {
		got := run1(t, "regions", name)
		if got.code != 0 || !strings.Contains(got.out, "103.13.69.1 to 103.13.69.254") {
			t.Errorf("regions %s: %+v", name, got)
		}
		doc := document(t, run1(t, "regions", name, "--json").out, "mxodus.regions/1")
		if n := len(doc["regions"].([]any)); n != 1 {
			t.Errorf("%d regions for %s", n, name)
		}
	}
	if got := run1(t, "regions", "usb"); !strings.Contains(got.out, "address ranges: unknown, ask Mimecast") {
		t.Errorf("unknown ranges are not said to be unknown: %s", got.out)
	}
	if got := run1(t, "regions", "atlantis"); got.code != ExitUsage || !strings.Contains(got.err, "the regions are us, usb") {
		t.Errorf("%+v", got)
	}
}

// TestPlanAgainstThePlan compares the command's output for all seven profiles
// with the plan itself.
func TestPlanAgainstThePlan(t *testing.T) {
	var profiles []steps.Profile
	for _, s := range steps.Services {
		profiles = append(profiles, steps.Profile{Journey: steps.Connect, Service: s, Target: "eu"})
	}
	for _, k := range steps.Tracks {
		profiles = append(profiles, steps.Profile{Journey: steps.Migrate, Track: k, Source: "eu", Target: "au"})
	}
	for _, p := range profiles {
		args := []string{"plan", "--journey", string(p.Journey), "--target", p.Target}
		kind, value := "service", string(p.Service)
		if p.Journey == steps.Migrate {
			kind, value = "track", string(p.Track)
			args = append(args, "--source", p.Source)
		}
		args = append(args, "--"+kind, value)
		want, err := plan.Build(p)
		if err != nil {
			t.Fatal(err)
		}
		doc := document(t, run1(t, append(args, "--json")...).out, "mxodus.plan/1")
		if doc["journey"] != string(p.Journey) || doc[kind] != value {
			t.Errorf("%v: journey %v, %s %v", args, doc["journey"], kind, doc[kind])
		}
		list := doc["steps"].([]any)
		if len(list) != len(want.Steps) || len(doc["left_out"].([]any)) != len(want.LeftOut) {
			t.Fatalf("%v: %d steps, %d left out", args, len(list), len(doc["left_out"].([]any)))
		}
		text := run1(t, args...)
		for i, one := range list {
			s := one.(map[string]any)
			if s["number"] != float64(i+1) || s["id"] != want.Steps[i].ID || s["title"] != want.Steps[i].Title || s["owner"] != string(want.Steps[i].Owner) {
				t.Errorf("%v: step %d is %v", args, i+1, s)
			}
			for _, key := range []string{"parts", "gates", "checks"} {
				if _, ok := s[key].([]any); !ok {
					t.Errorf("%v: %s of step %d is no list", args, key, i+1)
				}
			}
			if !strings.Contains(text.out, want.Steps[i].Title) {
				t.Errorf("%v: the text lacks %q", args, want.Steps[i].Title)
			}
		}
	}
}

func TestPlanPlatform(t *testing.T) {
	has := func(platform string) bool {
		got := run1(t, "plan", "--journey", "connect", "--service", "both", "--platform", platform, "--json")
		return strings.Contains(got.out, "FW-OPEN")
	}
	if has("m365") || !has("on_prem") {
		t.Error("--platform does not shape the plan: hosted mail has no ruleset of its own")
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args string
		says string
	}{
		{"frobnicate", `there is no command "frobnicate"`},
		{"pln", "did you mean: plan"},
		{"summary", "did you mean: export"},
		{"rfi", "did you mean: export"},
		{"version extra", "takes no arguments"},
		{"version --nope", "there is no flag --nope here"},
		{"version --color pink", "auto, always or never"},
		{"version --resolver nonsense", "expected an IP address"},
		{"plan --journey sideways", "it is one of connect, migrate"},
		{"plan --journey connect", "add --service"},
		{"plan --journey migrate", "add --track"},
		{"plan --journey connect --service gold", "archiving, email_security, both"},
		{"plan --journey connect --service both --track express", "--track belongs to --journey migrate"},
		{"plan --journey migrate --track express --service both", "--service belongs to --journey connect"},
		{"plan --journey connect --service both --source eu", "the region of a Connect move is --target"},
		{"plan --journey migrate --track express --source eu --target eu", "from one region to another"},
		{"plan --journey migrate --track express --target moon", "--target: no region"},
		{"plan --journey connect --service both --platform abacus", "no platform"},
		{"plan --journey connect --service both --move x", "use one or the other"},
		{"new --journey connect --service both", "add --org or --domain"},
		{"mx", "takes one domain or more"},
		{"mx acme.example", "no region given"},
		{"mx acme.example --region moon", "no region"},
		{"answers", "needs one of: export, import"},
		{"answers forget", `no command "forget"`},
		{"answers export", "takes one file"},
		{"answers import a b", "takes one file"},
		{"backup", "takes one file"},
		{"restore", "takes one file"},
		{"export --format docx", "the formats are md, html, json"},
		{"status a b", "at most one move"},
		{"status a --move b", "two moves are named"},
		{"journal a --move b", "two moves are named"},
		{"check 1 2", "at most one step"},
		{"regions a b", "at most one region"},
		{"", "no terminal"},
	} {
		got := call{args: strings.Fields(c.args)}.run(t)
		if got.code != ExitUsage || !strings.Contains(got.err, c.says) || got.out != "" {
			t.Errorf("%q: code %d, out %q, err %q; want %q", c.args, got.code, got.out, got.err, c.says)
		}
	}
}

func TestHelp(t *testing.T) {
	got := run1(t, "--help")
	for _, want := range []string{"Exit codes:", "130", "MXODUS_DB", "NO_COLOR", "ACCESSIBLE", "CLICOLOR_FORCE", "--resolver", "--who"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("help lacks %s", want)
		}
	}
	var walk func(args []string)
	walk = func(args []string) {
		help := run1(t, append(slices.Clone(args), "--help")...)
		if help.code != 0 || !strings.Contains(help.out, "Usage:") || strings.Contains(help.out, "Exit codes:") != (len(args) == 0) ||
			strings.Contains(help.out, "MXODUS_BACKGROUND") != (len(args) == 0) {
			t.Errorf("%v --help: %+v", args, help)
		}
		for line := range strings.Lines(help.out) {
			if n := len([]rune(line)); n > 132 {
				t.Errorf("%v --help has a line of %d columns: %s", args, n, line)
			}
		}
		for _, c := range childrenOf(args) {
			walk(append(slices.Clone(args), c))
		}
	}
	walk(nil)
}

// childrenOf lists the commands under a command.
func childrenOf(args []string) []string {
	r := &run{}
	cmd, _, err := r.root().Find(args)
	if err != nil {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" && c.Name() != "completion" {
			names = append(names, c.Name())
		}
	}
	return names
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := run1(t, "completion", shell); got.code != 0 || !strings.Contains(got.out, "mxodus") {
			t.Errorf("completion %s: code %d, %d bytes", shell, got.code, len(got.out))
		}
	}
	if got := run1(t, "__complete", "regions", ""); !strings.Contains(got.out, "au\n") {
		t.Errorf("regions are not completed: %s", got.out)
	}
	if got := run1(t, "__complete", "plan", "--track", ""); !strings.Contains(got.out, "enterprise") {
		t.Errorf("tracks are not completed: %s", got.out)
	}
}

func TestColour(t *testing.T) {
	coloured := func(c call) bool {
		c.args = append([]string{"regions"}, c.args...)
		return strings.Contains(c.run(t).out, "\x1b[")
	}
	env := func(kv ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	for _, c := range []struct {
		call call
		want bool
	}{
		{call{}, false},
		{call{terminal: true}, true},
		{call{terminal: true, env: env("NO_COLOR", "1")}, false},
		{call{terminal: true, env: env("NO_COLOR", "")}, true},
		{call{terminal: true, env: env("TERM", "dumb")}, false},
		{call{terminal: true, env: env("CLICOLOR", "0")}, false},
		{call{env: env("CLICOLOR_FORCE", "1")}, true},
		{call{env: env("CLICOLOR_FORCE", "0")}, false},
		{call{env: env("CLICOLOR_FORCE", "1", "NO_COLOR", "1")}, false},
		{call{args: []string{"--color", "always"}}, true},
		{call{args: []string{"--color", "always"}, env: env("NO_COLOR", "1")}, true},
		{call{args: []string{"--color=never"}, terminal: true, env: env("CLICOLOR_FORCE", "1")}, false},
		{call{args: []string{"--color=auto"}, terminal: true}, true},
	} {
		if got := coloured(c.call); got != c.want {
			t.Errorf("%v %v terminal=%v: colour %v, want %v", c.call.args, c.call.env, c.call.terminal, got, c.want)
		}
	}
}

func TestColouredOutputSaysTheSame(t *testing.T) {
	plain, loud := run1(t, "regions", "au").out, run1(t, "regions", "au", "--color", "always").out
	for _, code := range []string{"\x1b[1m", "\x1b[2m", "\x1b[0m"} {
		loud = strings.ReplaceAll(loud, code, "")
	}
	if plain != loud {
		t.Errorf("without colour:\n%s\nwith:\n%s", plain, loud)
	}
}

func TestWho(t *testing.T) {
	for _, c := range []struct {
		flag, mxodus, user, want string
	}{
		{"Ann", "Bo", "cy", "Ann"}, {"", "Bo", "cy", "Bo"}, {"", "", "cy", "cy"}, {"", "", "", "TPOC"},
	} {
		env := map[string]string{"MXODUS_WHO": c.mxodus, "USER": c.user}
		r := &run{Env: Env{Getenv: func(k string) string { return env[k] }}}
		r.flags.who = c.flag
		if got := r.person(); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestColumns(t *testing.T) {
	got := columns([][]string{{"a", "b"}, {"\x1b[1mlonger\x1b[0m", "c"}, {"日本", "d"}})
	want := []string{"a       b", "\x1b[1mlonger\x1b[0m  c", "日本    d"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// failing is a stream that cannot be written to.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, fmt.Errorf("the pipe is gone") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"version", "--json"}, {"regions"}, {"plan", "--journey", "connect", "--service", "both"}} {
		var errs strings.Builder
		code := Run(t.Context(), Env{
			Args: args, In: strings.NewReader(""), Out: failing{}, Err: &errs, Getenv: func(string) string { return "" },
			InTerminal: func() bool { return false }, OutTerminal: func() bool { return false },
		})
		if code != ExitError || !strings.Contains(errs.String(), "write the output: the pipe is gone") {
			t.Errorf("%v: code %d, %q", args, code, errs.String())
		}
	}
}
