package main

import (
	"time"

	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// returned looks at what came back of an order before it was written.
func returned(shop shopify.Domain, id tiktok.OrderID) orders.Job {
	return refunds.ForwardArgs{Shop: shop, Order: id, Cause: "written"}
}

// refunding adds the workers of refunds.
func (p *program) refunding(w *queue.Workers) {
	forwarder := &refunds.Forwarder{
		Book: p.store, Ledger: p.store, Exceptions: p.store, Timeline: p.store, TikTok: p.tiktok, Shopify: p.shopify,
		Now: time.Now, RetryBase: p.cfg.RetryBase, Log: p.log,
	}
	releaser := &refunds.Releaser{Store: p.store, Interval: p.cfg.PollInterval, Now: time.Now}
	poller := &refunds.Poller{Store: p.store, TikTok: p.tiktok, Interval: p.cfg.PollInterval, Now: time.Now}
	queue.Handle(w, forwarder.Forward)
	queue.Handle(w, releaser.Release)
	queue.Handle(w, releaser.Resume)
	queue.Handle(w, releaser.Recheck)
	queue.Handle(w, poller.Poll)
	queue.Handle(w, poller.PollShop)
}
