package rfi

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	question "mxodus/steps/rfi"
	"mxodus/ui/screen"
)

func TestFileAnswerKeepsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "edge rules.txt")
	if err := os.WriteFile(path, []byte("*filter\nCOMMIT\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, steps.Position{Step: steps.ConnectAccount, Field: "firewall.ruleset"})
	d.typed(path)
	d.press("enter")
	files := d.env.Session.Snapshot().Attachments
	if len(files) != 1 || files[0].Name != "edge rules.txt" || files[0].Kind != "ruleset" {
		t.Fatalf("attached %+v", files)
	}
	for _, bad := range []string{path + ".missing", filepath.Dir(path), "/dev/zero"} {
		d.open(d.env.Session.ID(), steps.Position{Step: steps.ConnectAccount, Field: "firewall.ruleset"})
		d.press("ctrl+u", "ctrl+k")
		d.page.field.SetValue(bad)
		d.press("enter")
		d.shows("Not taken: ")
		if got := d.stored("firewall.ruleset").Text; got != path || d.page.field.Value() != bad {
			t.Errorf("%s: stored %q, the field holds %q", bad, got, d.page.field.Value())
		}
	}
	d.press("esc") // leaving keeps what was typed, and says what is wrong with it
	if m, ok := last[screen.ErrorMsg](d); !ok || !strings.Contains(m.Err.Error(), "the path is saved") {
		t.Errorf("left with %+v", m)
	}
}

func TestPasteOfTenThousandLines(t *testing.T) {
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "20.7.%d.%d\r\n", i/250, i%250+1)
	}
	text.WriteString("20.7.300.1\n")
	d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
	d.hold = true
	start := time.Now()
	d.paste(text.String())
	v := d.view()
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("paste to frame took %v", took)
	}
	if !strings.Contains(v, "Reading") || !strings.Contains(v, "10002 lines") {
		t.Errorf("while it is read:\n%s", v)
	}
	d.typed("1") // keys go on meanwhile
	d.run()
	d.shows("10000 addresses: 20.7.0.1, 20.7.0.2", `line 10001, "20.7.300.1"`, "10002")
	d.press("ctrl+n")
	if got := d.page.field.Line(); got != 10_001 && got != 10_002 {
		t.Errorf("the next line not read is %d", got)
	}
	d.press("enter")
	if n := len(d.env.Session.Snapshot().Answers.List(steps.QOutboundIPs)); n != 10_000 {
		t.Errorf("%d addresses stored", n)
	}
}

func TestHostilePaste(t *testing.T) {
	evil := "\x1b]52;c;aGk=\x07203.0.113.25\x1b[2J\u202e\r\n\x9b31m203.0.113.26\x00"
	for _, q := range []string{steps.QOutboundIPs, steps.QOrg, steps.QTarget} {
		d := newDesk(t, steps.Position{Field: q})
		d.paste(evil)
		for _, s := range [][2]int{{60, 12}, {80, 20}, {120, 36}} {
			d.page.SetSize(s[0], s[1])
			if v := ansi.Strip(d.page.View()); strings.ContainsAny(v, "\x1b\x07\r\x00\u202e\u009b") {
				t.Errorf("%s: a control character in %q", q, v)
			}
		}
		if q != steps.QTarget {
			d.shows("Left out of the paste")
		}
		for _, m := range d.sent {
			switch m.(type) {
			case screen.BackMsg, screen.NavigateMsg:
				t.Errorf("%s: the paste did %T", q, m)
			}
		}
	}
}

// fakes for every question: something typed, something unreadable, and nothing.
func TestEveryQuestionFitsEverySize(t *testing.T) {
	d := newDesk(t, steps.Position{})
	for _, q := range question.All() {
		d.page.facts = d.env.Session.Facts()
		d.page.all, d.page.at = []question.Question{q}, 0
		d.page.show()
		for _, text := range []string{"", "x y\nz \"!", q.Example} {
			if d.page.field.CapturesText() {
				d.page.field.SetValue(text)
				d.page.edited()
			}
			for _, s := range [][2]int{{60, 10}, {60, 12}, {80, 20}, {109, 26}, {110, 26}, {120, 36}, {200, 56}} {
				d.page.SetSize(s[0], s[1])
				rows := strings.Split(d.page.View(), "\n")
				if len(rows) != s[1] {
					t.Fatalf("%s at %v: %d rows", q.ID, s, len(rows))
				}
				for _, r := range rows {
					if ansi.StringWidth(r) > s[0] {
						t.Fatalf("%s at %v: row of %d cells: %q", q.ID, s, ansi.StringWidth(r), r)
					}
				}
				mustShow(t, d, q, s)
			}
		}
	}
}

