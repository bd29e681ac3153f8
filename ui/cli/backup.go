package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func (r *run) backupCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "backup FILE", Short: "Write a complete copy of all moves to a file",
		Long: `Writes a complete copy of all moves to FILE, readable by you alone, and looks
it through. Others may go on working meanwhile. Exit code 3 means that the copy
was written but the record of a move is broken, as in the original: restore
takes no such copy, though it can be opened with --db.`,
		Args: argCount(1, 1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := r.openStore(cmd.Context(), toRead)
			if err != nil {
				return missingStore(err)
			}
			if err := s.Backup(cmd.Context(), args[0], force); err != nil {
				return backupError(args[0], force, err)
			}
			r.say("all moves in %s are copied to %s", s.Path(), args[0])
			return copiedWhole(cmd.Context(), s, args[0])
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite FILE when it exists")
	return cmd
}

// copiedWhole returns the error that a record in the store, and so in its copy,
// is broken.
func copiedWhole(ctx context.Context, s Store, file string) error {
	moves, err := s.Moves(ctx)
	if err != nil {
		return err
	}
	for _, m := range moves {
		broken := error(nil)
		if m.Damaged != "" {
			broken = fmt.Errorf("move %s cannot be read: %s", m.ID, m.Damaged)
		} else if seq, why, err := s.VerifyJournal(ctx, m.ID); err != nil {
			return err
		} else if seq != 0 {
			broken = brokenRecord(m.ID, seq, why)
		}
		if broken != nil {
			return &exitError{code: ExitNotSafe, err: broken, hints: []string{
				"the copy was written and holds the same; restore will not take it, though it can be opened with --db " + file,
				"keep the backups made before: mxodus journal verify all names every record that is broken",
			}}
		}
	}
	return nil
}

// backupError says what stood in the way of a copy in the words for any file.
func backupError(file string, force bool, err error) error {
	for _, cause := range []error{fs.ErrExist, fs.ErrPermission, syscall.EROFS} {
		if errors.Is(err, cause) && !(force && cause == fs.ErrExist) {
			return fileError("write", file, cause)
		}
	}
	return err
}

func (r *run) restoreCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup in the place of all moves",
		Long: `Puts a backup in the place of the file that moves are kept in. The backup is
looked through first, and refused where it is damaged or a record in it is
broken; the present file is kept beside it under a dated name. Nobody else may
have the file open.`,
		Args: argCount(1, 1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := r.StorePath(r.flags.db)
			if err != nil {
				return err
			}
			if _, err := os.Stat(args[0]); err != nil {
				return fileError("read", args[0], err)
			}
			if !yes {
				if err := r.confirm(cmd.Context(), fmt.Sprintf("Replace all moves in %s by those in %s?", path, args[0])); err != nil {
					return err
				}
			}
			kept, err := r.RestoreStore(cmd.Context(), path, args[0])
			if err != nil {
				return err
			}
			if kept != "" {
				r.say("the former file is kept as %s", kept)
			}
			r.say("%s is in place at %s", args[0], path)
			return nil
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// confirm asks a question whose answer is no unless "yes" is typed.
func (r *run) confirm(ctx context.Context, question string) error {
	if !r.InTerminal() {
		return withHint(usage("this replaces data and nobody is there to ask"), "add --yes to go on without a question")
	}
	fmt.Fprintf(r.Err, "%s Type yes to go on: ", safe(question))
	line := make(chan string, 1)
	go func() {
		text, err := bufio.NewReader(io.LimitReader(r.In, 1024)).ReadString('\n')
		if err != nil && text == "" {
			text = "no"
		}
		line <- text
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(r.Err)
		return ctx.Err()
	case text := <-line:
		if strings.EqualFold(strings.TrimSpace(text), "yes") {
			return nil
		}
	}
	return fmt.Errorf("nothing was changed")
}
