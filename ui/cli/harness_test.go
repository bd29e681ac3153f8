package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check"
)

// call is one run of the program with fake streams and no store.
type call struct {
	args     []string
	in       string
	env      map[string]string
	terminal bool
	world    *check.World
	ctx      context.Context
}

type reply struct {
	code     int
	out, err string
}

func (c call) run(t *testing.T) reply {
	t.Helper()
	var out, errs bytes.Buffer
	ctx := c.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	code := Run(ctx, Env{
		Args: c.args, In: strings.NewReader(c.in), Out: &out, Err: &errs,
		Getenv:     func(k string) string { return c.env[k] },
		InTerminal: func() bool { return c.terminal }, OutTerminal: func() bool { return c.terminal },
		StorePath: func(string) (string, error) {
			t.Errorf("%v asked for the store", c.args)
			return "", errors.New("no store here")
		},
		OpenStore: func(context.Context, string, bool) (Store, error) {
			t.Errorf("%v opened the store", c.args)
			return nil, errors.New("no store here")
		},
		RestoreStore: func(context.Context, string, string) (string, error) {
			return "", errors.New("no store here")
		},
		Version: "1.2.3", World: c.world,
		Now: func() time.Time { return time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC) },
	})
	return reply{code, out.String(), errs.String()}
}

func run1(t *testing.T, args ...string) reply {
	t.Helper()
	return call{args: args}.run(t)
}

// document decodes one JSON document and checks its schema.
func document(t *testing.T, text, schema string) map[string]any {
	t.Helper()
	var doc map[string]any
	dec := json.NewDecoder(strings.NewReader(text))
	if err := dec.Decode(&doc); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	if dec.More() {
		t.Fatalf("more than one document:\n%s", text)
	}
	if doc["schema"] != schema {
		t.Fatalf("schema %v, want %s", doc["schema"], schema)
	}
	return doc
}

// controls returns the first control character but line feed in s.
func controls(s string) (rune, bool) {
	for _, r := range s {
		if (r < 0x20 && r != '\n') || r == 0x7f || (r >= 0x80 && r <= 0x9f) {
			return r, true
		}
	}
	return 0, false
}
