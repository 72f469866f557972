package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/switchbackhq/switchback/internal/sandbox/loopsim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// turnOnRefunds lets refunds in Shopify go back through TikTok; recording TikTok's own was on from the beginning.
func (s *Story) turnOnRefunds(ctx context.Context) (string, error) {
	var settings map[string]any
	change := map[string]any{"pull_refunds": true, "push_refunds": true}
	if err := s.api(ctx, http.MethodPut, "/api/settings", change, &settings); err != nil {
		return "", err
	}
	var u unlike
	u.want("pull_refunds", settings["pull_refunds"], true)
	u.want("push_refunds", settings["push_refunds"], true)
	u.want("mirror_refunds", settings["mirror_refunds"], true)
	return "", u.err()
}

// returnInLoop submits the form of Loop's portal as the buyer's browser would: pairs of field and value.
func (s *Story) returnInLoop(ctx context.Context, order string, fields ...string) error {
	form := url.Values{"order": {order}, "zip": {storyZIP}, "outcome": {string(loopsim.ToPayment)}}
	for n := 0; n+1 < len(fields); n += 2 {
		form.Set(fields[n], fields[n+1])
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.World.URL.Loop+"/"+Portal, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("return in loop: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := httpClient.Do(request)
	if err != nil {
		return fmt.Errorf("return in loop: %w", err)
	}
	_ = response.Body.Close()
	if got := response.Header.Get(loopsim.ResultHeader); got != string(loopsim.Submitted) {
		return fmt.Errorf("loop's answer to the return is %q", got)
	}
	return nil
}

// A mug costs 18.00 and 1.49 tax; Loop keeps 5.00 of the second one.
const (
	mugPaid = 1800 + 149
	loopFee = 500
)

// returnMug is the whole way: delivered at TikTok, returned in Loop, refunded in Shopify, and the money back at TikTok.
func (s *Story) returnMug(ctx context.Context) (string, error) {
	if err := s.World.TikTok.SetStatus(s.order, "DELIVERED"); err != nil {
		return "", err
	}
	if err := s.returnInLoop(ctx, s.order, "quantity-1", "1", "reason", "defective"); err != nil {
		return "", err
	}
	if err := s.refunded(ctx, s.order, mugPaid); err != nil {
		return "", err
	}
	return fmt.Sprintf("Loop refunded %s USD in Shopify; TikTok gave the buyer %s USD back.", cents(mugPaid), cents(mugPaid)), nil
}

// returnLessFee has Loop keep a handling fee: what was refunded is what goes to TikTok, not the goods' price.
func (s *Story) returnLessFee(ctx context.Context) (string, error) {
	if err := s.returnInLoop(ctx, s.order, "quantity-1", "1", "fee", "5.00"); err != nil {
		return "", err
	}
	if err := s.refunded(ctx, s.order, mugPaid+mugPaid-loopFee); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s USD more went back: %s less %s.", cents(mugPaid-loopFee), cents(mugPaid), cents(loopFee)), nil
}

// refunded waits until the buyer has that much of an order's money back, and Shopify and Switchback say the same.
func (s *Story) refunded(ctx context.Context, order string, want int64) error {
	err := s.until(ctx, func(ctx context.Context) error {
		var view orderView
		if err := s.api(ctx, http.MethodGet, "/api/orders/"+order, nil, &view); err != nil {
			return err
		}
		given, _ := s.World.TikTok.Money(order)
		if view.Legs.Refunds.State != "completed" || given.Back != want {
			return fmt.Errorf("refunds of order %s are %q (%s), the buyer has %s back, want %s; exceptions: %v",
				order, view.Legs.Refunds.State, view.Legs.Refunds.Reason, cents(given.Back), cents(want), view.Exceptions)
		}
		return nil
	})
	if err != nil {
		return err
	}
	o, err := s.one(order)
	if err != nil {
		return err
	}
	var u unlike
	u.want("what Shopify says was refunded", o.Refunded, want)
	return u.err()
}

// returnAtTikTok has a buyer return at TikTok itself, where its customer service decides; nobody does anything in Shopify.
func (s *Story) returnAtTikTok(ctx context.Context) (string, error) {
	order := s.fetched
	id, err := s.World.TikTok.OpenReturn(order, tiktoksim.ReturnRequest{})
	if err != nil {
		return "", err
	}
	if err := s.World.TikTok.Decide(id, true, "OPERATOR"); err != nil {
		return "", err
	}
	given, _ := s.World.TikTok.Money(order)
	err = s.until(ctx, func(context.Context) error {
		o, err := s.one(order)
		if err != nil {
			return err
		}
		var u unlike
		u.want("what Shopify says was refunded", o.Refunded, given.Back)
		u.want("the number of refunds in Shopify", len(o.Refunds), 1)
		return u.err()
	})
	if err != nil {
		return "", err
	}
	var u unlike
	var view orderView
	// Shopify's webhook about the record comes back to Switchback, which knows it as its own.
	err = s.until(ctx, func(ctx context.Context) error {
		if err := s.api(ctx, http.MethodGet, "/api/orders/"+order, nil, &view); err != nil {
			return err
		}
		if got := view.Legs.Refunds; got.State != "recorded" {
			return fmt.Errorf("refunds of order %s are %q (%s), want recorded; exceptions: %v", order, got.State, got.Reason, view.Exceptions)
		}
		return nil
	})
	u.want("the number of returns at TikTok", len(s.World.TikTok.Aftersales(order)), 1)
	u.want("the number of e-mails to the buyer", len(s.World.Shopify.Emails()), 0)
	return fmt.Sprintf("TikTok gave %s USD back; Shopify has it on record, nobody was e-mailed, and nothing went to TikTok again.", cents(given.Back)), errors.Join(err, u.err())
}

// reconcile has Switchback compare both sides' money.
func (s *Story) reconcile(ctx context.Context) (string, error) {
	var report struct {
		Orders []any `json:"orders"`
		Totals []struct {
			Orders                                          int
			Refunded, Completed, Mirrored, Difference, Over string
		} `json:"totals"`
	}
	err := s.until(ctx, func(ctx context.Context) error {
		report.Totals = nil
		if err := s.api(ctx, http.MethodGet, "/api/reconciliation", nil, &report); err != nil {
			return err
		}
		if len(report.Totals) != 1 || report.Totals[0].Difference != "0.00" || len(report.Orders) > 0 {
			return fmt.Errorf("the comparison says %+v", report)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	t := report.Totals[0]
	var u unlike
	u.want("the orders compared", t.Orders, 2)
	u.want("what Shopify gave back", t.Refunded, cents(mugPaid+mugPaid-loopFee))
	u.want("what TikTok paid for it", t.Completed, t.Refunded)
	u.want("what was given back beyond what was paid", t.Over, "0.00")
	return fmt.Sprintf("Shopify gave back %s USD, TikTok paid %s; %s that TikTok gave back by itself are on record. Difference: %s.",
		t.Refunded, t.Completed, t.Mirrored, t.Difference), u.err()
}
