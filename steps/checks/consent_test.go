package checks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/check/ranges"
	"mxodus/steps/checks"
	"mxodus/steps/recipe"
	"mxodus/steps/region"
	"mxodus/steps/wizard"
	"mxodus/store"
)

// record is the region's SPF record with a range that is new, and without one
// half of the first.
func record(r region.Region) (zone, added, gone string) {
	ps := r.Prefixes()
	half := fmt.Sprintf("%s/%d", ps[0].Addr(), ps[0].Bits()+1)
	terms := []string{"ip4:" + half, "ip4:198.2.128.0/24"}
	for _, p := range ps[1:] {
		terms = append(terms, "ip4:"+p.String())
	}
	other := check.Without(ps[0], prefixesOf(half))
	return "$ORIGIN mimecast.com.\n@ 60 IN SOA ns1 h. 1 1 1 1 1\n" + r.SPFInclude + ". 60 IN TXT \"v=spf1 " + strings.Join(terms, " ") + " ~all\"\n",
		"198.2.128.0/24", other[0].String()
}

// TestNewRangesCountOnceTheTPOCAgrees: what the region's record says anew changes
// nothing by itself; with consent the firewall check, the rules and the lists
// follow it, and what was proven before is no longer fresh.
func TestNewRangesCountOnceTheTPOCAgrees(t *testing.T) {
	ctx := context.Background()
	au, _ := region.Find("au")
	zone, added, gone := record(au)
	n := checktest.New(t)
	n.DNS("198.51.100.1", zone).Behave(checktest.Behaviour{Recursive: true})
	w := n.World("198.51.100.1")
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "x.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	wz := &wizard.Wizard{Repo: db, World: w, Checks: checks.All(w), Who: "Ann"}
	id, err := wz.New(ctx, wizard.NewMove{Profile: steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "au", Platform: steps.OnPrem}, Org: "Acme", Domain: "acme.com"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := wz.Open(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	say := func(q, text string) {
		t.Helper()
		a := s.Snapshot().Answers[q]
		saved, err := s.Answer(ctx, q, text, steps.Typed, "", a.Revision)
		if err != nil || !saved.Understood.OK() {
			t.Fatalf("%s %q: %v %v", q, text, err, saved.Understood.Problems)
		}
	}
	run := func(check1 string) check.Result {
		t.Helper()
		rs, err := s.Check(ctx, steps.ConnectAccount, []string{check1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return rs[0]
	}
	say(steps.QInbound, "198.51.100.25")
	rules := "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n-A FORWARD -s 198.51.100.25/32 -j ACCEPT\n"
	for _, p := range au.Prefixes() {
		rules += "-A FORWARD -s " + p.String() + " -d 198.51.100.25/32 -p tcp -m multiport --dports 25,389,443,636 -j ACCEPT\n"
	}
	if _, err := s.Attach(ctx, "", "ruleset", "edge.rules", []byte(rules+"COMMIT\n")); err != nil {
		t.Fatal(err)
	}

	r := run("RANGES")
	var diff ranges.Diff
	if err := json.Unmarshal(r.Data, &diff); err != nil || r.Outcome != check.Warn || fmt.Sprint(diff.Added) != "["+added+"]" || fmt.Sprint(diff.Dropped) != "["+gone+"]" {
		t.Fatalf("%s %q: %s, %v", r.Outcome, r.Summary, r.Data, err)
	}
	if got := recipe.TargetRanges(s.Facts()); !slices.Equal(got, au.Prefixes()) {
		t.Errorf("without consent: %v", got)
	}
	before := run("FW-OPEN")
	if before.Outcome == check.Fail || strings.Contains(fmt.Sprint(before.Tables), added) {
		t.Errorf("without consent: %s %q", before.Outcome, before.Summary)
	}

	say("ranges.consented_add", added)
	say("ranges.consented_drop", gone)
	v := s.View()
	for _, c := range []string{"RANGES", "FW-OPEN"} {
		old, ok := v.Snap.Latest[steps.RunKey(steps.ConnectAccount, c)]
		if !ok || !v.Stale(old) {
			t.Errorf("%s from before the consent is still fresh", c)
		}
	}
	got := recipe.TargetRanges(s.Facts())
	if !slices.Contains(got, prefixesOf(added)[0]) || slices.Contains(got, au.Prefixes()[0]) || slices.Contains(got, prefixesOf(gone)[0]) {
		t.Errorf("with consent: %v", got)
	}
	if text := fmt.Sprint(recipe.OpenRanges(s.Facts()).Snippets); !strings.Contains(text, added) {
		t.Errorf("the task does not name the new range: %s", text)
	}
	if r := run("RANGES"); r.Outcome != check.Pass {
		t.Errorf("with consent: %s %q", r.Outcome, r.Summary)
	}
	after := run("FW-OPEN")
	if after.Outcome != check.Fail || !strings.Contains(fmt.Sprint(after.Findings), added) {
		t.Errorf("the new range is shut, yet %s %q", after.Outcome, after.Summary)
	}
	// The half that was dropped need not be open any more, the other half must.
	in, err := s.Input(steps.ConnectAccount)
	if err != nil {
		t.Fatal(err)
	}
	fw, _ := checks.Find(w, "FW-OPEN")
	half := au.Prefixes()[0]
	narrow := strings.Replace(rules, "-s "+half.String(), fmt.Sprintf("-s %s/%d", half.Addr(), half.Bits()+1), 1) +
		"-A FORWARD -s " + added + " -d 198.51.100.25/32 -p tcp -m multiport --dports 25,389,443,636 -j ACCEPT\nCOMMIT\n"
	in.Rulesets = []check.File{{Name: "edge.rules", Bytes: []byte(narrow)}}
	if r := (check.Runner{}).Run(ctx, []check.Check{fw}, in, nil)[0]; r.Outcome == check.Fail {
		t.Errorf("without the dropped half: %s %q %v", r.Outcome, r.Summary, r.Findings)
	}
}
