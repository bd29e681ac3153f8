package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/app"
	"mxodus/ui/plain"
	"mxodus/ui/theme"
)

// startWizard is mxodus without a command: the wizard, where it was left.
func (r *run) startWizard(ctx context.Context) error {
	if err := r.someoneThere(); err != nil {
		return err
	}
	w, err := r.wizard(ctx, toWrite)
	if err != nil {
		return err
	}
	return r.show(ctx, w)
}

// someoneThere refuses to open the wizard where nobody can use it. Plain
// prompts that were asked for by name also read from a pipe.
func (r *run) someoneThere() error {
	if r.flags.plain || (r.InTerminal() && r.OutTerminal()) {
		return nil
	}
	return withHint(usage("there is no terminal here to open the wizard on"),
		"name a command, e.g. mxodus status; mxodus --help lists them",
		"or add --plain to answer plain prompts from standard input")
}

// wantsPlain reports whether plain prompts were asked for, or the terminal can
// do nothing else.
func (r *run) wantsPlain() bool {
	return r.flags.plain || r.Getenv("ACCESSIBLE") != "" || r.Getenv("TERM") == "dumb"
}

// show opens a wizard on the screen or as plain prompts.
func (r *run) show(ctx context.Context, w *wizard.Wizard) error {
	open := ""
	if r.flags.move != "" {
		m, err := w.Resolve(ctx, r.flags.move)
		if err != nil {
			return err
		}
		open = m.ID
	}
	var err error
	if r.wantsPlain() {
		err = plain.Run(ctx, plain.Options{Wizard: w, Open: open, In: r.In, Out: r.Out, Terminal: r.InTerminal(), Width: r.width})
	} else {
		err = r.onScreen(ctx, w, open)
	}
	if err == nil {
		err = ctx.Err() // a signal asked to end; all is saved
	}
	return err
}

func (r *run) onScreen(ctx context.Context, w *wizard.Wizard, open string) error {
	if r.flags.color == "always" && lipgloss.ColorProfile() == termenv.Ascii {
		lipgloss.SetColorProfile(termenv.ANSI256)
	}
	err := app.Run(ctx, app.Options{
		Wizard: w, Open: open, In: r.tty, Out: r.Out, Version: r.Version, Getenv: r.Getenv,
		Theme: theme.Options{NoColor: !r.colour(), ASCII: r.asciiOnly(), Dark: theme.Dark(r.Getenv)},
	})
	if errors.Is(err, steps.ErrReadOnly) {
		return withHint(err, "mxodus status, export and journal work on a file that can only be read")
	}
	return err
}

// asciiOnly reports a terminal that shows no more than ASCII for sure: one
// whose locale is not UTF-8 (POSIX: LC_ALL wins, then LC_CTYPE, then LANG), or
// the Linux console, whose font lacks the marks.
func (r *run) asciiOnly() bool {
	if r.Getenv("TERM") == "linux" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(r.Getenv(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return true
}
