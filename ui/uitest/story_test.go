package uitest

import (
	"context"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/ui/app"
	"mxodus/ui/screen"
)

func TestCreateAMove(t *testing.T) {
	w := newWorld(t)
	d := w.start()
	d.Expect("There is no move yet", "mxodus demo")
	d.Press("enter")
	d.Expect("What kind of move is this?")
	d.Press("enter", "enter") // nothing is chosen yet, so nothing is answered
	d.Expect("Not done", "Choose one", "What kind of move is this?")
	d.Press("down", "down", "enter") // migrate
	d.Press("down", "enter")         // a track
	d.Expect("3 of 6")
	d.Press("esc")
	d.Expect("2 of 6")
	d.Press("enter", "2", "enter", "up", "enter")
	d.Expect("5 of 6")
	d.Type("Acme Pty Ltd")
	d.Press("enter")
	d.Type("acme com")
	d.Press("enter")
	d.Expect("acme com", "a domain holds no spaces")
	d.Press("esc") // back a question: the name is still there
	d.Expect("Acme Pty Ltd")
	d.Press("enter")
	d.Expect("acme com")
	d.Press("ctrl+u")
	d.Type("acme.com.au")
	d.Press("enter")
	d.Expect("Acme Pty Ltd", "Your turn", "Begin step 1", "0 of 11 done")
	if got := d.Model.Session().Snapshot().Move.Domain; got != "acme.com.au" {
		t.Errorf("the move's domain is %q", got)
	}
	d.Press("esc")
	d.Expect("1 move", "acme.com.au")
}

func TestSameRegionIsRefused(t *testing.T) {
	w := newWorld(t)
	d := w.start()
	d.Press("enter", "2", "enter", "1", "enter", "1", "enter", "1", "enter")
	d.Expect("The move would end in the region where it begins")
	d.Expect("4 of 6")
}

func TestEnterLeadsThroughAStep(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	d.Expect("▸  1  Authorization to Migrate")
	d.Press("enter")
	d.Expect("▌Read▐")
	for range 20 {
		if d.Model.Place().Stage != steps.StageRead {
			break
		}
		d.Press("enter")
	}
	if got := w.session(id).Snapshot().Steps[steps.MigrateAuthorization].Status; got != steps.InProgress {
		t.Errorf("after reading, the step is %q; it should have begun", got)
	}
	d.Expect("▌Answer")
	d.Press("enter")
	if p := d.Model.Place(); p.Screen != screen.RFI || p.Field == "" {
		t.Fatalf("Enter on a missing answer leads to %+v", p)
	}
	d.Press("esc")
	if p := d.Model.Place(); p.Screen != screen.Step || p.Stage != steps.StageAnswer {
		t.Fatalf("esc from the question leads to %+v", p)
	}
}

func TestTickTasks(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateFirewall, steps.StageDo))
	d.Expect("0 of 3 tasks done")
	d.Press("space")
	d.Expect("1 of 3 tasks done", "kim")
	page, err := w.session(id).Step(steps.MigrateFirewall)
	if err != nil {
		t.Fatal(err)
	}
	if st := page.Tasks[0].State; !st.Done || st.By != "kim" || st.At.IsZero() {
		t.Errorf("the store holds %+v", st)
	}
	d.Press("up", "space")
	d.Expect("0 of 3 tasks done")
	d.Press("enter")
	d.Expect("not ticked")
	d.Press("space")
	d.Expect("done")
}

// TestNewsOfTheWorldIsToldOnce: what happened by itself behind a change, as the
// clock of the demonstration that moves on, is said beside what was done.
func TestNewsOfTheWorldIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	news := "The demonstration's clock was moved on by 1 day."
	w.wizard.News = func() string { s := news; news = ""; return s }
	d := w.start(at(steps.MigrateFirewall, steps.StageDo))
	d.Press("space")
	d.Expect("1 of 3 tasks done", "clock was moved on by 1 day.")
	d.Press("up", "space")
	d.Refute("clock was moved on")
}

