package main

import (
	"context"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/switchbackhq/switchback/internal/links"
)

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
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &census{p})
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: headerWithin}
	go func() { _ = server.Serve(listener) }() // ends with ErrServerClosed
	return server.Shutdown
}

var (
	ordersDesc     = prometheus.NewDesc("switchback_orders", "Orders by state.", []string{"state"}, nil)
	exceptionsDesc = prometheus.NewDesc("switchback_exceptions_open", "Open exceptions.", nil, nil)
)

// census counts when it is asked, so that the numbers are the database's own.
type census struct{ *program }

// Describe names the metrics.
func (c *census) Describe(descs chan<- *prometheus.Desc) {
	descs <- ordersDesc
	descs <- exceptionsDesc
}

// Collect counts over all shops; what cannot be counted is left out.
func (c *census) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), headerWithin)
	defer cancel()
	if counts, err := c.store.OrderCounts(ctx, ""); err == nil {
		for _, state := range []links.State{links.Waiting, links.Held, links.Written, links.Skipped, links.Cancelled} {
			metrics <- prometheus.MustNewConstMetric(ordersDesc, prometheus.GaugeValue, float64(counts[state]), string(state))
		}
	}
	if open, err := c.store.CountExceptions(ctx, ""); err == nil {
		metrics <- prometheus.MustNewConstMetric(exceptionsDesc, prometheus.GaugeValue, float64(open))
	}
}
