package metrics

import (
	"context"
	"log/slog"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
)

// logged says which lines of the log are counted, in which family and as which
// result. By names the attribute whose value is a label beside it, with the
// values that are expected; any other is "other".
var logged = []struct {
	family, help string
	by           string
	values       []string
	results      map[string]string
}{
	{
		family: "switchback_orders_total", help: "Orders by what became of them.",
		results: map[string]string{
			"order.imported": "imported", "order.skipped": "skipped", "order.waiting": "waiting", "order.held": "held", "order.cancelled": "cancelled",
			"order.units_cancelled": "units_cancelled", "order.readdressed": "readdressed",
		},
	}, {
		family: "switchback_refunds_total", help: "Refunds by what became of them.",
		results: map[string]string{
			"refund.forwarded": "forwarded", "refund.completed": "completed", "refund.needs_merchant": "needs_merchant", "refund.held": "held",
			"refund.waiting": "waiting", "refund.satisfied": "satisfied", "refund.ignored": "ignored", "refund.handled": "handled", "refund.mirrored": "mirrored",
		},
	}, {
		family: "switchback_shipments_total", help: "Shipments by what became of them.",
		results: map[string]string{
			"fulfillment.forwarded": "forwarded", "fulfillment.mirrored": "mirrored", "fulfillment.agreed": "agreed", "fulfillment.held": "held",
			"fulfillment.refused": "refused", "fulfillment.undone": "undone", "fulfillment.dropped": "dropped",
			"fulfillment.corrected": "corrected", "fulfillment.delivered": "delivered",
		},
	}, {
		family: "switchback_exceptions_total", help: "Exceptions by what became of them; switchback_exceptions_open has their codes.",
		results: map[string]string{"exception.opened": "opened", "exception.resolved": "resolved"},
	}, {
		family: "switchback_deliveries_total", help: "Webhook deliveries by what became of them.",
		results: map[string]string{"webhook.received": "received", "webhook.rejected": "rejected", "webhook.crowded": "crowded", "webhook.not_kept": "not_kept"},
	}, {
		family: "switchback_token_renewals_total", help: "Renewals of access tokens by platform and what became of them.",
		by: "platform", values: []string{"shopify", "tiktok"},
		results: map[string]string{"token.refreshed": "refreshed", "token.refused": "refused"},
	},
}

// outcome counts one line of the log.
type outcome struct {
	vec    *prometheus.CounterVec
	result string
	by     string
	values []string
}

// outcomes registers the families and gives what counts each line. All values
// are there from the start, so that a rate over the first of its kind is right.
func outcomes(registry prometheus.Registerer) map[string]outcome {
	all := map[string]outcome{}
	for _, l := range logged {
		labels := []string{"result"}
		if l.by != "" {
			labels = append(labels, l.by)
		}
		vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: l.family, Help: l.help}, labels)
		registry.MustRegister(vec)
		for message, result := range l.results {
			all[message] = outcome{vec, result, l.by, l.values}
			if l.by == "" {
				vec.WithLabelValues(result)
			}
			for _, value := range l.values {
				vec.WithLabelValues(result, value)
			}
		}
	}
	return all
}

func (o outcome) count(r slog.Record) {
	if o.by == "" {
		o.vec.WithLabelValues(o.result).Inc()
		return
	}
	value := "other"
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == o.by && slices.Contains(o.values, a.Value.String()) {
			value = a.Value.String()
		}
		return a.Key != o.by
	})
	o.vec.WithLabelValues(o.result, value).Inc()
}

// counting counts the lines that pass through it.
type counting struct {
	next     slog.Handler
	outcomes map[string]outcome
}

// Enabled is true for all levels that outcomes are logged with.
func (c counting) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo || c.next.Enabled(ctx, level)
}

// Handle counts the line and hands it on.
func (c counting) Handle(ctx context.Context, r slog.Record) error {
	if o, ok := c.outcomes[r.Message]; ok {
		o.count(r)
	}
	if !c.next.Enabled(ctx, r.Level) {
		return nil
	}
	return c.next.Handle(ctx, r)
}

// WithAttrs and WithGroup are slog.Handler's.
func (c counting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return counting{c.next.WithAttrs(attrs), c.outcomes}
}

// WithGroup is slog.Handler's.
func (c counting) WithGroup(name string) slog.Handler {
	return counting{c.next.WithGroup(name), c.outcomes}
}
