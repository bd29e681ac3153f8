package firewall

import (
	"strings"
	"testing"
)

const objectRules = `ASA Version 9.12
object network one
 host 10.0.0.1
object-group network many
 network-object object one
 network-object 10.1.0.0 255.255.0.0
access-list list extended permit ip object one any
`

// TestObjectsAreAsked asks a named object in place of a list.
func TestObjectsAreAsked(t *testing.T) {
	for _, c := range []struct{ acl, src, verdict string }{
		{"object-group network many", "10.1.2.3", "permit"},
		{"object-group network many", "10.0.0.1", "permit"},
		{"object-group network many", "10.2.0.1", "deny"},
		{"object network one", "10.0.0.1", "permit"},
		{"object network one", "10.0.0.2", "deny"},
		{"list", "10.0.0.2", "deny"},
	} {
		got := evalLines(t, objectRules, c.acl, `{"src":"`+c.src+`"}`)
		if got[0].Verdict != c.verdict {
			t.Errorf("%s in %s: %+v, want %s", c.src, c.acl, got[0], c.verdict)
		}
	}
	if _, err := Eval([]byte(objectRules), "", "object network two", strings.NewReader("{}"), &strings.Builder{}); err == nil {
		t.Error("an object that is not in the file is asked")
	}
}
