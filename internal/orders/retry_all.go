package orders

import (
	"context"
	"fmt"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// RetryAllArgs ask for everything to be tried again that exceptions of one code
// stopped, beginning after an order's number.
type RetryAllArgs struct {
	Shop  shopify.Domain  `json:"shop"`
	Code  exceptions.Code `json:"code"`
	After tiktok.OrderID  `json:"after,omitempty"`
}

// Kind is the job's frozen name.
func (RetryAllArgs) Kind() string { return "exceptions_retry" }

// Excepted lists what is open of one code.
type Excepted interface {
	OpenExceptionsOf(ctx context.Context, shop shopify.Domain, code exceptions.Code, after tiktok.OrderID, limit int) ([]exceptions.Exception, error)
}

// RetryAll has everything tried again that exceptions of one code stopped. It
// returns when the work is kept; a second time it only looks again.
func (d *Desk) RetryAll(ctx context.Context, shop shopify.Domain, code exceptions.Code) error {
	if err := d.Files.Enqueue(ctx, RetryAllArgs{Shop: shop, Code: code}); err != nil {
		return fmt.Errorf("retry every %s of %s: %w", code, shop, err)
	}
	return nil
}

// RetryPage starts a page's worth of the work, and the job of the next page.
func (d *Desk) RetryPage(ctx context.Context, args RetryAllArgs) error {
	page, err := d.Open.OpenExceptionsOf(ctx, args.Shop, args.Code, args.After, releasePage)
	if err != nil {
		return err
	}
	var jobs []Job
	for _, e := range page {
		more, err := d.retries(ctx, e)
		if err != nil {
			return err
		}
		jobs = append(jobs, more...)
	}
	if len(page) == releasePage {
		jobs = append(jobs, RetryAllArgs{Shop: args.Shop, Code: args.Code, After: page[len(page)-1].Order})
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := d.Files.Enqueue(ctx, jobs...); err != nil {
		return fmt.Errorf("retry %d %s of %s: %w", len(page), args.Code, args.Shop, err)
	}
	return nil
}
