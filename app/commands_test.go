package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

// command runs one command of the program in this process.
func command(t *testing.T, environ []string, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(world{ctx: t.Context(), environ: environ, out: &stdout, errs: &stderr}, args)
	return code, stdout.String(), stderr.String()
}

// has holds a command's outcome to its exit code and to what it must say.
func has(t *testing.T, what string, code, want int, text string, words ...string) {
	t.Helper()
	if code != want {
		t.Errorf("%s: exit code %d, want %d\n%s", what, code, want, text)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%s does not say %q:\n%s", what, word, text)
		}
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	code, out, errs := command(t, nil, "--help")
	has(t, "--help", code, 0, out, "serve", "sandbox", "migrate", "check", "explain", "README.md")
	if errs != "" {
		t.Errorf("--help complains: %s", errs)
	}
	code, out, _ = command(t, nil, "explain", "--help")
	has(t, "explain --help", code, 0, out, "TikTok order number")
	code, out, _ = command(t, nil, "--version")
	has(t, "--version", code, 0, out, version())
	for _, args := range [][]string{{"frobnicate"}, {"serve", "--frobnicate"}, {"explain"}, {}} {
		code, out, errs := command(t, nil, args...)
		has(t, "switchback "+strings.Join(args, " "), code, 2, errs, "switchback:")
		if out != "" {
			t.Errorf("%v writes to standard output: %s", args, out)
		}
	}
}

// The binary needs no configuration to say what it can do, and touches nothing.
func TestBinaryWithoutConfiguration(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--help"}, 0, "Usage: switchback"}, {[]string{"frobnicate"}, 2, "frobnicate"}, {[]string{"serve"}, 1, "ENCRYPTION_KEY"},
	} {
		cmd := exec.CommandContext(t.Context(), binary(t), c.args...) //nolint:gosec // built by this test
		cmd.Env, cmd.Dir = []string{}, t.TempDir()
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		has(t, strings.Join(c.args, " "), cmd.ProcessState.ExitCode(), c.code, string(out), c.says)
		if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) > 0 {
			t.Errorf("%v leaves %v behind, %v", c.args, left, err)
		}
	}
}

func TestSandboxOnce(t *testing.T) {
	t.Parallel()
	code, out, errs := command(t, nil, "sandbox", "--once", "--port", "0")
	has(t, "sandbox --once", code, 0, out+errs, "10. ", "Every step held", "name 5769", "found: 5769")
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "new", "switchback.db")
	environ := []string{"DATABASE_URL=sqlite:" + file, "ENCRYPTION_KEY=" + encryptionKey}
	for range 2 {
		code, out, errs := command(t, environ, "migrate")
		has(t, "migrate", code, 0, out+errs, "this program's version")
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the database: %v, %v", info, err)
	}
	code, _, errs := command(t, environ[:1], "migrate")
	has(t, "migrate without a key", code, 1, errs, "ENCRYPTION_KEY")
}

// A second server, or a migration, beside a running one is refused and breaks nothing.
func TestBesideARunningServer(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{environ: []string{"PORT=0"}})
	for _, name := range []string{"migrate", "serve"} {
		code, _, errs := command(t, s.environ, name)
		has(t, name, code, 1, errs, "another process uses this database")
	}
	s.furnished(t)
	s.wellWritten(t, s.place(t, "AWAITING_SHIPMENT"))
}

