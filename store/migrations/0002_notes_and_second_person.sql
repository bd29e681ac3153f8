-- Schema 2: notes, and the second person at sign-off. The seal of a step
-- covers overseen only where it is not empty, so older seals stay true.

ALTER TABLE step_states ADD COLUMN overseen TEXT NOT NULL DEFAULT '';

CREATE TABLE notes (
  move_id TEXT    NOT NULL,
  seq     INTEGER NOT NULL,
  step    TEXT    NOT NULL,
  text    TEXT    NOT NULL,
  who     TEXT    NOT NULL,
  at      TEXT    NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  sha256  TEXT    NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (move_id, seq),
  FOREIGN KEY (move_id, seq) REFERENCES journal (move_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER notes_keep_text BEFORE UPDATE ON notes
BEGIN SELECT RAISE(ABORT, 'notes are never changed'); END;
CREATE TRIGGER notes_drop_nothing BEFORE DELETE ON notes
BEGIN SELECT RAISE(ABORT, 'notes are never removed'); END;
