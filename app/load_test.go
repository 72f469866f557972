//go:build load && linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"
)

// The load programs: `make load` runs them and prints one table each. They are
// no tests of right or wrong and never part of `make check`, because what they
// measure depends on the machine. The program runs as a process of its own, so
// that its memory and its processor time are its own; platforms and senders
// are in this process. Everything is on loopback.

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
	p := launch(t, binary(t), []string{"serve"}, s.environ)
	s.until(t, s.ready)
	return p
}

// cpu is the processor time the child has used, in its own code and the kernel's.
func (p *process) cpu(t testing.TB) time.Duration {
	t.Helper()
	stat := p.read(t, "stat")
	// The name in parentheses may hold anything; what follows it may not.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 wherever Linux runs
	return time.Duration(user+system) * tick
}

// memory is the child's resident memory now and at its highest, in MB.
func (p *process) memory(t testing.TB) (now, most float64) {
	t.Helper()
	return memory(t, p.cmd.Process.Pid)
}

func (p *process) read(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// percentile of a list, which it sorts.
func percentile(list []time.Duration, p float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)-1, int(float64(len(list))*p))]
}

// table prints rows, the first of them the heading, with tabs between columns.
func table(rows ...string) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		_, _ = fmt.Fprintln(w, row)
	}
	_ = w.Flush()
}

// millis is how tables write a duration.
func millis(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 1, 64)
}
