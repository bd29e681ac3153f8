package wizard

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mxodus/steps/clean"
)

// startedIn is the folder from which the program was started. The
// demonstration works in a folder of its own, but people type paths as seen
// from where they stood.
var startedIn, _ = os.Getwd()

// FindFile returns where the file lies that a path typed by a person means: as
// seen from the folder the program works in, else from the one it was started
// in. A file that is not there is named with the folders that were looked in.
func FindFile(path string) (string, error) {
	path = ExpandPath(path)
	_, err := os.Stat(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return path, plainPath(path, err)
	}
	if filepath.IsAbs(path) {
		return path, fmt.Errorf("there is no file %s; check the path", clean.Line(path))
	}
	here, _ := os.Getwd()
	looked := string(clean.Line(here))
	if startedIn != "" && startedIn != here {
		at := filepath.Join(startedIn, path)
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
			return at, plainPath(at, err)
		}
		looked += ", nor in " + string(clean.Line(startedIn))
	}
	return path, fmt.Errorf("there is no file %s in %s; check the path, or give the whole of it, from the first folder on", clean.Line(path), looked)
}

// plainPath says in words why the system does not show what lies at a path.
func plainPath(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("you do not have the permission to read %s", clean.Line(path))
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("%s cannot be read: %w", clean.Line(path), err)
}
