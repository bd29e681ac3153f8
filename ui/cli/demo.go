package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mxodus/steps/demo"
	"mxodus/steps/wizard"
)

func (r *run) demoCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "demo", Short: "Open the wizard on made-up organisations and an internet of its own",
		Long: `Opens the wizard on two made-up organisations, against name servers and mail
servers that run inside the program. Nothing is asked of the network and
nothing leaves this machine. Sample rulesets lie in the folder the wizard works
in. The moves are kept apart from yours, and are gone at the end unless a
folder is named with --dir.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.flags.db != "" || len(r.flags.resolvers) > 0 {
				return usage("the demonstration has its own file and its own resolvers; --db and --resolver do not go with it (see --dir)")
			}
			if err := r.someoneThere(); err != nil {
				return err
			}
			return r.demonstrate(cmd.Context(), dir)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "`FOLDER` to keep the demonstration in (default: one that goes away)")
	return cmd
}

// demoFile is the store of a demonstration, in its folder.
const demoFile = "demo.db"

func (r *run) demonstrate(ctx context.Context, dir string) (err error) {
	keep := dir != ""
	if keep {
		dir, err = filepath.Abs(dir)
		if err == nil {
			err = os.MkdirAll(dir, 0o700)
		}
	} else {
		dir, err = os.MkdirTemp("", "mxodus-demo-")
	}
	if err != nil {
		return fmt.Errorf("the demonstration has no folder to lie in: %w; name one of yours with --dir", err)
	}
	samples, err := demo.Samples(dir)
	if err != nil {
		return err
	}
	if !keep {
		defer func() {
			_ = r.close()
			r.clearDemo(dir, samples)
		}()
	}
	world, err := demo.Start()
	if err != nil {
		return err
	}
	defer world.Close()
	s, err := r.OpenStoreAt(ctx, filepath.Join(dir, demoFile), world.Now)
	if err != nil {
		return err
	}
	r.store = s
	if _, err := demo.Moves(ctx, s); err != nil {
		return err
	}
	if err := world.Resume(ctx, s); err != nil {
		return err
	}
	// the wizard offers and saves files where it stands
	if err := os.Chdir(dir); err != nil {
		return fmt.Errorf("work in the demonstration's folder: %w", err)
	}
	w := r.wizardOn(demo.Repository{Repository: s, World: world}, world.Check)
	w.Demo, w.News = true, world.News
	r.say("demonstration in %s; sample rulesets lie there", dir)
	return r.show(ctx, w)
}

// demoAgain is the wizard on a store that the demonstration made, opened by
// another command: its world goes with it, else checks would ask the real
// internet for made-up names, and the record would go back in time.
func (r *run) demoAgain(ctx context.Context, mode access) (*wizard.Wizard, error) {
	if r.demo == nil {
		world, err := demo.Start()
		if err != nil {
			return nil, err
		}
		if err := world.Resume(ctx, r.store); err != nil {
			world.Close()
			return nil, err
		}
		if mode == toWrite && r.OpenStoreAt != nil { // what is written is dated by its clock
			path := r.store.Path()
			if err := r.close(); err != nil {
				return nil, err
			}
			again, err := r.OpenStoreAt(ctx, path, world.Now)
			if err != nil {
				world.Close()
				return nil, err
			}
			r.store = again
		}
		r.demo = world
		r.say("note: %s is the store of a demonstration: made-up organisations, a made-up internet, and a clock of its own", r.store.Path())
		if len(r.flags.resolvers) > 0 {
			r.say("note: the demonstration has its own resolvers; --resolver is left out")
		}
	}
	w := r.wizardOn(demo.Repository{Repository: r.store, World: r.demo}, r.demo.Check)
	w.Demo, w.News = true, r.demo.News
	return w, nil
}

// clearDemo takes away what the demonstration made, and says where the rest
// lies when someone saved files.
func (r *run) clearDemo(dir string, samples []string) {
	_ = os.Chdir(os.TempDir())
	for _, name := range append(samples, demoFile, demoFile+"-wal", demoFile+"-shm") {
		_ = os.Remove(filepath.Join(dir, name))
	}
	if os.Remove(dir) != nil {
		r.say("what you saved lies in %s", dir)
	}
}
