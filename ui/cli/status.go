package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mxodus/steps"
	"mxodus/steps/export"
	"mxodus/steps/plan"
	"mxodus/steps/wizard"
)

type statusDocument struct {
	Schema     string            `json:"schema"`
	Store      string            `json:"store"`
	AsOf       time.Time         `json:"as_of"`
	Move       string            `json:"move"`
	Org        string            `json:"org"`
	Profile    steps.Profile     `json:"profile"`
	Turn       string            `json:"turn"`
	Next       *nextStep         `json:"next"` // null when nothing can be done now
	Done       int               `json:"steps_closed"`
	Total      int               `json:"steps_total"`
	Complete   bool              `json:"complete"`
	Left       []statusLeft      `json:"left"` // what keeps it from being complete
	Steps      []statusStep      `json:"steps"`
	LeftOut    []steps.LeftOut   `json:"left_out"`
	Milestones []statusMilestone `json:"milestones"`
	OldAccount *oldAccount       `json:"old_account"` // null before sign-off
	Form       statusForm        `json:"rfi"`
}

type statusLeft struct {
	Step int    `json:"step"` // number; 0 for the move as a whole
	Kind string `json:"kind"` // step, changed, not_run, waiting, blocker, unknown
	Text string `json:"text"`
}

type nextStep struct {
	Step  string      `json:"step"`
	Stage steps.Stage `json:"stage"`
	Text  string      `json:"text"`
}

type statusStep struct {
	Number int          `json:"number"`
	ID     string       `json:"id"`
	Title  string       `json:"title"`
	Owner  steps.Owner  `json:"owner"`
	Status steps.Status `json:"status"`
	Turn   string       `json:"turn"` // you, mimecast, time, nobody
	Text   string       `json:"text"` // what is to be done or waited for
	Since  time.Time    `json:"since,omitzero"`
	Until  time.Time    `json:"until,omitzero"`
	Closed time.Time    `json:"closed,omitzero"`
	By     string       `json:"by,omitempty"`
	// Changed says that the step was changed after it was confirmed.
	Changed bool `json:"changed,omitempty"`
}

type statusMilestone struct {
	Kind  string    `json:"kind"`
	Label string    `json:"label"`
	At    time.Time `json:"at,omitzero"`
	Done  bool      `json:"done"`
}

type oldAccount struct {
	Off      string `json:"off"` // calendar day
	DaysLeft int    `json:"days_left"`
}

type statusForm struct {
	Answered        int `json:"answered"`
	Applicable      int `json:"applicable"`
	RequiredMissing int `json:"required_missing"`
	Problems        int `json:"problems"`
}

