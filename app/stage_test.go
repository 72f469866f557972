package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchbackhq/switchback"
	"github.com/switchbackhq/switchback/internal/appconfig"
	"github.com/switchbackhq/switchback/internal/config"
	"github.com/switchbackhq/switchback/internal/sandbox"
)

const (
	// encryptionKey seals the tests' databases, so that a second process can open them.
	encryptionKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	// patience is how long a test waits for what has to come.
	patience = 2 * time.Minute
)

// stage is the program and the platforms around it, as a test meets them: from outside.
type stage struct {
	platforms *sandbox.World
	app       string
	// environ is the program's whole environment, for other commands beside it.
	environ []string
	// file is the SQLite file, empty on PostgreSQL.
	file string
	// log is the program's, if it runs in this process.
	log *journal

	patient sync.Mutex
	// again is when the platforms deliver next what was not kept.
	again time.Time
}

// scenery says what differs from the usual.
type scenery struct {
	// database is a PostgreSQL address; empty means a SQLite file of the test's own.
	database string
	// dropMetafield chooses what Shopify does with a second order of one number.
	dropMetafield bool
	// bucket and restore are Shopify's query budget; 0 is that of its standard plan.
	bucket, restore float64
	environ         []string
	// topics are sent to the app beside those that it subscribes to.
	topics []string
	// chaos makes both platforms misbehave; nil leaves them alone.
	chaos *sandbox.Chaos
	// hostile tests send requests that contracts do not allow on purpose.
	hostile bool
}

// play starts platforms and program; both end with the test, which fails when
// a request broke a platform's contract or the log holds what it must not.
func play(t testing.TB, scene scenery) *stage {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := surround(t, "http://"+listener.Addr().String(), scene)
	if s.file != "" {
		if err := os.WriteFile(s.file, migrated(t), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.serve(t, listener)
	return s
}

// surround starts the platforms alone, for a program that answers at app.
func surround(t testing.TB, app string, scene scenery) *stage {
	t.Helper()
	declared, err := appconfig.Parse(switchback.AppTOML)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{app: app}
	s.platforms, err = sandbox.Start(t.Context(), sandbox.Options{
		AppURL: app, Scopes: declared.Scopes, Topics: slices.Concat(declared.Topics(), declared.ComplianceTopics(), scene.topics), DropDuplicateMetafield: scene.dropMetafield,
		Chaos: scene.chaos, KeepRefreshTokens: scene.chaos != nil,
		BucketSize: scene.bucket, RestoreRate: scene.restore,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.platforms.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if broken := s.platforms.Violations(); len(broken) > 0 && !scene.hostile {
			t.Errorf("requests that the platforms' contracts do not allow:\n  %s", strings.Join(broken, "\n  "))
		}
	})
	database := scene.database
	if database == "" {
		s.file = filepath.Join(t.TempDir(), "switchback.db")
		database = "sqlite:" + s.file
	}
	s.environ = slices.Concat(s.platforms.Environment(),
		[]string{"DATABASE_URL=" + database, "METRICS_ADDR=", "ENCRYPTION_KEY=" + encryptionKey}, scene.environ)
	return s
}

// serve runs the program in this process, as `serve` does.
func (s *stage) serve(t testing.TB, listener net.Listener) {
	t.Helper()
	cfg, err := config.Load(s.environ, config.Encryption, config.ShopifyApp, config.TikTokApp)
	if err != nil {
		t.Fatal(err)
	}
	if s.variable("LOG_FORMAT") == "" {
		cfg.LogFormat = "text" // for people, who read it with a test that fails
	}
	running, end := context.WithCancel(context.WithoutCancel(t.Context()))
	log := newJournal(t)
	s.log = log
	ended := make(chan error, 1)
	go func() {
		ended <- serve(running, cfg, everything, newLog(cfg, log), listener)
	}()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		log.check(t)
	})
	s.until(t, s.ready)
}

func (s *stage) ready() error {
	status, body, err := s.get(s.app + "/readyz")
	if err != nil {
		return err
	}
	if status != 200 {
		return errors.New(body)
	}
	return nil
}

// variable is one of the program's environment.
func (s *stage) variable(name string) string {
	for _, pair := range slices.Backward(s.environ) {
		if value, found := strings.CutPrefix(pair, name+"="); found {
			return value
		}
	}
	return ""
}

// until asks again until the answer is there. Meanwhile the platforms deliver
// again what the program, on a busy machine, could not keep in time.
func (s *stage) until(t testing.TB, ask func() error) {
	t.Helper()
	err := within(t.Context(), patience, func() error {
		s.deliverUnkept()
		return ask()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// deliverUnkept repeats, every second at most, what was answered with 503.
func (s *stage) deliverUnkept() {
	s.patient.Lock()
	defer s.patient.Unlock()
	if time.Now().Before(s.again) {
		return
	}
	s.again = time.Now().Add(time.Second)
	s.platforms.Shopify.RetryFailedWebhooks()
	for _, d := range s.platforms.TikTok.Deliveries() {
		if n := len(d.Attempts); n > 0 && d.Attempts[n-1].Status == http.StatusServiceUnavailable {
			_ = s.platforms.TikTok.Redeliver(d.ID) // it has an address, or it would have no attempt
		}
	}
}

// within is the one place where tests wait.
func within(ctx context.Context, limit time.Duration, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for {
		last := ask()
		if last == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), last)
		case <-ticks.C:
		}
	}
}

// journal is the program's log: shown with a test that fails, and searched.
type journal struct {
	mu   sync.Mutex
	out  io.Writer
	text bytes.Buffer
}

// newJournal shows nothing in a benchmark, whose log would be what it measures.
func newJournal(t testing.TB) *journal {
	if _, bench := t.(*testing.B); bench {
		return &journal{out: io.Discard}
	}
	return &journal{out: t.Output()}
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Write(line)
	return j.out.Write(line)
}

// whole is all that was logged so far.
func (j *journal) whole() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// check looks for secrets, tokens and buyers' data of the simulated world.
func (j *journal) check(t testing.TB) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, private := range []string{
		"sandbox-shopify-secret", "sandbox-tiktok-secret", theLoopKey, encryptionKey, "shpat_", "shprt_", "TTP_SIM_", "eyJ",
		"Whitfield", "Osei", "Example Trail", "SW1A 2AA", "scs.tiktokw.us",
	} {
		if strings.Contains(j.text.String(), private) {
			t.Errorf("the log holds %q", private)
		}
	}
}
