package refunds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// ErrNotHeld is returned for a refund that has no plan which a person could release.
var ErrNotHeld = errors.New("the refund is not held")

// Held is what waits for a person's word, in one currency.
type Held struct {
	Currency string `json:"currency"`
	Count    int    `json:"count"`
	// Total is a decimal.
	Total string `json:"total"`
	// TooOld of them wait for approval whatever push_refunds is.
	TooOld int `json:"need_approval"`
}

// Files is what the desk reads, and the queue it hands work to.
type Files interface {
	// Refund returns links.ErrNotFound for one that is not the shop's.
	Refund(ctx context.Context, shop shopify.Domain, id shopify.GID) (links.Refund, error)
	// HeldRefunds tells of each refund that is held when it was made, why it waits, and its money.
	HeldRefunds(ctx context.Context, shop shopify.Domain) ([]links.Refund, error)
	ChangeReasons(ctx context.Context, shop shopify.Domain, rows []mappings.Reason, jobs ...Job) error
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Desk takes what a person decides about refunds.
type Desk struct {
	Files Files
	Now   func() time.Time
}

// Approve has the plans of held refunds made anew and sent, whatever their age
// and the switch: all, or none where one of them is not held.
func (d *Desk) Approve(ctx context.Context, shop shopify.Domain, ids ...shopify.GID) error {
	var jobs []Job
	for _, id := range ids {
		refund, err := d.Files.Refund(ctx, shop, id)
		if err != nil {
			return fmt.Errorf("approve refund %s: %w", id, err)
		}
		if refund.State != links.RefundHeld {
			return fmt.Errorf("approve refund %s: %w: it is %s", id, ErrNotHeld, refund.State)
		}
		jobs = append(jobs, Approve(refund))
	}
	if len(jobs) == 0 {
		return nil
	}
	return d.Files.Enqueue(ctx, jobs...)
}

// Held counts and sums up, by currency, what a person may release: all that is
// held, or what is held for one reason.
func (d *Desk) Held(ctx context.Context, shop shopify.Domain, reason string) ([]Held, error) {
	all, err := d.Files.HeldRefunds(ctx, shop)
	if err != nil {
		return nil, err
	}
	list := []Held{}
	totals := map[string]*sums{}
	for _, refund := range all {
		if reason != "" && refund.Reason != reason {
			continue
		}
		total := totals[refund.Currency]
		if total == nil {
			total = &sums{currency: money.Currency(refund.Currency)}
			totals[refund.Currency] = total
			list = append(list, Held{Currency: refund.Currency})
		}
		total.add(refund.Amount)
		for _, step := range refund.Steps {
			total.add(step.Amount)
		}
		i := slices.IndexFunc(list, func(h Held) bool { return h.Currency == refund.Currency })
		list[i].Count++
		if tooOld(refund, d.Now()) {
			list[i].TooOld++
		}
	}
	for n := range list {
		total, err := totals[list[n].Currency].amount()
		if err != nil {
			return nil, fmt.Errorf("sum up held refunds of %s: %w", shop, err)
		}
		list[n].Total = total.String()
	}
	slices.SortFunc(list, func(a, b Held) int { return cmp.Compare(a.Currency, b.Currency) })
	return list, nil
}

// ChangeReasons keeps and removes answers to which of TikTok's reasons is told
// and, in the same transaction, has every order looked at again that waits for one.
func (d *Desk) ChangeReasons(ctx context.Context, shop shopify.Domain, rows []mappings.Reason) error {
	if len(rows) == 0 {
		return nil
	}
	return d.Files.ChangeReasons(ctx, shop, rows,
		ResumeArgs{Shop: shop, Code: exceptions.RefundReasonNeeded}, ResumeArgs{Shop: shop, Code: exceptions.CancelReasonNeeded})
}
