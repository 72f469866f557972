package main

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/switchbackhq/switchback/internal/metrics"
)

// measure has the scrape read what only the database and the clients know.
func (p *program) measure() {
	p.metrics.Read(metrics.Sources{
		Queue: p.queue, Book: p.store, Now: time.Now,
		Limiters: map[string]metrics.Limiter{"shopify": p.shopify.Budget, "tiktok": p.tiktok.Limits.Level, "loop": p.loop.Limits.Level},
	})
}

// startMetrics serves /metrics where the configuration says and returns what
// ends it. A taken port is a warning: the work matters more than its numbers.
func (p *program) startMetrics(ctx context.Context) (stop func(context.Context) error) {
	nothing := func(context.Context) error { return nil }
	if p.cfg.MetricsAddr == "" {
		return nothing
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.cfg.MetricsAddr)
	if err != nil {
		p.log.WarnContext(ctx, "metrics.off", "address", p.cfg.MetricsAddr, "error", err)
		return nothing
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", p.metrics.Handler())
	ctx, end := context.WithCancel(ctx)
	p.mountQueuePages(ctx, mux)
	server := brisk(mux)
	go func() { _ = server.Serve(listener) }() // ends with ErrServerClosed
	return func(ctx context.Context) error {
		end()
		return server.Shutdown(ctx)
	}
}
