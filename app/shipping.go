package main

import (
	"time"

	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/queue"
	"github.com/switchbackhq/switchback/internal/refunds"
)

// follower brings the shipments of single orders along.
func (p *program) follower() *fulfillments.Follower {
	return &fulfillments.Follower{
		Book: p.store, Ledger: p.store, Exceptions: p.store, Timeline: p.store, TikTok: p.tiktok, Shopify: p.shopify, Carriers: p.carriers,
		Now: time.Now, RetryBase: p.cfg.RetryBase, Log: p.log,
	}
}

// shipping adds the workers of shipments.
func (p *program) shipping(w *queue.Workers) {
	releaser := &fulfillments.Releaser{Store: p.store, Interval: p.cfg.PollInterval, Now: time.Now}
	queue.Handle(w, p.follower().Follow)
	queue.Handle(w, releaser.Release)
	queue.Handle(w, releaser.Resume)
	queue.Handle(w, releaser.Recheck)
}

// desk takes what a person asks for, in every leg.
func (p *program) desk() *orders.Desk {
	return &orders.Desk{Files: p.store, Open: p.store, Review: p.reviews, Legs: []orders.Leg{
		{Retry: fulfillments.Retry, Resolve: fulfillments.Resolve}, {Retry: refunds.Retry, Resolve: refunds.Resolve},
	}}
}
