package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback"
	"github.com/switchbackhq/switchback/internal/appconfig"
	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/sandbox"
)

// sandboxCommand runs the program between simulated platforms: the same wiring
// as serve, with other addresses in its configuration.
type sandboxCommand struct {
	Once     bool   `help:"Tell the story, then exit: 0 when every step held."`
	Verbose  bool   `short:"v" help:"Show the program's own log."`
	Port     int    `default:"8080" env:"PORT" help:"Port of the program; any free one when it is taken."`
	Database string `help:"Database to use instead of a temporary SQLite file." placeholder:"sqlite:PATH|postgres://…"`
	Chaos    bool   `help:"Let TikTok and Shopify misbehave now and then: lost, repeated and late notifications, failing calls."`
	Seed     uint64 `help:"What goes wrong with --chaos, for the same again; 0 draws one."`
}

// Run starts the world and the program, tells the story and stays, unless Once.
func (c *sandboxCommand) Run(w world) error {
	folder, err := os.MkdirTemp("", "switchback-sandbox-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // temporary: what stays behind does no harm
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(folder, "switchback.db")
	}
	listener, err := listenNear(w.ctx, c.Port)
	if err != nil {
		return err
	}
	log := io.Discard
	if c.Verbose {
		log = w.errs
	}
	around, err := startSandbox(w.ctx, listener, c.Database, slog.New(slog.NewTextHandler(log, nil)), c.disturb)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w.out, "Switchback sandbox. Nothing here is real: no account, no network, no money.\n")
	story := sandbox.Story{World: around.platforms, App: around.app, Out: w.out}
	if c.Chaos {
		story.Patience = chaosPatience
		_, _ = fmt.Fprintf(w.out, "Chaos is on. The same again: switchback sandbox --chaos --seed %d\n", c.Seed)
	}
	told := story.Tell(w.ctx)
	if told == nil && c.Chaos {
		_, _ = fmt.Fprintf(w.out, "    %d calls were disturbed on the way, with seed %d.\n", around.platforms.Disturbed(), c.Seed)
	}
	if told == nil && !c.Once {
		_, _ = fmt.Fprintf(w.out, "\n    Everything stays open to play with. Ctrl-C ends it.\n\n    Start here: %s\n", around.platforms.URL.Index)
		<-w.ctx.Done()
	}
	return errors.Join(told, around.stop())
}

// chaosPatience is how long a step may take while things go wrong.
const chaosPatience = 2 * time.Minute

// disturb draws a seed where none is given, and turns chaos on when it is asked for.
func (c *sandboxCommand) disturb(o *sandbox.Options) {
	if !c.Chaos {
		return
	}
	for c.Seed == 0 {
		c.Seed = uint64(mathrand.Uint32()) //nolint:gosec // chance, not secrecy
	}
	o.Chaos = &sandbox.Chaos{Seed: c.Seed}
}

// surroundings are a running program and the platforms around it.
type surroundings struct {
	platforms *sandbox.World
	app       string
	stop      func() error
}

// startSandbox starts the platforms, and the program on the listener. Change may
// alter what the platforms are like.
func startSandbox(ctx context.Context, listener net.Listener, database string, log *slog.Logger, change ...func(*sandbox.Options)) (*surroundings, error) {
	declared, err := appconfig.Parse(switchback.AppTOML)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read shopify.app.toml: %w", err), listener.Close())
	}
	s := &surroundings{app: "http://" + listener.Addr().String()}
	options := sandbox.Options{AppURL: s.app, Scopes: declared.Scopes, Topics: slices.Concat(declared.Topics(), declared.ComplianceTopics())}
	for _, c := range change {
		c(&options)
	}
	s.platforms, err = sandbox.Start(ctx, options)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	cfg, err := sandboxConfig(s.platforms, database)
	if err != nil {
		return nil, errors.Join(err, listener.Close(), s.platforms.Close(ctx))
	}
	running, end := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- serve(running, cfg, everything, log, listener)
		end(errEnded) // nobody need wait for it
	}()
	s.stop = func() error {
		end(nil)
		return errors.Join(<-ended, s.platforms.Close(context.WithoutCancel(ctx)))
	}
	if err := s.ready(running); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

const (
	// readyWithin is generous: the machine may be compiling beside us.
	readyWithin = 2 * time.Minute
	readyEvery  = 20 * time.Millisecond
)

var errEnded = errors.New("it ended")

// ready waits until the program answers, or ends.
func (s *surroundings) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.app+"/readyz", nil)
		if err != nil {
			return fmt.Errorf("wait for the program: %w", err)
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the program: %w", context.Cause(ctx))
		case <-time.After(readyEvery):
		}
	}
}

// sandboxConfig is the configuration that an operator would write for this world.
func sandboxConfig(platforms *sandbox.World, database string) (config.Config, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return config.Config{}, fmt.Errorf("make a key: %w", err)
	}
	environ := append(platforms.Environment(), "DATABASE_URL="+database, "METRICS_ADDR=", "ENCRYPTION_KEY="+base64.StdEncoding.EncodeToString(key))
	return config.Load(environ, config.Encryption, config.ShopifyApp, config.TikTokApp)
}

// listenNear takes the port, or any other when somebody has it.
func listenNear(ctx context.Context, port int) (net.Listener, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil && strings.Contains(err.Error(), "in use") {
		listener, err = lc.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}
