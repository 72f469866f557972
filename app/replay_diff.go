package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// mostCompared bounds what a replay reads and prints of orders.
const mostCompared = 200

// orderKey is an order of a shop.
type orderKey struct {
	shop shopify.Domain
	id   tiktok.OrderID
}

// account is what `explain` says of an order: how it is, and how it came to it.
type account struct{ state, story []string }

// about are the orders that the events are about, up to a bound.
func (p *program) about(ctx context.Context, plan []inbox.Consequence) (list []orderKey, err error) {
	known := map[orderKey]bool{}
	for _, one := range plan {
		key := orderKey{one.Event.Shop, one.Event.Order}
		if key.id == "" && one.Event.ShopifyOrder != "" {
			order, err := p.store.OrderByShopifyOrder(ctx, key.shop, one.Event.ShopifyOrder)
			if err != nil && !errors.Is(err, links.ErrNotFound) {
				return nil, err
			}
			key.id = order.ID
		}
		if key.shop == "" || key.id == "" || known[key] || len(list) == mostCompared {
			continue
		}
		known[key] = true
		list = append(list, key)
	}
	return list, nil
}

// accounts reads the orders. One that is not known has an empty account.
func (p *program) accounts(ctx context.Context, orders []orderKey) (map[orderKey]account, error) {
	all := make(map[orderKey]account, len(orders))
	for _, key := range orders {
		var told bytes.Buffer
		err := explainOrder(ctx, &told, p.store, key.shop, key.id)
		if errors.Is(err, links.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		state, story, _ := strings.Cut(strings.TrimSuffix(told.String(), "\n"), "\n\n")
		all[key] = account{strings.Split(state, "\n"), strings.Split(story, "\n")}
	}
	return all, nil
}

// compare prints what became of each order. Its timeline grows by what was
// looked at, even when nothing was to be done.
func compare(out io.Writer, orders []orderKey, before, after map[orderKey]account) {
	changed := 0
	for _, key := range orders {
		was, is := before[key], after[key]
		gone, come := newLines(was.state, is.state), newLines(is.state, was.state)
		fresh := newLines(is.story, was.story)
		verdict := "no change"
		if len(gone)+len(come) > 0 {
			verdict = "changed"
			changed++
		}
		_, _ = fmt.Fprintf(out, "order %s of %s: %s\n", key.id, key.shop, verdict)
		lines(out, "  - ", gone)
		lines(out, "  + ", come)
		lines(out, "  timeline + ", fresh)
	}
	_, _ = fmt.Fprintf(out, "%d of %d orders changed", changed, len(orders))
	if len(orders) == mostCompared {
		_, _ = fmt.Fprint(out, " (of more than these no comparison was made)")
	}
	_, _ = fmt.Fprintln(out)
}

// newLines are the lines that are not among the others, each as often as it is more often here.
func newLines(these, others []string) (left []string) {
	others = slices.Clone(others)
	for _, line := range these {
		if n := slices.Index(others, line); n >= 0 {
			others = slices.Delete(others, n, n+1)
		} else {
			left = append(left, line)
		}
	}
	return left
}

func lines(out io.Writer, sign string, list []string) {
	for _, line := range list {
		_, _ = fmt.Fprintln(out, sign+strings.TrimSpace(line))
	}
}
