package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// house is a server with few seats, in a bubble: its connections are pipes, which
// hold nothing, so that who does not read holds up who writes.
type house struct {
	doors chan net.Conn
	// outside is how many wait to be let in.
	outside atomic.Int64
	// leave ends all visits.
	leave func()
}

const fewSeats, fewStanding = 4, 2

// doorway is a listener that the house's visitors come through.
type doorway struct {
	doors chan net.Conn
	shut  chan struct{}
	once  sync.Once
}

func (d *doorway) Accept() (net.Conn, error) {
	select {
	case conn := <-d.doors:
		return conn, nil
	case <-d.shut:
		return nil, net.ErrClosed
	}
}

func (d *doorway) Close() error   { d.once.Do(func() { close(d.shut) }); return nil }
func (d *doorway) Addr() net.Addr { return &net.TCPAddr{} }

// open has the house serve as the program does, for a test in a bubble.
func open(t *testing.T) *house {
	t.Helper()
	free := make(chan struct{})
	h := &house{doors: make(chan net.Conn), leave: sync.OnceFunc(func() { close(free) })}
	seated := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/long":
			_, _ = w.Write(make([]byte, 1<<20)) // until nobody reads any more
		case "/held":
			<-free
		}
	})
	full := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	server := brisk(seated)
	door := &doorway{doors: h.doors, shut: make(chan struct{})}
	ended := make(chan error, 1)
	listener := newCrowd(fewSeats).admit(door, fewStanding, server, full)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		h.leave()
		if err := server.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return h
}

// come is a visitor who asks for the path, or says nothing at all without one.
func (h *house) come(t *testing.T, path string) net.Conn {
	t.Helper()
	mine, theirs := net.Pipe()
	h.outside.Add(1)
	go func() {
		select {
		case h.doors <- theirs:
			h.outside.Add(-1)
		case <-t.Context().Done():
		}
	}()
	t.Cleanup(func() { _ = mine.Close() })
	if path != "" {
		go func() { _, _ = io.WriteString(mine, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n") }()
	}
	return mine
}

// told is the answer's status, with how long it took to come.
func told(t *testing.T, conn net.Conn) (status int, after time.Duration) {
	t.Helper()
	begun := time.Now()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode, time.Since(begun)
}

// Who reads nothing of a long answer keeps a seat for as long as a write may
// take. Meanwhile who comes is told so at once, and not when a seat is free.
func TestAFullHouseSaysSoAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := open(t)
		for range fewSeats {
			h.come(t, "/long")
		}
		synctest.Wait()
		for range 3 * fewStanding {
			if status, after := told(t, h.come(t, "/")); status != http.StatusServiceUnavailable || after > standingTime {
				t.Errorf("%d after %v in a full house", status, after)
			}
		}
		time.Sleep(writeTimeout) // of the bubble's clock
		if status, _ := told(t, h.come(t, "/")); status != http.StatusOK {
			t.Errorf("%d once the seats are free", status)
		}
	})
}

// Connections are bounded: those who are told that the house is full are few,
// too, and leave soon, whatever they do. Who is served is not disturbed.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := open(t)
		var seated []net.Conn
		for range fewSeats {
			seated = append(seated, h.come(t, "/held"))
		}
		synctest.Wait()
		for range fewStanding {
			h.come(t, "")
		}
		synctest.Wait()
		late := h.come(t, "/")
		synctest.Wait()
		if n := h.outside.Load(); n != 1 {
			t.Errorf("%d wait outside, want one", n)
		}
		if status, after := told(t, late); status != http.StatusServiceUnavailable || after != standingTime {
			t.Errorf("%d after %v, want 503 after %v", status, after, standingTime)
		}
		h.leave()
		for _, conn := range seated {
			if status, _ := told(t, conn); status != http.StatusOK {
				t.Errorf("%d for who had a seat", status)
			}
		}
		synctest.Wait()
		if status, _ := told(t, h.come(t, "/")); status != http.StatusOK {
			t.Errorf("%d after all have left", status)
		}
	})
}

// Who comes and says nothing has a seat for a few seconds.
func TestSilenceEndsAConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := open(t)
		for range fewSeats {
			h.come(t, "")
		}
		synctest.Wait()
		if status, _ := told(t, h.come(t, "/")); status != http.StatusServiceUnavailable {
			t.Errorf("%d in a full house", status)
		}
		time.Sleep(headerWithin) // of the bubble's clock
		synctest.Wait()
		if status, _ := told(t, h.come(t, "/")); status != http.StatusOK {
			t.Errorf("%d once the seats are free", status)
		}
	})
}
