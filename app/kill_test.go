//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// goesOn is how soon after a restart on SQLite the work has to go on.
const goesOn = 10 * time.Second

// TestKill kills the program with kill -9 at random moments while orders arrive
// and Shopify loses answers. Whatever the program had said 200 to is written
// soon after the restart, and in the end every order is in Shopify once.
//
// SOAK=1 kills fifty times; SEED repeats a run's moments.
func TestKill(t *testing.T) {
	t.Parallel()
	kills := soaks(3, 50)
	chance := rand.New(rand.NewPCG(seedOf(t), 0))
	// Nothing but the program itself prevents a second order here.
	s := killable(t, scenery{dropMetafield: true})
	var orders []string
	for n := range kills {
		for range 8 {
			s.mayLose(chance)
			orders = append(orders, s.place(t, "AWAITING_SHIPMENT"))
		}
		pause(t, time.Duration(chance.IntN(500))*time.Millisecond)
		s.program.kill(t)
		acknowledged := s.acknowledged()
		restart := time.Now()
		s.program = s.start(t)
		s.writtenSoon(t, acknowledged, restart)
		t.Logf("kill %d: %d orders acknowledged, all written %v after the restart", n+1, len(acknowledged), time.Since(restart).Round(time.Millisecond))
		s.deliverAgain(t)
	}
	for _, id := range orders {
		s.orderIs(t, sandbox.Shop, id, "written", "")
		s.one(t, sandbox.Shop, id)
	}
	if n := len(s.platforms.Shopify.Orders(sandbox.Shop)); n != len(orders) {
		t.Errorf("Shopify has %d orders, TikTok %d", n, len(orders))
	}
	s.program.stop(t)
}

// mortal is a stage with a program that will be killed: it comes back under the
// same address, and its retries come soon.
type mortal struct {
	*stage
	program *child
}

func killable(t *testing.T, sc scenery) *mortal {
	t.Helper()
	address := freeAddress(t)
	sc.environ = append(sc.environ, portOf(t, address), "RETRY_BASE=20ms")
	s := surround(t, "http://"+address, sc)
	m := &mortal{s, s.start(t)}
	s.furnished(t)
	return m
}

// killedBetween has each of some fresh orders changed, kills the program, has
// them changed again while it is away, and starts it; as often as it is told to.
// Between a change and the kill passes a moment of chance. Afterwards the
// program runs, and nothing fails any more.
func killedBetween[O interface{ number() string }](t *testing.T, s *mortal, chance *rand.Rand, kills int, fresh func() []O, faults func(), change func(O)) (all []O) {
	t.Helper()
	for range kills {
		orders := fresh()
		for _, o := range orders {
			s.orderIs(t, sandbox.Shop, o.number(), "written", "")
		}
		faults()
		for _, o := range orders {
			change(o)
		}
		pause(t, time.Duration(chance.IntN(300))*time.Millisecond)
		s.program.kill(t)
		for _, o := range orders {
			change(o) // nobody hears of it at once
		}
		s.program = s.start(t)
		s.deliverAgain(t)
		all = append(all, orders...)
	}
	s.platforms.TikTokFaults.Clear()
	s.platforms.ShopifyFaults.Clear()
	return all
}

// mayLose lets Shopify dawdle over one of the next orders, or lose its answer, or neither.
func (s *stage) mayLose(chance *rand.Rand) {
	kinds := []chaos.Kind{chaos.Slow, chaos.Slow, chaos.Slow, chaos.CutAfter, chaos.CutBefore, chaos.LateCommit}
	if n := chance.IntN(2 * len(kinds)); n < len(kinds) {
		s.platforms.ShopifyFaults.Add("orderCreate", chaos.Fault{Kind: kinds[n], After: 50 * time.Millisecond}, 1)
	}
}

// freeAddress is one that nobody listens at now.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}

// pause lets the program work for a while: the moment of the kill is the test's subject.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

// child is a running `switchback serve`.
type child struct {
	cmd *exec.Cmd
	log *journal
}

// start runs `serve` as an operator would, and waits until it is ready.
func (s *stage) start(t testing.TB) *child {
	t.Helper()
	c := s.begin(t, everything, nil)
	s.until(t, s.ready)
	return c
}

// begin runs `serve` in that role and waits for nothing; more is added to its environment.
func (s *stage) begin(t testing.TB, as role, more []string) *child {
	t.Helper()
	log := newJournal(t)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary(t), "serve", "--role", string(as)) //nolint:gosec // built by this test
	cmd.Env, cmd.Stderr, cmd.Dir = slices.Concat(s.environ, more), log, t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // long gone, unless the test failed
	return &child{cmd, log}
}

func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var killed *exec.ExitError
	if err := c.cmd.Wait(); !errors.As(err, &killed) || killed.Exited() {
		t.Fatalf("the program ended before it was killed: %v", err)
	}
	c.log.check(t)
}

// stop ends it as a service manager does.
func (c *child) stop(t testing.TB) {
	t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	c.log.check(t)
}

// acknowledged are the orders whose notification was answered with 200.
func (s *stage) acknowledged() (ids []string) {
	for _, d := range s.platforms.TikTok.Deliveries() {
		if slices.ContainsFunc(d.Attempts, accepted) {
			ids = append(ids, orderOf(d.Body))
		}
	}
	return ids
}

// writtenSoon waits for orders to be in Shopify, and no longer than the work may take to go on.
func (s *stage) writtenSoon(t *testing.T, ids []string, restart time.Time) {
	t.Helper()
	err := within(t.Context(), time.Until(restart.Add(goesOn)), func() error {
		var missing []string
		for _, id := range ids {
			if len(s.written(sandbox.Shop, id)) == 0 {
				missing = append(missing, id)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("acknowledged and not written: %v", missing)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v after the restart: %v", time.Since(restart), err)
	}
}

// deliverAgain is TikTok trying once more what was not answered with 200.
func (s *stage) deliverAgain(t *testing.T) {
	t.Helper()
	s.settled(t)
	for _, d := range s.platforms.TikTok.Deliveries() {
		if d.Address != "" && !slices.ContainsFunc(d.Attempts, accepted) {
			if err := s.platforms.TikTok.Redeliver(d.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.settled(t)
}