func TestExplain(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	id := s.place(t, "AWAITING_SHIPMENT")
	s.wellWritten(t, id)
	gid := s.one(t, sandbox.Shop, id).GID
	for _, writing := range []string{id, "#" + id, " " + id + " "} {
		code, out, errs := command(t, s.environ, "explain", writing)
		has(t, "explain", code, 0, out+errs, "TikTok order "+id, "state    written", "ship by  2", gid, "total 19.49 USD", "event", "decision", "call", "change", "cause=webhook:")
	}
	code, _, errs := command(t, s.environ, "explain", "576900000000000000")
	has(t, "explain of an unknown order", code, 1, errs, "576900000000000000", "unknown")
	code, _, errs = command(t, s.environ, "explain", "what is it")
	has(t, "explain of no number", code, 1, errs, "switchback:")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	code, out, _ := command(t, s.environ, "check")
	has(t, "check before anybody installed", code, 0, out, "ok     configuration", "ok     clock", "ok     database", "none has installed")
	s.open(t, sandbox.Shop)
	code, out, _ = command(t, s.environ, "check")
	has(t, "check without TikTok", code, 1, out, "no TikTok shop is connected", "fix: ")
	s.furnished(t)
	code, out, errs := command(t, s.environ, "check")
	has(t, "check", code, 0, out+errs, "token good, scopes complete", "token good, webhooks come here", "listed and off: currency_mismatch")
	if strings.Contains(out, "FAULT") {
		t.Error(out)
	}

	code, out, errs = command(t, append(s.environ, "APP_URL=https://moved.example.com"), "check")
	has(t, "check from another address", code, 1, out+errs, "webhooks", "not sent here: ", "ORDER_STATUS_CHANGE", "https://moved.example.com/webhooks/tiktok")
	code, out, errs = command(t, append(s.environ, "TIKTOK_API_URL="+s.skewed(t, -2*time.Minute)), "check")
	has(t, "check with a clock ahead", code, 1, out+errs, "FAULT  clock", "off by 2m", "NTP")

	if err := s.platforms.Shopify.GrantScopes(sandbox.Shop, "read_products"); err != nil {
		t.Fatal(err)
	}
	if err := s.platforms.TikTok.Deauthorize(sandbox.Seller); err != nil {
		t.Fatal(err)
	}
	s.idle(t)
	code, out, _ = command(t, s.environ, "check")
	has(t, "check without permissions", code, 1, out, "FAULT  stoneware.myshopify.com scopes", "missing: ", "write_orders", "deauthorized")
}

// check looks at tokens and renews none: a running server does that.
func TestCheckOfExpiredTokens(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{})
	s.furnished(t)
	s.platforms.Shopify.ExpireTokens(sandbox.Shop)
	if err := s.platforms.TikTok.ExpireTokens(sandbox.Seller); err != nil {
		t.Fatal(err)
	}
	renewals := s.counting(5)
	code, out, _ := command(t, s.environ, "check")
	has(t, "check", code, 1, out, "FAULT  stoneware.myshopify.com token", "open the app", "FAULT  tiktok shop "+sandbox.TikTokShop+" token")
	if n := renewals() + s.tiktokRefreshes(); n != 0 {
		t.Errorf("check renewed %d tokens", n)
	}
}

func TestCheckWithoutPlatformOrDatabase(t *testing.T) {
	t.Parallel()
	s := surround(t, "http://127.0.0.1:1", scenery{})
	code, out, _ := command(t, append(s.environ, "TIKTOK_API_URL=http://127.0.0.1:1"), "check")
	has(t, "check", code, 1, out, "ok     configuration", "TikTok cannot be reached", "FAULT  database", "switchback migrate")
	if _, err := os.Stat(s.file); err == nil {
		t.Error("check made a database")
	}
}

// skewed is TikTok with another time.
func (s *stage) skewed(t *testing.T, by time.Duration) string {
	t.Helper()
	to, err := url.Parse(s.platforms.URL.TikTok)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(r *http.Response) error {
		r.Header.Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		return nil
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// A sandbox that cannot have its database says so, instead of telling a story without a program.
func TestSandboxWithoutDatabase(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	code, out, errs := command(t, nil, "sandbox", "--once", "--port", "0", "--database", "sqlite:"+folder)
	has(t, "sandbox on a folder", code, 1, errs, "open database")
	if strings.Contains(out, "1. ") {
		t.Errorf("it began to tell: %s", out)
	}
}