func TestCopyAndSaveWhatATaskSays(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateFirewall, steps.StageDo))
	page, err := d.Model.Session().Step(steps.MigrateFirewall)
	if err != nil {
		t.Fatal(err)
	}
	row := -1
	for i, task := range page.Tasks {
		if len(task.Snippets) > 0 && row < 0 {
			row = i
		}
	}
	if row < 0 {
		t.Fatal("no task of the step has a text to copy")
	}
	for range row {
		d.Press("down")
	}
	d.Press("c")
	d.Expect("sent to your terminal's clipboard")
	d.Press("s", "s")
	if files := w.files(); len(files) != 2 || files[0] == files[1] {
		t.Fatalf("saved twice, there are %v", files)
	}
	d.Expect("Saved to")
}

func TestHoldingEnterConfirmsNothing(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	d.Hold("enter", 400)
	snap := w.session(id).Snapshot()
	for step, st := range snap.Steps {
		if st.Status.Closed() {
			t.Errorf("Enter held down closed %s", step)
		}
	}
	for key, task := range snap.Tasks {
		if task.Done {
			t.Errorf("Enter held down ticked %s", key)
		}
	}
}

// TestASecondEnterIsAnswered: an Enter soon after another confirms nothing, and
// says so.
func TestASecondEnterIsAnswered(t *testing.T) {
	w := newWorld(t)
	s := w.session(w.move(enterprise(), "Acme", "acme.com.au"))
	for _, o := range s.Obstacles(steps.MigrateAccount) {
		if err := s.SetAside(context.Background(), steps.MigrateAccount, o.ID, "for the test"); err != nil {
			t.Fatal(err)
		}
	}
	d := w.start(at(steps.MigrateAccount, steps.StageConfirm))
	d.Hold("enter", 2)
	d.Expect("press Enter again", "Who at Mimecast confirmed it")
	d.Type("Jordan Ellis")
	d.Press("enter")
	d.Type("a while ago")
	d.Press("enter")
	d.Expect("This says no day. Type it as in 21 Nov 2026")
	d.Press("ctrl+u")
	d.Type("yesterday")
	d.Press("enter", "enter")
	page, err := w.session(s.ID()).Step(steps.MigrateAccount)
	if err != nil || len(page.Notes) != 1 || !strings.Contains(page.Notes[0].Text, "Jordan Ellis, 20 Nov 2026") {
		t.Errorf("kept: %+v, %v", page.Notes, err)
	}
}

// TestAQuestionThatATaskNeedsIsNotOptional says so in the list and in the form.
func TestAQuestionThatATaskNeedsIsNotOptional(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateAuthorization, steps.StageAnswer))
	d.Expect("needed for: ")
	d = w.start(func(o *app.Options) {
		o.Position = &steps.Position{Screen: screen.RFI, Step: steps.MigrateAuthorization, Field: "people.engineer.name"}
	})
	d.Expect("needed for a task")
	d.Refute("optional")
}

// TestTheListUnderAResumedQuestionIsUpToDate: what was answered since the start
// stands in the list that Esc leads to.
func TestTheListUnderAResumedQuestionIsUpToDate(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(func(o *app.Options) {
		o.Position = &steps.Position{Screen: screen.RFI, Step: steps.MigrateAuthorization, Field: "people.account_manager.name"}
	})
	d.Type("Alex Morgan")
	d.Press("enter")
	d.Press("tab")
	d.Type("Jordan Ellis")
	d.Press("enter", "esc", "right")
	d.Expect("▌Answer", "7 of 19 answered") // two more than at the start
}

