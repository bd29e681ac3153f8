package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// deliver writes content to standard output (file "" or "-") or to a file, and
// says where.
func (r *run) deliver(file string, content []byte, force bool) error {
	if file == "" || file == "-" {
		_, err := r.Out.Write(content)
		return wrote(err)
	}
	if err := writeFile(file, content, force); err != nil {
		return err
	}
	r.say("written to %s", file)
	return nil
}

// writeFile writes a file as a whole or not at all, mode 0600: to a temporary
// name in the same folder, synced, then given its name. A file that is there
// is replaced only with force; a link is never followed.
func writeFile(file string, content []byte, force bool) error {
	if err := mayWrite(file, force); err != nil {
		return err
	}
	dir := filepath.Dir(file)
	f, err := os.CreateTemp(dir, ".mxodus-*.tmp") // O_EXCL, 0600
	if err != nil {
		return fileError("write", file, err)
	}
	temp := f.Name()
	defer os.Remove(temp) // gone already when all went well
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fileError("write", file, err)
	}
	if force {
		err = os.Rename(temp, file)
	} else if err = os.Link(temp, file); err != nil && !errors.Is(err, fs.ErrExist) && mayWrite(file, false) == nil {
		err = os.Rename(temp, file) // no links on this file system
	}
	if err != nil {
		return fileError("write", file, err)
	}
	if d, err := os.Open(dir); err == nil { // not every system can sync a folder
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

func mayWrite(file string, force bool) error {
	fi, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fileError("write", file, err)
	case fi.IsDir():
		return fmt.Errorf("%s is a folder; name a file in it", file)
	case !fi.Mode().IsRegular() && fi.Mode()&fs.ModeSymlink == 0:
		return fmt.Errorf("%s is no ordinary file; write to standard output instead", file)
	case !force:
		return fileError("write", file, fs.ErrExist)
	}
	return nil
}

// fileError says in a sentence what is wrong with a file.
func fileError(doing, file string, err error) error {
	name := file
	if file == "-" {
		name = "standard input"
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && doing == "write":
		if _, err := os.Stat(filepath.Dir(file)); err == nil {
			return fmt.Errorf("%s cannot be written in that folder; choose another", name)
		}
		return fmt.Errorf("the folder %s does not exist", filepath.Dir(file))
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s", name)
	case errors.Is(err, fs.ErrExist):
		return withHint(fmt.Errorf("%s exists already and was left as it is", name), "choose another name, or add --force")
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%s is a folder; name a file in it", name)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("the disk is full; %s was not written", name)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s may not be %s by you", name, map[string]string{"read": "read", "write": "written"}[doing])
	}
	return fmt.Errorf("cannot %s %s: %w", doing, name, err)
}

// inFile names the file that an error is about.
func inFile(file string, err error) error { return fmt.Errorf("%s: %w", file, err) }