// mustShow holds the promise of the smallest size: question, field and first
// problem are there without scrolling.
func mustShow(t *testing.T, d *desk, q question.Question, size [2]int) {
	t.Helper()
	v := strings.Join(strings.Fields(d.view()), " ")
	first, _, _ := strings.Cut(q.Label, " ")
	if !strings.Contains(v, first) {
		t.Errorf("%s at %v: no question:\n%s", q.ID, size, d.view())
	}
	if _, lastRow, total := d.page.field.Shown(); total > 0 && lastRow == 0 {
		t.Errorf("%s at %v: no field", q.ID, size)
	}
	if unread, odd := problems(d.page.reading.u); len(unread) > 0 && !strings.Contains(d.view(), "Not yet") {
		t.Errorf("%s at %v: the first entry not read is hidden:\n%s", q.ID, size, d.view())
	} else if len(unread) == 0 && len(odd) > 0 && !strings.Contains(d.view(), "Look at") {
		t.Errorf("%s at %v: the first odd entry is hidden:\n%s", q.ID, size, d.view())
	}
}

func TestResizeWhileTyping(t *testing.T) {
	d := newDesk(t, steps.Position{Field: "contact.consultant"})
	text := strings.Repeat("Kim of Example Consulting ", 4)
	for i, r := range text {
		d.typed(string(r))
		d.page.SetSize(60+(i*31)%140, 10+(i*13)%50)
		d.page.View()
	}
	if got := d.page.field.Value(); got != text {
		t.Errorf("got %q", got)
	}
}

func TestKeysWorkAsTheFooterSays(t *testing.T) {
	for _, q := range []string{steps.QOrg, steps.QOutboundIPs, steps.QTarget, "services.extra", "journal.address"} {
		probe := newDesk(t, steps.Position{Field: q})
		for _, b := range probe.page.Keys() {
			d := newDesk(t, steps.Position{Field: q})
			if d.page.field.CapturesText() && d.page.q.ID == steps.QOrg {
				d.typed("x")
			}
			before := fmt.Sprint(d.page.Position(), len(d.sent))
			d.press(b.Keys()[0])
			if fmt.Sprint(d.page.Position(), len(d.sent)) == before {
				t.Errorf("%s: %s (%s) does nothing", q, b.Help().Key, b.Help().Desc)
			}
		}
	}
}

func TestClipboardThatCannotBeReadIsSaid(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOrg})
	t.Setenv("PATH", "")
	d.press("ctrl+v")
	if m, ok := last[screen.InfoMsg](d); ok && !strings.Contains(m.Text, "clipboard") {
		t.Errorf("said %q", m.Text)
	}
	if got := d.page.field.Value(); got != "Acme Pty Ltd" {
		t.Errorf("field is %q", got)
	}
}

func TestDiskErrorKeepsTheTextAndOneKeyTriesAgain(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOrg})
	broken := &failing{Repository: d.repo, left: 1}
	d.w.Repo = broken
	d.typed(" 2")
	d.press("enter")
	if m, ok := last[screen.ErrorMsg](d); !ok || !strings.Contains(m.Err.Error(), steps.ErrFull.Error()) {
		t.Fatalf("said %+v", m)
	}
	d.shows("Not saved", "Acme Pty Ltd 2")
	if _, said := last[screen.SavedMsg](d); said {
		t.Fatal("said saved")
	}
	d.press("enter")
	if got := d.stored(steps.QOrg).Value; got != "Acme Pty Ltd 2" {
		t.Errorf("stored %q", got)
	}
}

// failing is a store whose disk is full for a while.
type failing struct {
	steps.Repository
	left int
}

func (f *failing) SaveAnswers(ctx context.Context, move string, edits []steps.AnswerEdit, by string) ([]steps.Answer, error) {
	if f.left > 0 {
		f.left--
		return nil, steps.ErrFull
	}
	return f.Repository.SaveAnswers(ctx, move, edits, by)
}

func BenchmarkKeyToFrame(b *testing.B) {
	for _, lines := range []int{1, 10_000} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			d := newDesk(&testing.T{}, steps.Position{Field: steps.QOutboundIPs})
			d.hold = true
			d.paste(strings.Repeat("203.0.113.25\n", lines))
			for b.Loop() {
				d.page.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("1")})
				d.page.View()
				d.page.Position()
				d.page.Aside()
			}
		})
	}
}

// TestTabLoadsNoFile: passing over a path keeps it in the field and loads nothing.
func TestTabLoadsNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "edge.rules")
	if err := os.WriteFile(path, []byte("*filter\nCOMMIT\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, away := range []string{"tab", "shift+tab"} {
		d := newDesk(t, steps.Position{Step: steps.ConnectAccount, Field: "firewall.ruleset"})
		d.typed(path)
		d.press(away)
		if d.stored("firewall.ruleset").Revision != 0 || len(d.env.Session.Snapshot().Attachments) > 0 {
			t.Errorf("%s loaded %+v", away, d.env.Session.Snapshot().Attachments)
		}
		d.do(d.page.Leave())
		if len(d.env.Session.Snapshot().Attachments) > 0 {
			t.Errorf("%s loaded the file on the way", away)
		}
		d.page = New(d.env, steps.Position{Step: steps.ConnectAccount, Field: "firewall.ruleset"}).(*Page)
		d.page.SetSize(80, 20)
		d.shows("not loaded")
		if got := d.page.field.Value(); got != path {
			t.Fatalf("%s: the field holds %q", away, got)
		}
		d.press("enter")
		if len(d.env.Session.Snapshot().Attachments) != 1 {
			t.Errorf("%s, then Enter: nothing is loaded", away)
		}
	}
}
