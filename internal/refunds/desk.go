package refunds

import (
	"context"
	"errors"
	"fmt"

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
}

// Files is what the desk reads, and the queue it hands work to.
type Files interface {
	// Refund returns links.ErrNotFound for one that is not the shop's.
	Refund(ctx context.Context, shop shopify.Domain, id shopify.GID) (links.Refund, error)
	RefundsIn(ctx context.Context, shop shopify.Domain, state links.RefundState, after shopify.GID, limit int) ([]links.Refund, error)
	ChangeReasons(ctx context.Context, shop shopify.Domain, rows []mappings.Reason, jobs ...Job) error
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Desk takes what a person decides about refunds.
type Desk struct{ Files Files }

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

// Held counts and sums up, by currency, what a person may release.
func (d *Desk) Held(ctx context.Context, shop shopify.Domain) ([]Held, error) {
	list := []Held{}
	totals := map[string]*sums{}
	var after shopify.GID
	for {
		page, err := d.Files.RefundsIn(ctx, shop, links.RefundHeld, after, releasePage)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		for _, refund := range page {
			total := totals[refund.Currency]
			if total == nil {
				total = &sums{currency: money.Currency(refund.Currency)}
				totals[refund.Currency] = total
				list = append(list, Held{Currency: refund.Currency})
			}
			total.add(refund.Amount)
			for n := range list {
				if list[n].Currency == refund.Currency {
					list[n].Count++
				}
			}
			after = refund.ID
		}
	}
	for n := range list {
		total, err := totals[list[n].Currency].amount()
		if err != nil {
			return nil, fmt.Errorf("sum up held refunds of %s: %w", shop, err)
		}
		list[n].Total = total.String()
	}
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
