//go:build unix

package main

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// TestProcesses has three processes on one PostgreSQL, begun at once on an empty
// database: one takes requests, two run jobs. A worker is killed with kill -9
// while orders arrive, leave in parcels and are given back, and both platforms
// lose answers. In the end every order is in Shopify once, every unit is in one
// parcel, and each buyer has back what Shopify says.
//
// SEED repeats a run's orders and moments.
func TestProcesses(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(seedOf(t), 4))
	database := postgrestest.URL(t)
	address := freeAddress(t)
	// Nothing but the program itself prevents a second order here.
	s := surround(t, "http://"+address, scenery{
		database: database, dropMetafield: true, bucket: 20_000, restore: 1_000, environ: []string{portOf(t, address), "RETRY_BASE=20ms"},
	})
	front := s.begin(t, web, nil)
	victim, _ := s.worker(t)
	other, otherReady := s.worker(t)
	s.until(t, s.ready)
	s.until(t, otherReady)
	s.furnished(t)
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings",
		`{"pull_fulfillments":true,"push_fulfillments":true,"pull_refunds":true,"push_refunds":true}`, nil)

	var sent []*dispatch
	var back []*restitution
	for range 4 {
		sent = append(sent, s.dispatched(t, chance))
		back = append(back, s.bought(t, chance))
	}
	for n := range sent {
		s.orderIs(t, sandbox.Shop, sent[n].id, "written", "")
		s.orderIs(t, sandbox.Shop, back[n].id, "written", "")
	}
	s.mayLoseParcels(chance)
	s.mayLoseRefunds(chance)
	var late []string
	for n := range sent {
		s.leave(t, chance, sent[n])
		s.giveBack(t, chance, back[n])
		s.mayLose(chance)
		late = append(late, s.place(t, "AWAITING_SHIPMENT"))
	}
	pause(t, time.Duration(chance.IntN(400))*time.Millisecond)
	victim.kill(t)
	for n := range sent { // one worker goes on
		s.leave(t, chance, sent[n])
		s.giveBack(t, chance, back[n])
	}
	s.settled(t)
	s.platforms.TikTokFaults.Clear()
	s.platforms.ShopifyFaults.Clear()
	for _, id := range late {
		s.orderIs(t, sandbox.Shop, id, "written", "")
	}
	for n := range sent {
		s.until(t, func() error { return errors.Join(s.agreed(sent[n]), s.even(t, back[n])) })
		late = append(late, sent[n].id, back[n].id)
	}
	for _, id := range late {
		s.one(t, sandbox.Shop, id)
	}
	if n := len(s.platforms.Shopify.Orders(sandbox.Shop)); n != len(late) {
		t.Errorf("Shopify has %d orders, TikTok %d", n, len(late))
	}
	front.stop(t)
	other.stop(t)
}

// worker begins one that answers its probes at an address of its own.
func (s *stage) worker(t *testing.T) (c *child, ready func() error) {
	t.Helper()
	address := freeAddress(t)
	c = s.begin(t, worker, []string{portOf(t, address)})
	return c, func() error { return s.answering("http://" + address) }
}

// answering asks a process at an address of its own whether it is ready.
func (s *stage) answering(address string) error {
	status, body, err := s.get(address + "/readyz")
	if err == nil && status != http.StatusOK {
		err = errors.New(body)
	}
	return err
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return "PORT=" + port
}

// A worker shows no page and takes no delivery.
func TestAWorkerAnswersProbesOnly(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	s := surround(t, "http://"+address, scenery{database: postgrestest.URL(t), environ: []string{portOf(t, address)}})
	c := s.begin(t, worker, nil)
	s.until(t, s.ready)
	for _, path := range []string{"/", "/api/orders", "/auth"} {
		if status, body, err := s.get(s.app + path); err != nil || status != http.StatusNotFound {
			t.Errorf("%s: %d %s, %v", path, status, body, err)
		}
	}
	c.stop(t)
}

// One process has a SQLite file: it cannot share the work.
func TestSQLiteHasOneRole(t *testing.T) {
	t.Parallel()
	s := surround(t, "http://127.0.0.1:1", scenery{environ: []string{"PORT=0"}})
	for _, as := range []string{"web", "worker"} {
		code, _, errs := command(t, s.environ, "serve", "--role", as)
		has(t, "serve --role "+as, code, 1, errs, "a SQLite database has one process")
	}
	code, _, errs := command(t, s.environ, "serve", "--role", "cook")
	has(t, "serve --role cook", code, 2, errs, "web")
}
