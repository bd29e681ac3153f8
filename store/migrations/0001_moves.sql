-- Schema 1. Conventions: times are RFC 3339 in UTC with milliseconds; who is
-- the person who made the change; seq is the number of the journal entry that
-- tells of the row; sha256 seals the row's content (see seal.go).

CREATE TABLE moves (
  id      TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 8 AND id NOT GLOB '*[^0-9a-f]*'),
  entries INTEGER NOT NULL CHECK (entries >= 1),        -- journal entries there are
  head    TEXT    NOT NULL CHECK (length(head) = 64)    -- hash of the newest
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  move_id TEXT    NOT NULL REFERENCES moves (id),
  seq     INTEGER NOT NULL CHECK (seq >= 1),
  at      TEXT    NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  who     TEXT    NOT NULL,
  kind    TEXT    NOT NULL CHECK (kind <> ''),
  step    TEXT    NOT NULL,
  detail  TEXT    NOT NULL,
  data    TEXT    NOT NULL,
  prev    TEXT    NOT NULL CHECK (length(prev) = 64),
  hash    TEXT    NOT NULL CHECK (length(hash) = 64),
  PRIMARY KEY (move_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
  move_id    TEXT    NOT NULL,
  question   TEXT    NOT NULL CHECK (question <> ''),
  text       TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  provenance TEXT    NOT NULL CHECK (provenance IN ('typed', 'detected', 'imported', 'default')),
  source     TEXT    NOT NULL,
  revision   INTEGER NOT NULL CHECK (revision >= 1),
  who        TEXT    NOT NULL,
  at         TEXT    NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  seq        INTEGER NOT NULL,
  sha256     TEXT    NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (move_id, question),
  FOREIGN KEY (move_id, seq) REFERENCES journal (move_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE answer_history (
  move_id    TEXT    NOT NULL,
  question   TEXT    NOT NULL CHECK (question <> ''),
  text       TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  provenance TEXT    NOT NULL CHECK (provenance IN ('typed', 'detected', 'imported', 'default')),
  source     TEXT    NOT NULL,
  revision   INTEGER NOT NULL CHECK (revision >= 1),
  who        TEXT    NOT NULL,
  at         TEXT    NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  seq        INTEGER NOT NULL,
  sha256     TEXT    NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (move_id, question, revision),
  FOREIGN KEY (move_id, seq) REFERENCES journal (move_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE step_states (
  move_id    TEXT    NOT NULL,
  step       TEXT    NOT NULL CHECK (step <> ''),
  status     TEXT    NOT NULL CHECK (status IN ('not_started', 'in_progress', 'waiting', 'done', 'done_with_override')),
  waiting_on TEXT    NOT NULL CHECK (waiting_on IN ('', 'mimecast', 'time')),
  since      TEXT    CHECK (since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  until      TEXT    CHECK (until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  started    TEXT    CHECK (started GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  closed     TEXT    CHECK (closed GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  who        TEXT    NOT NULL,
  reason     TEXT    NOT NULL,
  revision   INTEGER NOT NULL CHECK (revision >= 1),
  seq        INTEGER NOT NULL,
  sha256     TEXT    NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (move_id, step),
  FOREIGN KEY (move_id, seq) REFERENCES journal (move_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_states (
  move_id  TEXT    NOT NULL,
  step     TEXT    NOT NULL CHECK (step <> ''),
  task     TEXT    NOT NULL CHECK (task <> ''),
  done     INTEGER NOT NULL CHECK (done IN (0, 1)),
  who      TEXT    NOT NULL,
  at       TEXT    NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  revision INTEGER NOT NULL CHECK (revision >= 1),
  seq      INTEGER NOT NULL,
  sha256   TEXT    NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (move_id, step, task),
  FOREIGN KEY (move_id, seq) REFERENCES journal (move_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE overrides (
  move_id TEXT    NOT NULL,
  seq     INTEGER NOT NULL,
  step    TEXT    NOT NULL CHECK (step <> ''),
  gate    TEXT    NOT NULL CHECK (gate <> ''),
  reason  TEXT    NOT NULL,
  who     TEXT    NOT NULL,
  at      TEXT    NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  sha256  TEXT    NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (move_id, seq),
  FOREIGN KEY (move_id, seq) REFERENCES journal (move_id, seq)
) STRICT, WITHOUT ROWID;

-- result is the JSON of check.Result; started and outcome repeat parts of it
-- so that they can be searched.
CREATE TABLE runs (
  move_id  TEXT    NOT NULL,
  seq      INTEGER NOT NULL,
  step     TEXT    NOT NULL,
  check_id TEXT    NOT NULL CHECK (check_id <> ''),
  outcome  TEXT    NOT NULL CHECK (outcome <> ''),
  started  TEXT    CHECK (started GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  who      TEXT    NOT NULL,
  sha256   TEXT    NOT NULL CHECK (length(sha256) = 64),
  result   TEXT    NOT NULL CHECK (json_valid(result)),
  PRIMARY KEY (move_id, seq),
  FOREIGN KEY (move_id, seq) REFERENCES journal (move_id, seq)
) STRICT;

CREATE INDEX runs_by_check ON runs (move_id, step, check_id, seq);

-- Content is kept once, whichever moves and steps it is attached to.
CREATE TABLE blobs (
  sha256  TEXT    NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
  size    INTEGER NOT NULL CHECK (size = length(content)),
  content BLOB    NOT NULL
) STRICT;

CREATE TABLE attachments (
  move_id TEXT    NOT NULL,
  seq     INTEGER NOT NULL,
  step    TEXT    NOT NULL,
  kind    TEXT    NOT NULL CHECK (kind IN ('ruleset', 'message', 'sheet', 'rfi', 'other')),
  name    TEXT    NOT NULL,
  size    INTEGER NOT NULL CHECK (size >= 0),
  content TEXT    NOT NULL REFERENCES blobs (sha256),
  who     TEXT    NOT NULL,
  at      TEXT    NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
  sha256  TEXT    NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (move_id, seq),
  UNIQUE (move_id, step, kind, content),
  FOREIGN KEY (move_id, seq) REFERENCES journal (move_id, seq)
) STRICT, WITHOUT ROWID;

-- Where the TPOC left off. The only content that is not journaled.
CREATE TABLE positions (
  move_id TEXT    NOT NULL PRIMARY KEY REFERENCES moves (id),
  screen  TEXT    NOT NULL,
  step    TEXT    NOT NULL,
  stage   TEXT    NOT NULL,
  field   TEXT    NOT NULL,
  scroll  INTEGER NOT NULL,
  cursor  INTEGER NOT NULL,
  draft   TEXT    NOT NULL,
  sha256  TEXT    NOT NULL CHECK (length(sha256) = 64)
) STRICT, WITHOUT ROWID;

-- What happened stays as it was written. The insert triggers also stop
-- INSERT OR REPLACE, which deletes without firing delete triggers, and an
-- entry that does not continue the chain.
CREATE TRIGGER journal_keeps_entries BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_drops_nothing BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_replaces_nothing BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE move_id = NEW.move_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_stays_a_chain BEFORE INSERT ON journal
WHEN NEW.seq > 1 AND NOT EXISTS (
  SELECT 1 FROM journal WHERE move_id = NEW.move_id AND seq = NEW.seq - 1 AND hash = NEW.prev)
BEGIN SELECT RAISE(ABORT, 'the journal entry does not continue the chain'); END;

CREATE TRIGGER history_keeps_answers BEFORE UPDATE ON answer_history
BEGIN SELECT RAISE(ABORT, 'the history of answers is append-only'); END;
CREATE TRIGGER history_drops_nothing BEFORE DELETE ON answer_history
BEGIN SELECT RAISE(ABORT, 'the history of answers is append-only'); END;
CREATE TRIGGER history_replaces_nothing BEFORE INSERT ON answer_history
WHEN EXISTS (SELECT 1 FROM answer_history WHERE move_id = NEW.move_id AND question = NEW.question AND revision = NEW.revision)
BEGIN SELECT RAISE(ABORT, 'the history of answers is append-only'); END;

CREATE TRIGGER runs_keep_results BEFORE UPDATE ON runs
BEGIN SELECT RAISE(ABORT, 'results of checks are never changed'); END;
CREATE TRIGGER runs_drop_nothing BEFORE DELETE ON runs
BEGIN SELECT RAISE(ABORT, 'results of checks are never removed'); END;
CREATE TRIGGER runs_replace_nothing BEFORE INSERT ON runs
WHEN EXISTS (SELECT 1 FROM runs WHERE move_id = NEW.move_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'results of checks are never changed'); END;

CREATE TRIGGER overrides_keep_reasons BEFORE UPDATE ON overrides
BEGIN SELECT RAISE(ABORT, 'overrides are never changed'); END;
CREATE TRIGGER overrides_drop_nothing BEFORE DELETE ON overrides
BEGIN SELECT RAISE(ABORT, 'overrides are never removed'); END;
