//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// compiled is the program as `go build ./app` makes it, built once.
func compiled(t testing.TB) string {
	t.Helper()
	path, err := compileOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var compileOnce = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "switchback-load-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "switchback")
	if out, err := exec.CommandContext(context.Background(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// process is a running child.
type process struct {
	cmd   *exec.Cmd
	ended chan error
}

// launch starts a child that ends with the test, or by stop.
func launch(t testing.TB, path string, args, environ []string) *process {
	t.Helper()
	p := &process{cmd: exec.CommandContext(context.WithoutCancel(t.Context()), path, args...), ended: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), environ...)
	if os.Getenv("VERBOSE") != "" {
		p.cmd.Stderr = os.Stderr
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// kill ends the child as a power cut would.
func (p *process) kill(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatalf("the child ended before it was killed: %v", err)
	}
	<-p.ended
	p.cmd = nil
}

// stop lets the child finish its work.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	if err := <-p.ended; err != nil && !errors.Is(err, syscall.ECHILD) {
		t.Logf("the child ended with %v", err)
	}
	p.cmd = nil
}

// launchProgram runs `serve` beside the platforms of s.
func (s *stage) launchProgram(t testing.TB) *process {
	t.Helper()
	p := launch(t, compiled(t), []string{"serve"}, s.environ)
	s.until(t, s.ready)
	return p
}

// loopback is a loopback address that was free a moment ago, for a child to take.
func loopback(t testing.TB) string {
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
