package rfi

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/clean"
)

var update = flag.Bool("update", false, "write the golden files anew")

// facts makes the facts of a move from pairs of question and value.
func facts(pairs ...string) steps.Facts {
	a := steps.Answers{}
	for i := 0; i+1 < len(pairs); i += 2 {
		a[pairs[i]] = steps.Answer{Question: pairs[i], Text: pairs[i+1], Value: pairs[i+1], Provenance: steps.Typed}
	}
	return steps.NewFacts(a, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
}

// acme is a Connect move with everything on servers of its own.
func acme(pairs ...string) steps.Facts {
	return facts(append([]string{
		steps.QJourney, "connect", steps.QService, "both", steps.QTarget, "au", steps.QOrg, "Acme Pty Ltd",
		steps.QPrimaryDomain, "acme.com", steps.QDomains, "acme.com\nacme.com.au", steps.QPlatform, "on_prem",
	}, pairs...)...)
}

// globex is a migration.
func globex(track string, pairs ...string) steps.Facts {
	return facts(append([]string{
		steps.QJourney, "migrate", steps.QTrack, track, steps.QSource, "eu", steps.QTarget, "au",
		steps.QPrimaryDomain, "globex.com", steps.QPlatform, "m365",
	}, pairs...)...)
}

func find(t testing.TB, id string) Question {
	t.Helper()
	q, ok := Find(id)
	if !ok {
		t.Fatalf("no question %q", id)
	}
	return q
}

// golden compares got with a file in testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		a, b := "(nothing)", "(nothing)"
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Fatalf("%s, line %d:\n got %s\nwant %s", path, i+1, a, b)
		}
	}
}

// shownSafe fails when a string for people holds what a terminal would obey.
func shownSafe(t testing.TB, what, s string) {
	t.Helper()
	if string(clean.Text(s)) != s {
		t.Errorf("%s is not safe to show: %q", what, s)
	}
}
