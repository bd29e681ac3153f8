// Package cli is the command tree of mxodus: flags, exit codes, and the choice
// between the screen, plain prompts and commands for scripts.
//
// Data goes to standard output, talk to standard error. Commands that print
// data take --json; every document then has the field "schema":
//
//	mxodus.version/1    version
//	mxodus.regions/1    regions: the table, or the one region asked for
//	mxodus.plan/1       plan: the steps of a profile and what is left out
//	mxodus.new/1        new: the id of the move that was made
//	mxodus.list/1       list: the moves, with whose turn it is
//	mxodus.status/1     status: the steps of a move, waits, dates
//	mxodus.check/1      check: results of checks by step
//	mxodus.mx/1         mx: who answers what, and whether it is the region's set
//	mxodus.firewall/1   firewall check; firewall eval prints one verdict a line
//	mxodus.answers/1    answers export: every answer, ready for answers import
//	mxodus.import/1     answers import: how many were stored, what was not read
//	mxodus.journal/1    journal: the record of a move
//	mxodus.verify/1     journal verify: whether the record is whole
//	mxodus.summary/1    export --format json: the completion summary
//	mxodus.rfi/1        export --format rfi-json: the Request for Information
//
// Fields may be added under the same number; a field that is renamed, removed
// or changes its meaning raises it.
package cli

import (
	"context"
	"io"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/demo"
	"mxodus/steps/wizard"
	_ "mxodus/ui/quiet/restore" // nothing waits for the terminal at the start
)

// Store is what commands need of the place where moves are kept.
type Store interface {
	steps.Repository
	Close() error
	// Path is the absolute path of the file.
	Path() string
	// ReadOnly reports that nothing can be written, as asked or because the
	// file or its folder does not allow it.
	ReadOnly() bool
	// Notices are sentences about what opening found and did.
	Notices() []string
	// Backup writes a complete copy to a file, over one that is there only
	// with overwrite.
	Backup(ctx context.Context, file string, overwrite bool) error
}

// Env is the world of one run of the program. All fields but World and Now are
// needed.
type Env struct {
	Args     []string // without the program's name
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	// InTerminal and OutTerminal report whether a person sits at the streams.
	InTerminal, OutTerminal func() bool
	// StorePath decides where moves are kept, from the flag --db.
	StorePath func(flag string) (string, error)
	// OpenStore opens the store; one that is to be written is made when it
	// does not exist.
	OpenStore func(ctx context.Context, path string, readOnly bool) (Store, error)
	// OpenStoreAt opens a store to be written that dates everything by another
	// clock; nil where the demonstration is not offered.
	OpenStoreAt func(ctx context.Context, path string, now func() time.Time) (Store, error)
	// RestoreStore puts a backup in the place of the store at path and
	// returns where the former file is kept, "" when there was none.
	RestoreStore func(ctx context.Context, path, backup string) (string, error)
	Version      string
	// World is how checks reach the network; nil is the real one.
	World *check.World
	Now   func() time.Time // time.Now when nil
}

// Run runs one command and returns the exit code.
func Run(ctx context.Context, env Env) int {
	if env.Now == nil {
		env.Now = time.Now
	}
	r := &run{Env: env, tty: env.In}
	r.In = &interruptible{ctx: ctx, in: env.In}
	root := r.root()
	root.SetArgs(env.Args)
	err := untilInterrupted(ctx, func() error {
		cmd, err := root.ExecuteContextC(ctx)
		if cmd != nil && r.asked == "" {
			r.asked = cmd.CommandPath()
		}
		if closing := r.close(); err == nil {
			err = closing
		}
		return err
	})
	return r.report(ctx, err)
}

// run is one execution: the environment, the global flags and what was opened.
type run struct {
	Env
	tty   io.Reader // standard input as it came, for programs that need the terminal
	flags globals
	store Store
	paint painter
	asked string      // the command that was given, with those above it
	demo  *demo.World // where the store is one that the demonstration made
}

// globals are the flags every command takes.
type globals struct {
	db        string
	plain     bool
	color     string
	who       string
	resolvers []string
	move      string
}

// person is who works, as written into the journal.
func (r *run) person() string {
	for _, name := range []string{r.flags.who, r.Getenv("MXODUS_WHO"), r.Getenv("USER"), r.Getenv("USERNAME")} {
		if name != "" {
			return name
		}
	}
	return wizard.Unnamed
}

func (r *run) close() error {
	if r.demo != nil {
		r.demo.Close()
		r.demo = nil
	}
	if r.store == nil {
		return nil
	}
	err := r.store.Close()
	r.store = nil
	return err
}
