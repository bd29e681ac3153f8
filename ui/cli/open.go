package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/checks"
	"mxodus/steps/demo"
	"mxodus/steps/wizard"
)

// access says what a command wants of the store.
type access bool

const (
	toRead  access = true  // never writes; the file must be there
	toWrite access = false // makes the file when it is not
)

// openStore opens the store once per run and passes on what it has to tell.
func (r *run) openStore(ctx context.Context, mode access) (Store, error) {
	if r.store != nil {
		return r.store, nil
	}
	path, err := r.StorePath(r.flags.db)
	if err != nil {
		return nil, err
	}
	s, err := r.OpenStore(ctx, path, bool(mode))
	if err != nil {
		return nil, err
	}
	r.store = s
	for _, n := range s.Notices() {
		r.say("note: %s", n)
	}
	return s, nil
}

// wizard opens the store and joins it with the world.
func (r *run) wizard(ctx context.Context, mode access) (*wizard.Wizard, error) {
	s, err := r.openStore(ctx, mode)
	if err != nil {
		return nil, err
	}
	if demo.Made(ctx, s) {
		return r.demoAgain(ctx, mode)
	}
	return r.wizardOn(s, r.world()), nil
}

// wizardOn is how every face gets its wizard: over a repository and a world,
// which need not be the real ones.
func (r *run) wizardOn(repo steps.Repository, w *check.World) *wizard.Wizard {
	now := w.Now
	if now == nil {
		now = r.Now
	}
	return &wizard.Wizard{Repo: repo, World: w, Checks: checks.All(w), Who: r.person(), Now: now}
}

// session opens the move that is meant: the argument of the command, else
// --move, else the only one there is.
func (r *run) session(ctx context.Context, mode access, arg ...string) (*wizard.Session, error) {
	name, err := r.moveName(arg)
	if err != nil {
		return nil, err
	}
	if mode == toWrite { // a move is there already or not at all: no store is made for it
		if err := r.storeFile(); err != nil {
			return nil, missingStore(err)
		}
	}
	w, err := r.wizard(ctx, mode)
	if err != nil {
		return nil, missingStore(err)
	}
	m, err := w.Resolve(ctx, name)
	if err != nil {
		return nil, err
	}
	return w.Open(ctx, m.ID)
}

// storeNamed reports that the person said which file moves are kept in.
func (r *run) storeNamed() bool { return r.flags.db != "" || r.Getenv("MXODUS_DB") != "" }

// storeFile reports a store that does not exist, or is an empty file.
func (r *run) storeFile() error {
	if r.store != nil {
		return nil
	}
	path, err := r.StorePath(r.flags.db)
	if err != nil {
		return err
	}
	fi, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no database at %s yet: %w", path, steps.ErrNotFound)
	case err == nil && fi.Mode().IsRegular() && fi.Size() == 0:
		return fmt.Errorf("%s is empty, it holds no moves yet: %w", path, steps.ErrNotFound)
	}
	return nil
}

func (r *run) moveName(args []string) (string, error) {
	name := r.flags.move
	if len(args) > 0 && args[0] != "" {
		if name != "" && name != args[0] {
			return "", usage("two moves are named, %q and --move %q; name one", args[0], name)
		}
		name = args[0]
	}
	return name, nil
}

// missingStore says what to do when there is nothing to read yet.
func missingStore(err error) error {
	if errors.Is(err, steps.ErrNotFound) {
		return withHint(err, "mxodus new begins a move, and so does the wizard: mxodus")
	}
	return err
}

// world is how checks reach the network: the real one with the usual resolvers
// or those named by --resolver.
func (r *run) world() *check.World {
	w := check.World{Now: r.Now}
	if r.World != nil {
		w = *r.World
	}
	if len(r.flags.resolvers) > 0 {
		w.Resolvers, w.Named = nil, true
		for _, s := range r.flags.resolvers {
			if one, err := resolve.ParseResolver(s); err == nil { // read before, in readGlobals
				w.Resolvers = append(w.Resolvers, one)
			}
		}
	}
	if len(w.Resolvers) == 0 {
		w.Resolvers = resolve.DefaultResolvers(nil)
	}
	return &w
}

// checkResolvers refuses what cannot be read as a resolver.
func (r *run) checkResolvers() error {
	for _, s := range r.flags.resolvers {
		if _, err := resolve.ParseResolver(s); err != nil {
			return usage("%w", err)
		}
	}
	return nil
}
