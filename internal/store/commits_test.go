package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// gate is a commit that waits to be let through.
type gate struct {
	entered chan int
	leave   chan error
}

func newGate() *gate { return &gate{entered: make(chan int), leave: make(chan error)} }

func (g *gate) commit(_ context.Context, batch []*unit) error {
	g.entered <- len(batch)
	return <-g.leave
}

func newDelivery(ctx context.Context) *unit {
	u := newUnit(ctx, nil)
	u.delivery = true
	return u
}

func TestUnitsShareACommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		in := startCommits(g.commit)
		var group sync.WaitGroup
		send := func() {
			if err := in.do(newDelivery(t.Context())); err != nil {
				t.Error(err)
			}
		}
		group.Go(send)
		if n := <-g.entered; n != 1 {
			t.Errorf("a lone delivery waits for %d others", n-1)
		}
		for range commitBatch + 5 {
			group.Go(send)
		}
		synctest.Wait()
		g.leave <- nil
		for _, want := range []int{commitBatch, 5} {
			if n := <-g.entered; n != want {
				t.Errorf("%d in a commit, want %d", n, want)
			}
			g.leave <- nil
		}
		group.Wait()
		in.close()
	})
}

func TestTooManyAreTurnedAwayAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		in := startCommits(g.commit)
		ctx, giveUp := context.WithCancel(t.Context())
		var group sync.WaitGroup
		errs := make(chan error, commitRoom)
		send := func() { errs <- in.do(newDelivery(ctx)) }
		first := make(chan error, 1)
		group.Go(func() { first <- in.do(newDelivery(ctx)) })
		<-g.entered // being committed; the others wait
		for range commitRoom {
			group.Go(send)
		}
		synctest.Wait()
		start := time.Now()
		if err := in.do(newDelivery(t.Context())); !errors.Is(err, ErrBusy) || time.Since(start) != 0 {
			t.Errorf("one too many: got %v after %v", err, time.Since(start))
		}
		giveUp()
		for range commitRoom {
			if err := <-errs; !errors.Is(err, context.Canceled) {
				t.Fatalf("a sender that gave up: %v", err)
			}
		}
		g.leave <- nil // none of those who gave up is committed
		group.Wait()
		if err := <-first; err != nil {
			t.Errorf("what was being committed is kept: %v", err)
		}
		in.close()
	})
}

// A commit that hangs keeps a delivery no longer than the delivery's own time:
// the platform hears that it must come again, and a gone sender changes nothing.
func TestAHangingCommitKeepsNoDeliveryWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		in := startCommits(g.commit)
		ctx, cancel := context.WithTimeout(t.Context(), receiveTimeout)
		defer cancel()
		start, late := time.Now(), make(chan error, 1)
		go func() { late <- in.do(newDelivery(ctx)) }()
		<-g.entered
		if err := <-late; !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != receiveTimeout {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		g.leave <- nil // the commit went on without it
		in.close()
	})
}

func TestClosingTurnsAwayWhoeverWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		in := startCommits(g.commit)
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { err := in.do(newDelivery(t.Context())); first <- err }()
		<-g.entered
		go func() { err := in.do(newDelivery(t.Context())); second <- err }()
		synctest.Wait()
		closed := make(chan struct{})
		go func() { in.close(); close(closed) }()
		synctest.Wait()
		g.leave <- nil
		// The loop may still see the second one before it sees that it must stop.
		select {
		case <-g.entered:
			g.leave <- nil
		case <-closed:
		}
		<-closed
		if err := <-first; err != nil {
			t.Errorf("the one being committed: %v", err)
		}
		if err := <-second; err != nil && !errors.Is(err, ErrClosed) {
			t.Errorf("the one waiting: %v", err)
		}
	})
}

func TestADatabaseThatIsAwayFailsAllAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		in := startCommits(g.commit)
		away := errors.Join(errNotBegun, errors.New("no route to host"))
		var group sync.WaitGroup
		send := func() {
			if err := in.do(newDelivery(t.Context())); !errors.Is(err, errNotBegun) {
				t.Errorf("got %v", err)
			}
		}
		group.Go(send)
		<-g.entered
		for range 10 {
			group.Go(send)
		}
		synctest.Wait()
		g.leave <- away
		if n := <-g.entered; n != 10 {
			t.Errorf("%d in a commit, want 10", n)
		}
		g.leave <- away
		group.Wait() // and nobody was tried alone
		in.close()
	})
}
