package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"mxodus/steps"
	"mxodus/steps/region"
)

// profileFlags are the flags that name the kind of a move.
type profileFlags struct {
	journey, service, track, source, target, platform string
}

func (p *profileFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.journey, "journey", "", "`KIND` of move: connect or migrate")
	f.StringVar(&p.service, "service", "", "`WHAT` was bought, with connect: archiving, email_security or both")
	f.StringVar(&p.track, "track", "", "`TRACK`, with migrate: security, express, archive or enterprise")
	f.StringVar(&p.source, "source", "", "`REGION` the mail is in now, with migrate")
	f.StringVar(&p.target, "target", "", "`REGION` the mail goes to")
	f.StringVar(&p.platform, "platform", "", "mail `PLATFORM`: m365, google, on_prem, hybrid_m365, hybrid_google or other")
	fixed := func(flag string, values ...string) {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	fixed("journey", words(steps.Journeys)...)
	fixed("service", words(steps.Services)...)
	fixed("track", words(steps.Tracks)...)
	fixed("platform", words(steps.Platforms)...)
	fixed("source", region.IDs()...)
	fixed("target", region.IDs()...)
}

func words[T ~string](list []T) []string {
	var out []string
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

// given reports that any of the flags was used.
func (p *profileFlags) given() bool { return *p != profileFlags{} }

// profile reads the flags; regions may be ids, account-code prefixes or names.
func (p *profileFlags) profile() (steps.Profile, error) {
	out := steps.Profile{
		Journey: steps.Journey(p.journey), Service: steps.Service(p.service),
		Track: steps.Track(p.track), Platform: steps.Platform(p.platform),
	}
	switch {
	case out.Journey == steps.Connect && p.track != "":
		return out, usage("--track belongs to --journey migrate; with connect say --service")
	case out.Journey == steps.Migrate && p.service != "":
		return out, usage("--service belongs to --journey connect; with migrate say --track")
	case out.Journey == steps.Connect && p.source != "":
		return out, usage("--source belongs to --journey migrate; the region of a Connect move is --target")
	}
	for _, r := range []struct {
		flag, name string
		to         *string
	}{{"--source", p.source, &out.Source}, {"--target", p.target, &out.Target}} {
		if r.name == "" {
			continue
		}
		g, err := region.Parse(r.name)
		if err != nil {
			return out, usage("%s: %w", r.flag, err)
		}
		*r.to = g.ID
	}
	if err := out.Validate(); err != nil {
		err = usage("%w", err)
		if hint := missingFlag(out); hint != "" {
			err = withHint(err, hint)
		}
		return out, err
	}
	return out, nil
}

func missingFlag(p steps.Profile) string {
	switch {
	case p.Journey == "":
		return "add --journey connect or --journey migrate"
	case p.Journey == steps.Connect && p.Service == "":
		return fmt.Sprintf("add --service, e.g. --service %s", steps.Both)
	case p.Journey == steps.Migrate && p.Track == "":
		return fmt.Sprintf("add --track, e.g. --track %s", steps.Enterprise)
	}
	return ""
}
