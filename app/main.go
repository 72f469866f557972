// Command switchback joins TikTok Shop, Shopify and Loop: see README.md.
//
// This package is the wiring and the commands. serve.go builds the program from
// its parts and is the file to read first; no rule lives here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	// Shops have time zones; a machine, and above all a container, may have none.
	_ "time/tzdata"

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Serve     serveCommand     `cmd:"" help:"Run Switchback: webhooks, pages, API and jobs."`
	Sandbox   sandboxCommand   `cmd:"" help:"Run Switchback with simulated platforms and tell the story of an order. No account, no network."`
	Health    healthCommand    `cmd:"" help:"Ask the server on this machine whether it can work; exits 1 when not. For containers."`
	Backup    backupCommand    `cmd:"" help:"Copy the SQLite database into a file while the server runs."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database to this version and exit."`
	Move      moveCommand      `cmd:"" help:"Move a SQLite database to an empty PostgreSQL one, whole or not at all."`
	Rekey     rekeyCommand     `cmd:"" help:"Seal all secrets with the first key of ENCRYPTION_KEY, so that the older ones may go."`
	Check     checkCommands    `cmd:"" help:"Check configuration, tokens, scopes, webhooks and clock, or one order in Loop; each line is ok or says how to mend it."`
	Explain   explainCommand   `cmd:"" help:"Tell everything that happened to one order, and why."`
	Import    importCommand    `cmd:"" help:"Bring single orders in now, also from before the start line."`
	Backfill  backfillCommand  `cmd:"" help:"Bring in the orders of a time span; --dry-run shows what it would do."`
	TestOrder testOrderCommand `cmd:"" help:"Send a test order to Shopify, see each step, and take it away again."`
	Replay    replayCommand    `cmd:"" help:"Start again what followed from webhooks that are kept; for support."`
	Reconcile reconcileCommand `cmd:"" help:"Compare what Shopify gave back with what TikTok paid, by order and in total."`
	Version   kong.VersionFlag `help:"Print the version."`
}

// world is what a command may touch of the process.
type world struct {
	ctx     context.Context
	environ []string
	out     io.Writer
	errs    io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(world{ctx: ctx, environ: os.Environ(), out: os.Stdout, errs: os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}

// run parses the arguments and runs the command; it returns the exit code:
// 0 done, 1 failed, 2 the arguments cannot be read.
func run(w world, args []string) int {
	var c commands
	code := -1
	parser, err := kong.New(&c,
		kong.Name("switchback"),
		kong.Description("TikTok Shop orders in Shopify, so that Loop finds them. Configuration is by environment; see README.md."),
		kong.Writers(w.out, w.errs),
		kong.Vars{"version": version()},
		kong.Exit(func(status int) { code = status }),
	)
	if err != nil {
		_, _ = fmt.Fprintln(w.errs, "switchback:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if code >= 0 { // --help and --version
		return code
	}
	if err != nil {
		_, _ = fmt.Fprintln(w.errs, "switchback:", err)
		return 2
	}
	if err := parsed.Run(w); err != nil && !errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintln(w.errs, "switchback:", err)
		return 1
	}
	return 0
}
