package recipe

import (
	"strings"
	"testing"

	"mxodus/steps"
)

// TestInboundChecksByLabel: what is copied into the console is called as the
// console calls it, not by the id that answers are kept under.
func TestInboundChecksByLabel(t *testing.T) {
	f := factsOf(onPrem, map[string]string{"rv.check": "acme.test known_recipients\nshop.test directory_only"})
	text := string(SetInboundCheck(f).Snippets[0].Text)
	if !strings.Contains(text, "acme.test: Known recipients\n") || strings.Contains(text, "_") {
		t.Errorf("got\n%s", text)
	}
	if got := f.Answers.List("rv.check")[0]; got != "acme.test known_recipients" {
		t.Errorf("the answer was changed to %q", got)
	}
}

// TestMessagesOfAMove: mail came by way of Mimecast before the change, too, so a
// test message is to prove the new region and not the name.
func TestMessagesOfAMove(t *testing.T) {
	f := factsOf(move, nil)
	for _, task := range []steps.Task{TestOutbound(f), TestInbound(f)} {
		if !strings.Contains(task.Detail, "in a range of "+Name(f.Target)) || !strings.Contains(task.Detail, "the firewall step lists them") ||
			strings.Contains(task.Detail, "must name a Mimecast host") || strings.Contains(task.Detail, "must be Mimecast") {
			t.Errorf("%s: %s", task.ID, task.Detail)
		}
	}
	first := factsOf(onPrem, nil)
	if d := TestOutbound(first).Detail; !strings.Contains(d, "must name a Mimecast host under `mimecast.com`") {
		t.Errorf("a first move: %s", d)
	}
	if d := TestInbound(first).Detail; !strings.Contains(d, "must be Mimecast") {
		t.Errorf("a first move: %s", d)
	}
}
