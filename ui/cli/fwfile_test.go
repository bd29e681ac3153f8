package cli

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"mxodus/steps/check/firewall"
)

// TestRulesetErrors: what the system says of a file is put in words, with what
// to do, and none of its own words are left.
func TestRulesetErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fs.ErrNotExist, "there is no file edge.rules"},
		{syscall.ENOTDIR, "there is no file edge.rules"},
		{fs.ErrPermission, "may not be read by you"},
		{syscall.EISDIR, "is a folder"},
		{syscall.ENAMETOOLONG, "longer than this system allows"},
		{errors.New("read |0: input/output error"), "could not be read to its end"},
	} {
		got := rulesetError("edge.rules", &fs.PathError{Op: "open", Path: "edge.rules", Err: c.err}).Error()
		if !strings.Contains(got, c.want) || strings.Contains(got, "open ") || strings.Contains(got, "input/output") {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

// TestFirewallTooBig: one byte over the limit is refused, by file and by pipe.
func TestFirewallTooBig(t *testing.T) {
	big := strings.Repeat("#\n", firewall.MaxBytes/2) + "#"
	got := call{args: []string{"firewall", "check", "-", "--region", "au", "--server", mailServer}, in: big}.run(t)
	if got.code != ExitError || !strings.Contains(got.err, "standard input: the file is larger than 50 MB") {
		t.Errorf("%+v", got)
	}
}
