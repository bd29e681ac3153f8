-- Schema 3: every load of a file is a record of its own, with time and person,
-- also when the same content was loaded before: the newest load is the one
-- that counts. Content is still kept once (blobs).

CREATE TABLE attachments_3 (
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
  FOREIGN KEY (move_id, seq) REFERENCES journal (move_id, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO attachments_3 (move_id, seq, step, kind, name, size, content, who, at, sha256)
SELECT move_id, seq, step, kind, name, size, content, who, at, sha256 FROM attachments;

DROP TABLE attachments;

ALTER TABLE attachments_3 RENAME TO attachments;
