package main

import (
	"net"
	"net/http"
	"sync"

	"golang.org/x/net/netutil"
)

const (
	// mostConnections bounds what connections may take of memory; more wait to be accepted.
	mostConnections = 4096
	// crowded is from when on idle connections are closed for new ones.
	crowded = mostConnections * 3 / 4
)

// crowd has idle connections make room, so that who holds many shuts nobody
// out: a connection that says nothing at all is closed after headerWithin.
type crowd struct {
	most int
	mu   sync.Mutex
	open int
	idle map[net.Conn]struct{}
}

// admit bounds the listener and the server's connections on it.
func admit(listener net.Listener, server *http.Server) net.Listener {
	c := &crowd{most: crowded, idle: map[net.Conn]struct{}{}}
	server.ConnState = c.state
	return netutil.LimitListener(listener, mostConnections)
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
