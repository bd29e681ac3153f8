//go:build unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

const noFollow = syscall.O_NOFOLLOW

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

func isReadOnlyFS(err error) bool { return errors.Is(err, syscall.EROFS) }

func ownedByUs(fi fs.FileInfo) (owner string, mine bool) {
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return "", true
	}
	uid := strconv.Itoa(int(st.Uid))
	if int(st.Uid) == os.Geteuid() {
		return uid, true
	}
	if u, err := user.LookupId(uid); err == nil {
		return u.Username, false
	}
	return uid, false
}

func links(fi fs.FileInfo) uint64 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 1
}

// openToAll reports a folder in which anyone may rename files: writable by
// all without the sticky bit.
func openToAll(fi fs.FileInfo) bool {
	return fi.Mode().Perm()&0o002 != 0 && fi.Mode()&fs.ModeSticky == 0
}

// unwritable says why neither file nor folder can be written, or nil. The
// folder counts: the write-ahead log is made in it.
func unwritable(path string) error {
	if err := unix.Access(path, unix.W_OK); err != nil {
		return err
	}
	return unix.Access(filepath.Dir(path), unix.W_OK|unix.X_OK)
}

// chmodNoFollow changes the mode of the file that was looked at, and of no
// other that may have been put in its place.
func chmodNoFollow(path string, looked fs.FileInfo, mode fs.FileMode) error {
	err := unix.Fchmodat(unix.AT_FDCWD, path, uint32(mode), unix.AT_SYMLINK_NOFOLLOW)
	if err == nil || !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	// Kernels before Linux 6.6: look once more, then change by name.
	fi, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(fi, looked) {
		return fs.ErrExist
	}
	return os.Chmod(path, mode)
}

// syncDir makes a new or renamed entry of a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) { // file systems that cannot sync folders
		err = nil
	}
	return errors.Join(err, d.Close())
}