func (r *run) statusCommand() *cobra.Command {
	var asJSON, complete bool
	cmd := &cobra.Command{
		Use: "status [MOVE]", Short: "Show the steps of a move, whose turn it is, and the dates",
		Long: `Shows where a move stands: each step, whose turn it is and since when, what is
waited for, the dates, and after sign-off of a migration the day on which the
old account is disabled and the days left until then.`,
		Args: argCount(0, 1, "at most one move"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := r.session(cmd.Context(), toRead, args...)
			if err != nil {
				return err
			}
			v, h := s.View(), s.Hub()
			if asJSON {
				err = r.writeJSON(statusOf(r.store.Path(), v, h))
			} else {
				err = r.printStatus(v, h)
			}
			if err == nil && complete && !h.Complete() {
				err = outcome(ExitIncomplete)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.status/1)")
	cmd.Flags().BoolVar(&complete, "complete", false, "exit with 4 unless the move is complete: steps closed, checks passed or set aside with a reason")
	return cmd
}

func statusOf(path string, v steps.View, h wizard.Hub) statusDocument {
	doc := statusDocument{
		Schema: "mxodus.status/1", Store: path, AsOf: v.Now.UTC(), Move: h.MoveID, Org: safe(h.Org),
		Profile: v.Plan.Profile, Turn: safe(h.Turn), Done: h.Done, Total: h.Total, Steps: []statusStep{},
		LeftOut: append([]steps.LeftOut{}, h.LeftOut...), Milestones: []statusMilestone{},
		Form: statusForm{h.RFI.Answered, h.RFI.Applicable, h.RFI.RequiredMissing, h.RFI.Problems},
	}
	if h.Next.Step != "" {
		doc.Next = &nextStep{h.Next.Step, h.Next.Stage, safe(h.Next.Text)}
	}
	doc.Complete, doc.Left = h.Complete(), []statusLeft{}
	for _, l := range h.Left {
		doc.Left = append(doc.Left, statusLeft{l.Step, l.Kind, safe(l.Text)})
	}
	for _, row := range h.Rows {
		turn, state := plan.WhoseTurn(v, row.ID), v.Snap.Steps[row.ID]
		s := statusStep{
			Number: row.Number, ID: row.ID, Title: row.Title, Owner: row.Owner, Status: row.Status,
			Turn: turn.Who, Text: safe(turn.Text), Since: turn.Since, Until: turn.Until, Changed: row.Changed,
		}
		if row.Status.Closed() {
			s.Closed, s.By = state.Closed, safe(state.By)
		}
		doc.Steps = append(doc.Steps, s)
	}
	for _, m := range h.Milestones {
		doc.Milestones = append(doc.Milestones, statusMilestone{m.Kind, m.Label, m.At, m.Done})
	}
	if off, left, ok := plan.OldAccountOff(v); ok {
		doc.OldAccount = &oldAccount{off.Format(time.DateOnly), left}
	}
	return doc
}

func (r *run) printStatus(v steps.View, h wizard.Hub) error {
	p := r.page()
	p.line("%s", r.paint.strong(safe(h.Org)))
	p.line("%s", safe(wizard.Subtitle(v.Facts)))
	p.line("")
	if h.Next.Text != "" {
		p.line("Your turn  %s", r.paint.strong(safe(h.Next.Text)))
	} else if h.Turn != "" {
		p.line("Turn       %s", safe(h.Turn))
	}
	for _, w := range h.Waiting {
		p.line("Waiting    %s", safe(w))
	}
	p.line("Steps      %d of %d closed", h.Done, h.Total)
	p.line("Form       %d of %d questions answered%s", h.RFI.Answered, h.RFI.Applicable, missing(h.RFI.RequiredMissing))
	p.line("")
	var rows [][]string
	for _, s := range h.Rows {
		rows = append(rows, []string{
			fmt.Sprintf("%2d", s.Number), s.Title, wizard.OwnerWord(s.Owner), r.statusWord(s), safe(s.Detail),
		})
	}
	for _, l := range columns(rows) {
		p.line("%s", l)
	}
	r.printLeft(&p, h)
	r.printDates(&p, v, h)
	p.line("")
	p.line("%s", r.paint.muted("Move "+h.MoveID+", kept in "+safe(r.store.Path())))
	return p.done()
}

// printLeft names what closed steps leave open; open steps stand in the list.
func (r *run) printLeft(p *page, h wizard.Hub) {
	headed := false
	for _, l := range h.Left {
		if l.Kind == "step" {
			continue
		}
		if !headed {
			p.line("")
			p.line("Left in closed steps")
			headed = true
		}
		p.line("  step %d: %s", l.Step, safe(l.Text))
	}
}

func (r *run) printDates(p *page, v steps.View, h wizard.Hub) {
	zone := v.Zone()
	var rows [][]string
	for _, m := range h.Milestones {
		if m.At.IsZero() {
			continue
		}
		left := steps.DaysBetween(v.Now, m.At, zone)
		state := export.Date{Done: m.Done, DaysLeft: &left}.State()
		if !m.Done && left >= 0 && m.Kind != plan.MilestoneOldAccount {
			state = "planned, " + state
		}
		what := export.MilestoneWord(m.Kind)
		if what == "" {
			what = m.Label
		}
		rows = append(rows, []string{"  " + m.At.In(zone).Format("2006-01-02 15:04 -07:00"), what, state})
	}
	if len(rows) > 0 {
		p.line("")
		p.line("Dates")
		for _, l := range columns(rows) {
			p.line("%s", l)
		}
	}
	if off, left, ok := plan.OldAccountOff(v); ok {
		p.line("")
		p.line("%s", r.paint.strong(oldAccountLine(off, left)))
	}
}

func oldAccountLine(off time.Time, left int) string {
	day := off.Format("2 January 2006")
	switch {
	case left < 0:
		return fmt.Sprintf("The old account was disabled on %s.", day)
	case left == 0:
		return "The old account is disabled today."
	}
	return fmt.Sprintf("The old account is disabled on %s, in %s.", day, counted(left, "day"))
}

func (r *run) statusWord(row wizard.HubRow) string {
	word := row.Word()
	if row.Held {
		return r.paint.muted(word)
	}
	switch row.Status {
	case steps.Done, steps.Overridden:
		return r.paint.good(word)
	case steps.Waiting, steps.InProgress:
		return r.paint.warn(word)
	case steps.Blocked:
		return r.paint.danger(word)
	}
	return word
}

// missing says how many answers the form cannot do without are not there.
func missing(n int) string {
	switch n {
	case 0:
		return ", none missing that is required"
	case 1:
		return ", 1 missing that is required"
	}
	return fmt.Sprintf(", %d missing that are required", n)
}
