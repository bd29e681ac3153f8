package store_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/store"
)

// The encoding is a promise to whoever verifies an exported journal with other
// tools, so it is computed here once more, from its description alone.
func TestJournalHashesFollowTheDescription(t *testing.T) {
	db := fresh(t)
	id := fill(t, db)
	j, err := db.Journal(context.Background(), id)
	if err != nil || len(j) < 15 {
		t.Fatalf("%d entries, %v", len(j), err)
	}
	digest := func(fields ...string) string {
		var b strings.Builder
		for _, f := range fields {
			fmt.Fprintf(&b, "%d:%s,", len(f), f)
		}
		return fmt.Sprintf("%x", sha256.Sum256([]byte(b.String())))
	}
	prev := digest("mxodus journal 1", id)
	for i, e := range j {
		want := digest("entry", prev, fmt.Sprint(e.Seq), e.At.Format("2006-01-02T15:04:05.000Z"), e.By, e.Kind, e.Step, e.Detail, e.Data)
		if e.Seq != int64(i)+1 || e.Prev != prev || e.Hash != want {
			t.Fatalf("entry %d: %+v", i+1, e)
		}
		prev = want
	}
	if load(t, db, id).JournalHead != prev {
		t.Error("the snapshot names another head")
	}
}

func TestJournalTellsWhatHappenedInWords(t *testing.T) {
	db := fresh(t)
	id := fill(t, db)
	j, err := db.Journal(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range j {
		lines = append(lines, e.By+" "+e.Kind+": "+e.Detail)
	}
	want := []string{
		"ann move: move made",
		"ann answer: answer company.name = acme",
		"ann answer: answer move.journey = connect",
		"ann answer: answer service.package = both",
		"ann answer: answer company.primary_domain = acme.com",
		"bob answer: answer company.name = acme ltd; was acme",
		"bob answer: answer domains = acme.com, acme.org (detected: SPF of acme.com)",
		"ann task: task connector: done",
		"ann status: step connect.outbound: waiting on time until 2026-03-04 09:00 UTC, overseen by cy; reason: lunch",
		"ann override: set aside firewall: proved by hand",
		"ann check: check MX-AUTH: fail; two servers",
		"ann check: check MX-PLAN: pass; two servers",
		"ann check: check MX-AUTH: pass; two servers",
		"ann note: note: called, them",
		"ann attachment: kept ruleset fw.txt, 15 bytes",
		"ann export: summary written",
	}
	if got := strings.Join(lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestJournalShowsNoControlCharacters(t *testing.T) {
	db := fresh(t)
	id := newMove(t, db, steps.AnswerEdit{Question: "q", Text: "\x1b[2J\rOK\u202e", Provenance: steps.Typed})
	if err := db.Record(context.Background(), id, steps.NewEntry{Kind: "export", Detail: "a\x1b]0;x\x07\nb"}, "an\x1bn"); err != nil {
		t.Fatal(err)
	}
	j, err := db.Journal(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range j {
		if strings.ContainsAny(e.Detail+e.By, "\x1b\r\n\x07\u202e") {
			t.Errorf("%q by %q", e.Detail, e.By)
		}
	}
}

func TestWhatHappenedCannotBeChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mxodus.db")
	db := open(t, path, store.Options{})
	fill(t, db)
	raw := rawDB(t, path)
	for _, q := range []string{
		"UPDATE journal SET detail = 'x'", "DELETE FROM journal", "REPLACE INTO journal SELECT * FROM journal",
		"INSERT INTO journal SELECT move_id, seq+100, at, who, kind, step, detail, data, prev, hash FROM journal",
		"UPDATE answer_history SET value = 'x'", "DELETE FROM answer_history", "REPLACE INTO answer_history SELECT * FROM answer_history",
		"UPDATE runs SET outcome = 'pass'", "DELETE FROM runs", "REPLACE INTO runs SELECT * FROM runs",
		"UPDATE overrides SET reason = 'x'", "DELETE FROM overrides", "UPDATE notes SET text = 'x'", "DELETE FROM notes",
	} {
		if _, err := raw.Exec(q); err == nil || !strings.Contains(err.Error(), "never") && !strings.Contains(err.Error(), "append-only") && !strings.Contains(err.Error(), "chain") {
			t.Errorf("%s: %v", q, err)
		}
	}
}

// Each case is what someone could do who knows SQL and drops the triggers.
func TestVerifyJournalFindsTampering(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, sql string
		seq       int64 // 0: any
		why       string
	}{
		{"detail changed", "UPDATE journal SET detail = 'nothing' WHERE seq = 3", 3, "changed"},
		{"person changed", "UPDATE journal SET who = 'eve' WHERE seq = 16", 16, "changed"},
		{"time changed", "UPDATE journal SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 5", 5, "changed"},
		{"hash changed with it", "UPDATE journal SET hash = prev WHERE seq = 4", 4, "changed"},
		{"removed in the middle", "DELETE FROM answers; DELETE FROM answer_history; DELETE FROM journal WHERE seq = 2", 2, "missing"},
		{"removed at the end", "DELETE FROM journal WHERE seq = 16", 16, "missing"},
		{"removed at the end, head moved back", "DELETE FROM journal WHERE seq >= 15; UPDATE moves SET entries = 14, head = (SELECT hash FROM journal WHERE seq = 14)", 0, ""},
		{"reordered", "UPDATE journal SET seq = -seq WHERE seq IN (2, 3); UPDATE journal SET seq = 5 + seq WHERE seq < 0", 2, "follow"},
		{"head changed", "UPDATE moves SET head = '" + strings.Repeat("0", 64) + "'", 16, "newest"},
		{"answer changed", "UPDATE answers SET value = 'evil' WHERE question = 'company.name'", 6, "company.name"},
		{"answer removed", "DELETE FROM answers WHERE question = 'domains'", 7, "missing"},
		{"history changed", "UPDATE answer_history SET text = 'evil' WHERE revision = 1 AND question = 'company.name'", 2, "company.name"},
		{"old answer put back", "UPDATE answers SET (text, value, revision, who, at, seq, sha256) = (SELECT text, value, revision, who, at, seq, sha256 FROM answer_history h WHERE h.question = 'company.name' AND h.revision = 1) WHERE question = 'company.name'", 6, "company.name"},
		{"step changed", "UPDATE step_states SET status = 'done'", 9, "step connect.outbound"},
		{"task changed", "UPDATE task_states SET done = 0", 8, "task"},
		{"result changed", "UPDATE runs SET result = replace(result, 'fail', 'pass') WHERE seq = 11", 11, "MX-AUTH"},
		{"result removed", "DELETE FROM runs WHERE seq = 11", 11, "missing"},
		{"override changed", "UPDATE overrides SET reason = 'x'", 10, "override"},
		{"note changed", "UPDATE notes SET text = 'x'", 14, "note"},
		{"file renamed", "UPDATE attachments SET name = 'x'", 15, "attachment"},
		{"content changed", "UPDATE blobs SET content = zeroblob(size)", 15, "content"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			path := filepath.Join(t.TempDir(), "mxodus.db")
			db := open(t, path, store.Options{})
			id := fill(t, db)
			mustVerify(t, db, id)
			raw := rawDB(t, path)
			drop := "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON;"
			for _, trigger := range triggers(t, path) {
				drop += "DROP TRIGGER " + trigger + ";"
			}
			if _, err := raw.Exec(drop + c.sql); err != nil {
				t.Fatal(err)
			}
			seq, why, err := db.VerifyJournal(ctx, id)
			if errors.Is(err, steps.ErrCorrupt) && c.why == "" {
				return
			}
			if err != nil || seq == 0 || c.seq != 0 && seq != c.seq || !strings.Contains(why, c.why) {
				t.Errorf("entry %d: %q (%v), want %d: %q", seq, why, err, c.seq, c.why)
			}
			if err := db.Verify(ctx); !errors.Is(err, steps.ErrCorrupt) {
				t.Errorf("Verify: %v", err)
			}
		})
	}
}

func triggers(t *testing.T, path string) (out []string) {
	t.Helper()
	rows, err := rawDB(t, path).Query("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	if len(out) < 10 {
		t.Fatalf("only %d triggers: %v", len(out), out)
	}
	return out
}
