//go:build unix

package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
)

// BenchmarkStart is the time from starting the binary to its first 200 on
// /readyz, with a database to be made and with one that is there.
func BenchmarkStart(b *testing.B) {
	path := binary(b)
	for name, kept := range map[string]bool{"new database": false, "database at hand": true} {
		b.Run(name, func(b *testing.B) {
			address := freeAddress(b)
			s := surround(b, "http://"+address, scenery{environ: []string{"PORT=" + address[len("127.0.0.1:"):]}})
			if kept {
				s.start(b).stop(b)
			}
			var took []time.Duration
			for b.Loop() {
				environ := s.environ
				if !kept {
					environ = append(slices.Clone(environ), "DATABASE_URL=sqlite:"+filepath.Join(b.TempDir(), strconv.Itoa(len(took)), "x.db"))
				}
				cmd := exec.CommandContext(b.Context(), path, "serve") //nolint:gosec // built by this benchmark
				cmd.Env = environ
				start := time.Now()
				if err := cmd.Start(); err != nil {
					b.Fatal(err)
				}
				awaitReady(b, s)
				took = append(took, time.Since(start))
				b.StopTimer()
				(&child{cmd, newJournal(b)}).stop(b)
				b.StartTimer()
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/slowest")
		})
	}
}

// awaitReady asks every millisecond.
func awaitReady(b testing.TB, s *stage) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	ticks := time.NewTicker(time.Millisecond)
	defer ticks.Stop()
	for s.ready() != nil {
		select {
		case <-ctx.Done():
			b.Fatal("the program does not become ready")
		case <-ticks.C:
		}
	}
}

// BenchmarkWebhooks sends valid notifications of TikTok's over HTTP, 64 at a
// time, each a new one; their jobs run beside it.
func BenchmarkWebhooks(b *testing.B) {
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := surround(b, "http://"+listener.Addr().String(), scenery{})
	s.serve(b, listener)
	s.open(b, sandbox.Shop)
	if code, body := s.connect(b, sandbox.Shop, sandbox.Seller); code != http.StatusOK {
		b.Fatalf("connect: %d %s", code, body)
	}
	client := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
	hush := s.variable("TIKTOK_APP_SECRET")
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id := strconv.FormatInt(n.Add(1), 10)
			hook := s.tiktokHook(b, statusChange(sandbox.TikTokShop, "57690000009"+id, "bench-"+id, "AWAITING_SHIPMENT"), hush)
			if code, _, body, err := send(client, hook); err != nil || code != http.StatusOK {
				b.Error(errors.Join(err, &miscount{body, code, http.StatusOK}))
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "webhooks/s")
}
