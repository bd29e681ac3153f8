package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"mxodus/steps"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

func (r *run) newCommand() *cobra.Command {
	var flags profileFlags
	var org, domain string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "new", Short: "Begin a move and print its id",
		Example: `  mxodus new --journey connect --service both --target eu --org "Acme Ltd" --domain acme.example
  mxodus new --journey migrate --track enterprise --source eu --target au --org Acme --domain acme.example`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := flags.profile()
			if err != nil {
				return err
			}
			if err := nameOf(cmd, org, domain); err != nil {
				return err
			}
			w, err := r.wizard(cmd.Context(), toWrite)
			if err != nil {
				return err
			}
			r.sayTwin(cmd.Context(), w, org, domain)
			r.sayDomain(domain)
			id, err := w.New(cmd.Context(), wizard.NewMove{Profile: p, Org: org, Domain: domain})
			if err != nil {
				return err
			}
			if asJSON {
				return r.writeJSON(struct {
					Schema string `json:"schema"`
					ID     string `json:"id"`
					Store  string `json:"store"`
				}{"mxodus.new/1", id, r.store.Path()})
			}
			r.say("made in %s; mxodus opens it", r.store.Path())
			p2 := r.page()
			p2.line("%s", id)
			return p2.done()
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&org, "org", "", "`NAME` of the organisation")
	cmd.Flags().StringVar(&domain, "domain", "", "primary mail `DOMAIN`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.new/1)")
	return cmd
}

// sayTwin says that there is a move of the same organisation and domain already:
// a second one may be meant, as there are moves of several accounts.
func (r *run) sayTwin(ctx context.Context, w *wizard.Wizard, org, domain string) {
	moves, err := w.Repo.Moves(ctx)
	if err != nil {
		return // making the move will say so
	}
	same := func(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }
	for _, m := range moves {
		if same(m.Org, org) && same(m.Domain, domain) {
			r.say("note: there is a move of this organisation and domain already, %s; this one is made beside it", m.ID)
			return
		}
	}
}

// sayDomain says what the form says of a domain as it is typed: what was taken
// out of a web or mail address, and what looks odd.
func (r *run) sayDomain(given string) {
	if given == "" {
		return
	}
	q, _ := rfi.Find(steps.QPrimaryDomain)
	u := q.Parse(given, steps.Facts{})
	for _, n := range u.Notes {
		r.say("note: %s", n)
	}
	for _, problem := range u.Problems {
		r.say("note: %s", problem)
	}
}

// nameOf refuses a move that nobody could find again, and a domain that is none,
// before anything is made.
func nameOf(cmd *cobra.Command, org, domain string) error {
	for _, f := range []struct{ flag, value, what string }{
		{"org", org, "the name of the organisation"}, {"domain", domain, "the primary mail domain"},
	} {
		if cmd.Flags().Changed(f.flag) && strings.TrimSpace(f.value) == "" {
			return usage("--%s is empty; give %s, or leave the flag out", f.flag, f.what)
		}
	}
	if org == "" && domain == "" {
		return usage("a move needs a name to be found by: add --org or --domain")
	}
	if domain == "" {
		return nil
	}
	q, _ := rfi.Find(steps.QPrimaryDomain)
	for _, problem := range q.Parse(domain, steps.Facts{}).Problems {
		if !problem.Warning {
			return usage("--domain %q is no domain: %s; expected something like acme.example", domain, problem.Message)
		}
	}
	return nil
}
