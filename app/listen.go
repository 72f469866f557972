package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/netutil"
)

const (
	// mostConnections bounds what connections may take of memory.
	mostConnections = 4096
	// mostStanding is how many more are let in to be told that the house is full; yet more wait to be accepted.
	mostStanding = 512
	// standingTime is the most that one of those stays: platforms wait five seconds for an answer.
	standingTime = 2 * time.Second
)

// crowd has idle connections make room, so that who holds many shuts nobody
// out, and tells who comes to a full house so at once: a connection that reads
// its answer slowly, or says nothing, keeps its seat for a while.
type crowd struct {
	seats, most int
	mu          sync.Mutex
	open        int
	idle        map[net.Conn]struct{}
	standing    map[net.Conn]*time.Timer
}

func newCrowd(seats int) *crowd {
	return &crowd{seats: seats, most: seats * 3 / 4, idle: map[net.Conn]struct{}{}, standing: map[net.Conn]*time.Timer{}}
}

// admit bounds the listener and the server's connections on it. What comes to a
// full house goes to full.
func (c *crowd) admit(listener net.Listener, standing int, server *http.Server, full http.Handler) net.Listener {
	server.ConnState, server.ConnContext = c.state, c.greet
	seated := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(standingKey{}) != nil {
			w.Header().Set("Connection", "close")
			full.ServeHTTP(w, r)
			return
		}
		seated.ServeHTTP(w, r)
	})
	return netutil.LimitListener(listener, c.seats+standing)
}

// standingKey is in the context of a connection that found no seat.
type standingKey struct{}

// greet is asked before the connection is counted.
func (c *crowd) greet(ctx context.Context, conn net.Conn) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open-len(c.standing) < c.seats {
		return ctx
	}
	c.standing[conn] = time.AfterFunc(standingTime, func() { _ = conn.Close() })
	return context.WithValue(ctx, standingKey{}, true)
}

// state is told what becomes of each connection.
func (c *crowd) state(conn net.Conn, now http.ConnState) {
	if leaver := c.count(conn, now); leaver != nil {
		_ = leaver.Close() // it is gone already, or goes
	}
}

// count returns an idle connection that has to go.
func (c *crowd) count(conn net.Conn, now http.ConnState) (leaver net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.idle, conn)
	switch now {
	case http.StateNew:
		c.open++
	case http.StateIdle:
		c.idle[conn] = struct{}{}
	case http.StateClosed, http.StateHijacked:
		c.open--
		if timer := c.standing[conn]; timer != nil {
			timer.Stop()
			delete(c.standing, conn)
		}
	case http.StateActive:
	}
	if c.open <= c.most {
		return nil
	}
	for leaver = range c.idle {
		delete(c.idle, leaver)
		return leaver
	}
	return nil
}