func TestConfirmWithReasonsAndReopen(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateDates, steps.StageConfirm))
	d.Expect("stand in the way")
	for range 60 {
		if len(d.Model.Session().Obstacles(steps.MigrateDates)) == 0 {
			break
		}
		d.Press("O")
		d.Expect("Why may this be set aside?")
		d.Press("enter")
		d.Expect("A reason is needed")
		d.Type("agreed by phone")
		d.Press("enter")
	}
	d.Refute("stand in the way")
	d.Press("enter")
	d.Expect("Executed by", "kim", "Overseen by, if anyone")
	d.Type("Jordan Ellis")
	d.Press("enter")
	d.Type("20 Nov 2026")
	d.Press("enter")
	d.Type("Robin Okafor")
	d.Press("enter")
	if p := d.Model.Place(); p.Screen != screen.Hub {
		t.Fatalf("after confirming, the place is %+v", p)
	}
	st := w.session(id).Snapshot().Steps[steps.MigrateDates]
	if st.Status != steps.Overridden || st.By != "kim" || st.Overseen != "Robin Okafor" {
		t.Fatalf("the step is %+v", st)
	}
	d.Expect("done, reasons")
	d.Press("7", "enter")
	d.Expect("agreed by phone")
	d.Press("o")
	d.Type("the dates moved")
	d.Press("enter")
	if st := w.session(id).Snapshot().Steps[steps.MigrateDates]; st.Status != steps.InProgress || st.Reason != "the dates moved" {
		t.Fatalf("reopened, the step is %+v", st)
	}
}

func TestSignOffAsksForTheDomain(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	s := w.session(id)
	for _, o := range s.Obstacles(steps.MigrateSignOff) {
		if err := s.SetAside(context.Background(), steps.MigrateSignOff, o.ID, "for the test"); err != nil {
			t.Fatal(err)
		}
	}
	d := w.start(at(steps.MigrateSignOff, steps.StageConfirm))
	d.Press("enter")
	d.Expect("Type acme.com.au to sign off", "90 days")
	d.Press("enter") // nobody oversaw it
	d.Type("acme.com")
	d.Press("enter")
	d.Expect("That is not acme.com.au")
	d.Type(".au")
	d.Press("enter")
	if st := w.session(id).Snapshot().Steps[steps.MigrateSignOff].Status; !st.Closed() {
		t.Fatalf("signed off, the step is %q", st)
	}
	d.Expect("The old account is disabled on 19 Feb 2027, in 90 days")
}

func TestHandToMimecast(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateAuthorization, steps.StageRead))
	d.Press("w")
	d.Expect("Mimecast · waiting")
	d.Press("h")
	d.Expect("Waiting", "since 21 Nov")
	d.Press("1", "enter", "w")
	d.Expect("in progress")
}

func TestResumeAtTheSamePlace(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateFirewall, steps.StageRead))
	d.Press("pgdown", "down")
	before := d.Screen()
	d.Press("q")
	if !d.Quit() {
		t.Fatal("q does not leave")
	}
	if err := d.Model.Finish(); err != nil {
		t.Fatal(err)
	}
	again := w.start()
	if got := again.Screen(); body(got) != body(before) {
		t.Errorf("resumed at\n%s\nleft at\n%s", got, before)
	}
	again.Press("right", "right", "down", "enter")
	open := again.Screen()
	again.Press("ctrl+c")
	if err := again.Model.Finish(); err != nil {
		t.Fatal(err)
	}
	third := w.start()
	if got := third.Screen(); body(got) != body(open) {
		t.Errorf("resumed at\n%s\nleft at\n%s", got, open)
	}
}

// body is the screen without its last line, which tells the time.
func body(s string) string { return s[:strings.LastIndexByte(s, '\n')] }

func TestFind(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	d.Press("/")
	d.Type("outbound send")
	d.Expect("Update Outbound Send Connectors")
	d.Press("enter")
	if p := d.Model.Place(); p.Step != steps.MigrateOutbound {
		t.Fatalf("found %+v", p)
	}
	d.Press("/")
	d.Type("qqqq jjjj")
	d.Expect("Nothing has all of these words")
	d.Press("esc")
	if p := d.Model.Place(); p.Step != steps.MigrateOutbound {
		t.Fatalf("esc from find leads to %+v", p)
	}
	d.Press("/", "ctrl+g")
	if p := d.Model.Place(); p.Screen != screen.Hub {
		t.Fatalf("ctrl+g leads to %+v", p)
	}
}

