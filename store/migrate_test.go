package store_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/store"
)

var update = flag.Bool("update", false, "write the fixture of the newest schema where it is missing")

// fixture makes a real file of an older schema out of its dump.
func fixture(t *testing.T, version int) string {
	t.Helper()
	dump, err := os.ReadFile(fmt.Sprintf("testdata/schema-%d.sql", version))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mxodus.db")
	raw := rawDB(t, path)
	if _, err := raw.Exec(string(dump)); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryOlderSchemaIsBroughtUpToDate(t *testing.T) {
	writeFixture(t)
	for v := 1; v <= store.Latest(); v++ {
		t.Run(fmt.Sprint("schema ", v), func(t *testing.T) {
			path := fixture(t, v)
			db := open(t, path, store.Options{})
			want, err := os.ReadFile(fmt.Sprintf("testdata/schema-%d.golden", v))
			if err != nil {
				t.Fatal(err)
			}
			if got := render(t, db); got != string(want) {
				t.Errorf("content differs:\n%s", got)
			}
			if err := db.Verify(context.Background()); err != nil {
				t.Error(err)
			}
			// The upgraded store works on.
			for _, m := range must(db.Moves(context.Background())) {
				if _, err := db.AddNote(context.Background(), m.ID, steps.Note{Text: "after"}, "ann"); err != nil {
					t.Error(err)
				}
			}
			copies, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "mxodus.before-schema-*.db"))
			if v == store.Latest() {
				if len(copies)+len(db.Notices()) != 1 { // the fixture's mode alone is told
					t.Errorf("copies %q, notices %q", copies, db.Notices())
				}
				return
			}
			if len(copies) != 1 || mode(t, copies[0]) != 0o600 || !strings.Contains(strings.Join(db.Notices(), "\n"), copies[0]) {
				t.Fatalf("copies %q, notices %q", copies, db.Notices())
			}
			var version, moves int
			raw := rawDB(t, copies[0])
			e1 := raw.QueryRow("PRAGMA user_version").Scan(&version)
			e2 := raw.QueryRow("SELECT count(*) FROM moves").Scan(&moves)
			if err := errors.Join(e1, e2); err != nil || version != v || moves == 0 {
				t.Errorf("the copy has schema %d and %d moves (%v)", version, moves, err)
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// writeFixture keeps a file of the newest schema for all later versions.
func writeFixture(t *testing.T) {
	name := fmt.Sprintf("testdata/schema-%d", store.Latest())
	if _, err := os.Stat(name + ".sql"); err == nil || !*update {
		return
	}
	path := filepath.Join(t.TempDir(), "mxodus.db")
	db := open(t, path, store.Options{})
	fill(t, db)
	newMove(t, db, edit(steps.QOrg, "Second", 0))
	if err := os.WriteFile(name+".golden", []byte(render(t, db)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".sql", []byte(dump(t, path)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// dump writes a database as SQL: tables, rows, then indexes and triggers.
func dump(t *testing.T, path string) string {
	t.Helper()
	raw := rawDB(t, path)
	column := func(query string) (out []string) {
		rows, err := raw.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			out = append(out, s)
		}
		return out
	}
	var b strings.Builder
	b.WriteString("PRAGMA foreign_keys=OFF;\nBEGIN;\n")
	for _, pragma := range []string{"application_id", "user_version"} {
		fmt.Fprintf(&b, "PRAGMA %s=%s;\n", pragma, column("PRAGMA " + pragma)[0])
	}
	for _, sql := range column("SELECT sql FROM sqlite_schema WHERE type = 'table' ORDER BY rowid") {
		b.WriteString(sql + ";\n")
	}
	for _, table := range column("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid") {
		var quoted []string
		for _, c := range column("SELECT name FROM pragma_table_info('" + table + "')") {
			quoted = append(quoted, "CASE typeof("+c+") WHEN 'text' THEN 'CAST(' || quote(CAST("+c+" AS BLOB)) || ' AS TEXT)' ELSE quote("+c+") END")
		}
		for _, row := range column("SELECT " + strings.Join(quoted, "||','||") + " FROM " + table) {
			fmt.Fprintf(&b, "INSERT INTO %s VALUES (%s);\n", table, row)
		}
	}
	for _, sql := range column("SELECT sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid") {
		b.WriteString(sql + ";\n")
	}
	b.WriteString("COMMIT;\n")
	return b.String()
}

func TestNewerSchemaIsRefusedAndUntouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mxodus.db")
	if err := open(t, path, store.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := rawDB(t, path).Exec(fmt.Sprintf("PRAGMA user_version=%d", store.Latest()+5)); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	for _, o := range []store.Options{{}, {ReadOnly: true}} {
		_, err := store.Open(context.Background(), path, o)
		if !errors.Is(err, steps.ErrTooNew) || !strings.Contains(err.Error(), fmt.Sprintf("schema %d; this one knows up to %d", store.Latest()+5, store.Latest())) {
			t.Errorf("%v", err)
		}
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("changed")
	}
}

func TestOlderSchemaIsNotReadWithoutUpgrade(t *testing.T) {
	path := fixture(t, 1)
	if _, err := store.Open(context.Background(), path, store.Options{ReadOnly: true}); !errors.Is(err, steps.ErrReadOnly) || !strings.Contains(err.Error(), "older mxodus") {
		t.Errorf("%v", err)
	}
}

// A store that was upgraded has the same tables as a new one.
func TestUpgradedSchemaEqualsAFreshOne(t *testing.T) {
	schema := func(path string) map[string]string {
		rows := must(rawDB(t, path).Query("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
		defer rows.Close()
		out := map[string]string{}
		for rows.Next() {
			var name, sql string
			if err := rows.Scan(&name, &sql); err != nil {
				t.Fatal(err)
			}
			out[name] = strings.Join(strings.Fields(sql), " ")
		}
		return out
	}
	path := filepath.Join(t.TempDir(), "mxodus.db")
	if err := open(t, path, store.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	want := schema(path)
	for v := 1; v <= store.Latest(); v++ {
		old := fixture(t, v)
		if err := open(t, old, store.Options{}).Close(); err != nil {
			t.Fatal(err)
		}
		if got := schema(old); !maps.Equal(got, want) {
			t.Errorf("from schema %d: %v\nwant %v", v, got, want)
		}
	}
}
