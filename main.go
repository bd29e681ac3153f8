// Command mxodus is a wizard for moving mail onto Mimecast, or between its
// regions.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"

	"mxodus/store"
	"mxodus/ui/cli"
)

// version is set by release builds with -ldflags "-X main.version=...".
var version string

// heapGrowth is by how many percent the heap may grow before it is collected,
// half of what Go takes by itself: a firewall's export of ten thousand rules
// is answered in less memory, and the small heap of the wizard costs next to
// nothing to collect. GOGC in the environment comes first.
const heapGrowth = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := cli.Run(ctx, cli.Env{
		Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv,
		InTerminal:  func() bool { return isatty.IsTerminal(os.Stdin.Fd()) },
		OutTerminal: func() bool { return isatty.IsTerminal(os.Stdout.Fd()) },
		StorePath:   func(flag string) (string, error) { return store.Path(flag, os.Getenv) },
		OpenStore: func(ctx context.Context, path string, readOnly bool) (cli.Store, error) {
			return store.Open(ctx, path, store.Options{ReadOnly: readOnly})
		},
		OpenStoreAt: func(ctx context.Context, path string, now func() time.Time) (cli.Store, error) {
			return store.Open(ctx, path, store.Options{Now: now})
		},
		RestoreStore: func(ctx context.Context, path, backup string) (string, error) {
			return store.Restore(ctx, backup, path, store.Options{})
		},
		Version: buildVersion(),
	})
	stop()
	os.Exit(code)
}

func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
