package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"mxodus/steps"
)

// MaxAttachment is the largest file that is kept, in bytes: 256 MiB.
const MaxAttachment = 256 << 20

var attachmentKinds = []string{"ruleset", "message", "sheet", "rfi", "other"}

const selectAttachments = "SELECT move_id, seq, step, kind, name, size, content, who, at, sha256 FROM attachments"

type attachmentRow struct {
	steps.Attachment
	move, sha string
}

func (r attachmentRow) proof() proof {
	return proof{"attachment " + r.Name, r.ID, r.sha, sealAttachment(r.move, r.Attachment)}
}

func scanAttachment(rows *sql.Rows) (r attachmentRow, err error) {
	var at moment
	err = rows.Scan(&r.move, &r.ID, &r.Step, &r.Kind, &r.Name, &r.Size, &r.SHA256, &r.By, &at, &r.sha)
	r.At = at.Time
	return r, err
}

func (db *DB) loadAttachments(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := sealed(ctx, db, q, scanAttachment, selectAttachments+" WHERE move_id = ? ORDER BY seq", move)
	for _, r := range found {
		s.Attachments = append(s.Attachments, r.Attachment)
	}
	return err
}

type attachmentData struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	Content string `json:"content_sha256"`
	SHA256  string `json:"sha256"`
}

// Attach implements steps.Repository. Only Step, Kind and Name of a are used;
// its SHA256, when given, must be that of the content. Every load is a record
// of its own, so that the newest one counts also when an older content comes
// back; the content itself is stored once.
func (db *DB) Attach(ctx context.Context, move string, a steps.Attachment, content []byte, by string) (steps.Attachment, error) {
	const doing = "keep the file"
	if !slices.Contains(attachmentKinds, a.Kind) {
		return steps.Attachment{}, fmt.Errorf("%s: kind %q is not one of ruleset, message, sheet, rfi, other", doing, a.Kind)
	}
	if len(content) > MaxAttachment {
		return steps.Attachment{}, db.fault(errNone, nil, "%s: %s has %d MB; files up to %d MB are kept", doing, a.Name, len(content)>>20, MaxAttachment>>20)
	}
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	if a.SHA256 != "" && a.SHA256 != digest {
		return steps.Attachment{}, db.fault(errNone, nil, "%s: the content of %s is not what was looked at (SHA-256 %s, not %s); choose the file again", doing, a.Name, digest, a.SHA256)
	}
	var out steps.Attachment
	err := db.change(ctx, doing, move, by, func(_ querier, b *batch) error {
		out = steps.Attachment{
			Step: a.Step, Kind: a.Kind, Name: a.Name, Size: int64(len(content)), SHA256: digest,
			By: b.by, At: b.at,
		}
		b.attachment(&out, content)
		return nil
	})
	if err != nil {
		return steps.Attachment{}, err
	}
	return out, nil
}

// attachment adds the change and gives a its id.
func (b *batch) attachment(a *steps.Attachment, content []byte) {
	var sha string
	b.journal("attachment", a.Step, fmt.Sprintf("kept %s %s, %d bytes", a.Kind, brief(a.Name), a.Size), func(seq int64) string {
		a.ID = seq
		sha = sealAttachment(b.move, *a)
		return compact(attachmentData{a.Kind, a.Name, a.Size, a.SHA256, sha})
	})
	if content == nil {
		content = []byte{} // nil would be stored as NULL
	}
	b.add(-1, "INSERT INTO blobs (sha256, size, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", a.SHA256, a.Size, content)
	b.add(1, `INSERT INTO attachments (move_id, seq, step, kind, name, size, content, who, at, sha256)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.move, a.ID, a.Step, a.Kind, a.Name, a.Size, a.SHA256, a.By, stamp(a.At), sha)
}

// AttachmentContent implements steps.Repository. Content that does not have
// its SHA-256 is an error, never returned.
func (db *DB) AttachmentContent(ctx context.Context, move string, id int64) ([]byte, error) {
	var content []byte
	err := db.read(ctx, "read the file", func(q querier) error {
		found, err := sealed(ctx, db, q, scanAttachment, selectAttachments+" WHERE move_id = ? AND seq = ?", move, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return db.fault(steps.ErrNotFound, nil, "there is no file %d in move %s", id, move)
		}
		content, err = db.blob(ctx, q, found[0].Attachment)
		return err
	})
	return content, err
}

func (db *DB) blob(ctx context.Context, q querier, a steps.Attachment) ([]byte, error) {
	var content []byte
	err := q.QueryRowContext(ctx, "SELECT content FROM blobs WHERE sha256 = ?", a.SHA256).Scan(&content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, db.damaged("the content of " + a.Name + " is missing")
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	if hex.EncodeToString(sum[:]) != a.SHA256 {
		return nil, db.damaged("the content of " + a.Name + " does not match its checksum")
	}
	return content, nil
}
