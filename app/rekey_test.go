//go:build unix

package main

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// TestRekey replaces the encryption key of a program that has orders, tokens and
// a key for Loop, breaks `rekey` off with kill -9, and takes the old key away.
func TestRekey(t *testing.T) {
	t.Parallel()
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			address := freeAddress(t)
			scene := scenery{environ: []string{portOf(t, address), "RETRY_BASE=20ms"}}
			if database == "postgres" {
				scene.database = postgrestest.URL(t)
			}
			s := surround(t, "http://"+address, scene)
			victim := s.start(t)
			s.furnished(t)
			s.giveLoopKey(t, theLoopKey)
			s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"return_portal_url":"https://portal.example"}`, nil)
			ids := []string{s.place(t, "AWAITING_SHIPMENT")}
			s.wellWritten(t, ids[0])
			victim.stop(t)

			fresh := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{9}, 32))
			s.environ = append(s.environ, "ENCRYPTION_KEY="+fresh+","+encryptionKey)
			victim = s.start(t)
			ids = append(ids, s.place(t, "AWAITING_SHIPMENT"))
			s.wellWritten(t, ids[1])
			code, out, errs := command(t, s.environ, "check")
			has(t, "check before", code, 0, out+errs, "tokens.access_sealed: sealed with the older key", "`switchback rekey`")
			if s.file != "" {
				code, _, errs = command(t, s.environ, "rekey")
				has(t, "rekey beside a server", code, 1, errs, "stop it first")
				victim.stop(t)
			}
			s.brokenOff(t)
			code, out, errs = command(t, s.environ, "rekey")
			has(t, "rekey", code, 0, out+errs, "tokens.access_sealed", "older keys may leave")
			if s.file == "" {
				victim.stop(t)
			}

			s.environ = append(s.environ, "ENCRYPTION_KEY="+fresh)
			victim = s.start(t)
			s.asBefore(t, ids)
			code, out, errs = command(t, s.environ, "check")
			has(t, "check after", code, 0, out+errs, "has sealed everything")
			victim.stop(t)
		})
	}
}

// brokenOff begins a rekey and kills it, wherever it is then.
func (s *stage) brokenOff(t *testing.T) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary(t), "rekey") //nolint:gosec // built by this test
	cmd.Env, cmd.Dir = s.environ, t.TempDir()
	check(t, cmd.Start())
	pause(t, 60*time.Millisecond)
	_ = cmd.Process.Kill() // it may be over already
	_ = cmd.Wait()
}

// asBefore wants orders of before to be found, and the work to go on.
func (s *stage) asBefore(t *testing.T, ids []string) {
	t.Helper()
	var settings struct {
		Link string `json:"return_link"`
	}
	s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/settings", "", &settings)
	for _, id := range ids {
		zip := s.one(t, sandbox.Shop, id).ShippingAddress.Zip
		if _, found := s.api(t, sandbox.Shop, http.MethodGet, "/api/orders?query="+zip, ""); !strings.Contains(found, id) {
			t.Errorf("order %s is not found by its ZIP: %s", id, found)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, settings.Link+"?order="+id+"&zip="+zip, nil)
		check(t, err)
		status, header, body, err := send(still, request)
		if err != nil || status != http.StatusFound || !strings.Contains(header.Get("Location"), id) {
			t.Errorf("the return link of %s: %d %s %s %v", id, status, header.Get("Location"), body, err)
		}
	}
	s.platforms.Shopify.ExpireTokens(sandbox.Shop)
	check(t, s.platforms.TikTok.ExpireTokens(sandbox.Seller))
	next := s.place(t, "AWAITING_SHIPMENT")
	s.wellWritten(t, next)
	s.until(t, func() error {
		_, body := s.api(t, sandbox.Shop, http.MethodPost, "/api/orders/"+next+"/loop-check", "")
		if strings.Contains(body, "loop_key_missing") {
			t.Errorf("the key for Loop is lost: %s", body)
		}
		return nil
	})
}