func TestPasteIsNeverACommand(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	for _, text := range []string{"q", "h", "?", "3", "e", "J", "r", "\r\n", "qqq"} {
		before := d.Screen()
		d.Paste(text)
		if d.Quit() || d.Screen() != before {
			t.Fatalf("pasting %q did something:\n%s", text, d.Screen())
		}
	}
	d.Press("7", "enter", "n")
	d.Paste("a note\nof q and h\x1b[31m")
	d.Expect(`a note of q and h\x1b[31m`)
}

func TestNotesAndJournal(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateDates, steps.StageConfirm))
	d.Press("n")
	d.Type("called Robin")
	d.Press("enter")
	d.Resize(100, 60)
	d.Expect("called Robin")
	d.Press("J")
	d.Expect("Journal", "entries")
	d.Press("enter")
	d.Expect("Hash")
	d.Press("v")
	d.Expect("chain verified")
	d.Press("esc", "esc")
	if p := d.Model.Place(); p.Step != steps.MigrateDates {
		t.Fatalf("esc from the journal leads to %+v", p)
	}
}

func TestExport(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	d.Press("e")
	d.Expect("Completion summary", "Request for Information")
	d.Resize(200, 40)
	d.Expect("Enter writes acme.com.au-summary.html", "in           "+w.dir+"/")
	for i := range 7 {
		if i > 0 {
			d.Press("down")
		}
		d.Press("enter")
		d.Expect("Saved to")
	}
	if files := w.files(); len(files) != 7 {
		t.Errorf("seven formats were written, there are %v", files)
	}
	d.Press("enter")
	if files := w.files(); len(files) != 8 {
		t.Errorf("written again, there are %v", files)
	}
	d.Expect("Saved to "+w.dir+"/acme.com.au-rfi-2.json", "Enter writes acme.com.au-rfi-3.json")
}

func TestSeesWhatOthersChange(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	other := w.openStore()
	if _, err := other.SetStep(context.Background(), id, steps.StepState{
		Step: steps.MigrateAuthorization, Status: steps.Waiting, WaitingOn: "mimecast", Since: w.clock.Now(),
	}, nil, "robin"); err != nil {
		t.Fatal(err)
	}
	d.Refute("waiting")
	d.Advance(3 * time.Second)
	d.Expect("waiting", "Waiting")
}

func TestStartsFromTheListWithSeveralMoves(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	w.clock.Move(time.Minute)
	w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both}, "Globex", "globex.example")
	d := w.start()
	d.Expect("2 moves", "Acme", "Globex")
	d.Press("down", "enter")
	d.Expect("Acme", "11")
	d.Press("esc", "enter")
	d.Expect("Globex")
}

// TestAStepOfMimecastsNeedsWords: Enter alone never closes a step that Mimecast
// does; who there said so, and when, stands in the record.
func TestAStepOfMimecastsNeedsWords(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	s := w.session(id)
	for _, o := range s.Obstacles(steps.MigrateAccount) {
		if err := s.SetAside(context.Background(), steps.MigrateAccount, o.ID, "for the test"); err != nil {
			t.Fatal(err)
		}
	}
	d := w.start(at(steps.MigrateAccount, steps.StageConfirm))
	status := func() steps.Status { return w.session(id).Snapshot().Steps[steps.MigrateAccount].Status }
	d.Press("enter", "enter", "enter", "enter")
	d.Expect("Who at Mimecast confirmed it", "type who there told you")
	d.Type("Jordan Ellis")
	d.Press("enter", "enter")
	d.Expect("Type the day on which Mimecast told you")
	d.Type("2027-01-03")
	d.Press("enter")
	d.Expect("This day is still to come")
	d.Hold("enter", 30)
	if status().Closed() {
		t.Fatal("closed without words")
	}
	d.Press("ctrl+u")
	d.Type("20 Nov 2026")
	d.Press("enter", "shift+tab", "shift+tab")
	d.Expect("Jordan Ellis")
	d.Press("enter", "enter", "enter")
	if !status().Closed() {
		t.Fatalf("the step is %s\n%s", status(), d.Screen())
	}
	notes := w.session(id).Snapshot().Notes
	if len(notes) != 1 || !strings.Contains(notes[0].Text, "Jordan Ellis, 20 Nov 2026") {
		t.Errorf("the record says %+v", notes)
	}
}
