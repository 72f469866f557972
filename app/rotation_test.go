//go:build unix

package main

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"slices"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// pair are two processes on one PostgreSQL, restarted one after the other.
type pair struct {
	*stage
	front, back *child
	ids         []string
}

// TestRotationAcrossProcesses replaces the encryption key as the README says,
// one process after the other, and while orders come. In each moment the two
// have another list of keys; rekey runs in the worst of them, and again at the end.
func TestRotationAcrossProcesses(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	p := &pair{stage: surround(t, "http://"+address, scenery{database: postgrestest.URL(t), environ: []string{portOf(t, address), "RETRY_BASE=20ms"}})}
	old, fresh := encryptionKey, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{9}, 32))
	p.front, p.back = p.begin(t, web, nil), p.behind(t, old)
	p.until(t, p.ready)
	p.furnished(t)
	p.giveLoopKey(t, theLoopKey)
	p.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"return_portal_url":"https://portal.example"}`, nil)
	p.order(t)

	p.roll(t, old+","+fresh, nil)
	p.roll(t, fresh+","+old, func() {
		// One seals with the old key while everything is sealed anew: nothing is lost, and it may be left to do again.
		code, out, errs := p.rekey(t, fresh+","+old)
		if code != 0 {
			has(t, "rekey between two lists", code, 1, out+errs, "nothing was lost")
		}
	})
	code, out, errs := p.rekey(t, fresh+","+old)
	has(t, "rekey", code, 0, out+errs, "older keys may leave")
	p.roll(t, fresh, nil)
	p.environ = append(p.environ, "ENCRYPTION_KEY="+fresh)
	p.asBefore(t, p.ids)
	code, out, errs = command(t, p.environ, "check")
	has(t, "check", code, 0, out+errs, "has sealed everything")
	p.back.stop(t)
	p.front.stop(t)
}

// behind begins a worker with that list of keys.
func (p *pair) behind(t *testing.T, keys string) *child {
	t.Helper()
	address := freeAddress(t)
	c := p.begin(t, worker, []string{portOf(t, address), "ENCRYPTION_KEY=" + keys})
	p.until(t, func() error { return p.answering("http://" + address) })
	return c
}

// roll gives first the worker, then the other that list of keys; between the two
// orders come, and what is given happens.
func (p *pair) roll(t *testing.T, keys string, between func()) {
	t.Helper()
	p.back.stop(t)
	p.back = p.behind(t, keys)
	p.order(t)
	if between != nil {
		between()
		p.order(t)
	}
	p.front.stop(t)
	p.front = p.begin(t, web, []string{"ENCRYPTION_KEY=" + keys})
	p.until(t, p.ready)
	p.order(t)
}

// rekey runs it beside the processes.
func (p *pair) rekey(t *testing.T, keys string) (code int, out, errs string) {
	t.Helper()
	return command(t, append(slices.Clone(p.environ), "ENCRYPTION_KEY="+keys), "rekey")
}

// order has one written, by both platforms' tokens.
func (p *pair) order(t *testing.T) {
	t.Helper()
	p.platforms.Shopify.ExpireTokens(sandbox.Shop)
	check(t, p.platforms.TikTok.ExpireTokens(sandbox.Seller))
	id := p.place(t, "AWAITING_SHIPMENT")
	p.wellWritten(t, id)
	p.ids = append(p.ids, id)
}
