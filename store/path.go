package store

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Path decides where the store lies: the flag --db, else MXODUS_DB, else
// mxodus/mxodus.db in XDG_DATA_HOME, else in ~/.local/share (XDG base
// directory specification: a relative XDG_DATA_HOME is ignored). The result is
// absolute. getenv is os.Getenv.
func Path(flag string, getenv func(string) string) (string, error) {
	for _, p := range []string{flag, getenv("MXODUS_DB")} {
		if p == "" {
			continue
		}
		abs, err := filepath.Abs(p)
		if err != nil {
			return "", fmt.Errorf("the database %q cannot be found from here: %w", p, err)
		}
		return abs, nil
	}
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "mxodus", "mxodus.db"), nil
	}
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if home := getenv(name); filepath.IsAbs(home) {
			return filepath.Join(home, ".local", "share", "mxodus", "mxodus.db"), nil
		}
	}
	return "", errors.New("no place to keep the database: there is no home folder (HOME) and no XDG_DATA_HOME; name a file with --db or MXODUS_DB")
}
