//go:build !unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Outside Unix the rights of a file in the user's profile are inherited from
// it; there are no mode bits to check.
const noFollow = 0

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG) }

func isReadOnlyFS(error) bool { return false }

func ownedByUs(fs.FileInfo) (string, bool) { return "", true }

func links(fs.FileInfo) uint64 { return 1 }

func openToAll(fs.FileInfo) bool { return false }

func unwritable(path string) error {
	fi, err := os.Stat(path)
	if err == nil && fi.Mode().Perm()&0o200 == 0 {
		return fs.ErrPermission
	}
	return err
}

func chmodNoFollow(path string, _ fs.FileInfo, mode fs.FileMode) error { return os.Chmod(path, mode) }

func syncDir(string) error { return nil }
