package wizard

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
)

// ofIPv6 tells the dump of ip6tables, which stands beside that of iptables and
// does not replace it: by its name, and by what it holds, for other exports have
// the rules of both families in one file, whatever that is called.
func ofIPv6(name string, content []byte) bool {
	return namedV6(name) && (bytes.Contains(content, []byte("ip6tables")) || bytes.Contains(content, []byte("COMMIT")))
}

func namedV6(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "ip6") || strings.Contains(name, "v6")
}

// readRulesets loads the newest ruleset, and the newest of IPv6 beside it: an
// export made later takes the place of one made earlier, whatever its name.
func (s *Session) readRulesets(ctx context.Context, snap steps.Snapshot) ([]check.File, error) {
	var newest [2]*check.File // of IPv6 second
	for i := len(snap.Attachments) - 1; i >= 0; i-- {
		a := snap.Attachments[i]
		kept := newest[0] != nil && (newest[1] != nil || !namedV6(a.Name))
		if a.Kind != "ruleset" || kept {
			continue
		}
		content, err := s.w.Repo.AttachmentContent(ctx, s.id, a.ID)
		if err != nil {
			return nil, fmt.Errorf("read attachment %s: %w", a.Name, err)
		}
		six := 0
		if ofIPv6(a.Name, content) {
			six = 1
		}
		if newest[six] == nil {
			newest[six] = &check.File{Name: a.Name, Bytes: content, SHA256: a.SHA256, Kept: a.At, Written: s.w.writtenAt(snap.Answers.Value(QRuleset), a)}
		}
	}
	var files []check.File
	for _, f := range newest {
		if f != nil {
			files = append(files, *f)
		}
	}
	return files, nil
}
