package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/loopsim"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// What the buyer orders: two mugs and a cap that the platform marks down by
// $2.00, $5.99 for shipping. 1800+1800+1750 for the goods, 149+149+144 tax on
// them (8.25 %, rounded per unit), 599 and 49 tax on shipping: 6440.
const (
	storyTotal    = 6440
	storyTax      = 149 + 149 + 144 + 49
	storyShipping = 599
	storyZIP      = "73301"
)

func storyOrder() tiktoksim.OrderSpec {
	mugs, hat := goods()[0], goods()[2]
	mugs.Count = 2
	hat.PlatformDiscount = 200
	return tiktoksim.OrderSpec{Units: []tiktoksim.Unit{mugs, hat}, Shipping: tiktoksim.Shipping{Original: 599, Tax: 49}}
}

func (s *Story) placeOrder(ctx context.Context) (string, error) {
	id, err := s.World.TikTok.PlaceOrder(TikTokShop, storyOrder())
	if err != nil {
		return "", err
	}
	s.order = id
	view, err := s.orderIn(ctx, id, "waiting")
	if err != nil {
		return "", err
	}
	var u unlike
	u.want("the reason", view.Reason, "on_hold")
	u.want("the number of orders in Shopify", len(s.World.Shopify.Orders(Shop)), 0)
	return fmt.Sprintf("Order %s is waiting (%s). Nothing is in Shopify yet.", id, view.Reason), u.err()
}

// release lets the notifications of the release and of the hold arrive in the
// wrong order, and each twice.
func (s *Story) release(ctx context.Context) (string, error) {
	earlier := s.World.TikTok.Deliveries()
	if err := s.World.TikTok.SetStatus(s.order, "AWAITING_SHIPMENT"); err != nil {
		return "", err
	}
	all := s.World.TikTok.Deliveries()
	slices.Reverse(all)
	for _, delivery := range append(all, earlier...) {
		if err := s.World.TikTok.Redeliver(delivery.ID); err != nil {
			return "", err
		}
	}
	if err := s.World.TikTok.Wait(ctx); err != nil {
		return "", err
	}
	view, err := s.orderIn(ctx, s.order, "written")
	if err != nil {
		return "", err
	}
	var u unlike
	u.want("the number of orders in Shopify", len(s.World.Shopify.Orders(Shop)), 1)
	u.want("the number of open exceptions", len(view.Exceptions), 0)
	return "Written once: " + view.ShopifyOrderID, u.err()
}

// one finds the only Shopify order of a TikTok order.
func (s *Story) one(tiktokID string) (shopifysim.Order, error) {
	var found []shopifysim.Order
	for _, o := range s.World.Shopify.Orders(Shop) {
		if o.SourceIdentifier == tiktokID {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		return shopifysim.Order{}, fmt.Errorf("shopify has %d orders for TikTok order %s, want 1", len(found), tiktokID)
	}
	return found[0], nil
}

func (s *Story) inspect(context.Context) (string, error) {
	o, err := s.one(s.order)
	if err != nil {
		return "", err
	}
	var u unlike
	u.want("the name", o.Name, s.order)
	u.want("the source name", o.SourceName, "tiktok-shop")
	u.that(slices.Contains(o.Tags, "tiktok-shop"), "tags are %v, want tiktok-shop among them", o.Tags)
	metafield := slices.IndexFunc(o.Metafields, func(m shopifysim.Metafield) bool {
		return m.Key == "tiktok_order_id" && m.Type == "id" && m.Value == s.order
	})
	u.that(metafield >= 0, "metafields are %v, want the TikTok order id among them", o.Metafields)
	u.want("the total in cents", o.Total, int64(storyTotal))
	u.want("the tax in cents", o.Tax, int64(storyTax))
	u.want("the shipping in cents", o.Shipping, int64(storyShipping))
	u.want("what was received in cents", o.Received, int64(storyTotal))
	u.want("the financial status", o.FinancialStatus, "PAID")
	u.want("the number of lines", len(o.Lines), 2)
	units := 0
	for _, line := range o.Lines {
		units += line.Quantity
		u.that(line.VariantGID != "", "line %q has no variant: Loop could not return it", line.Title)
	}
	u.want("the number of units", units, 3)
	u.want("the ZIP", o.ShippingAddress.Zip, storyZIP)
	u.want("the number of e-mails to the buyer", len(s.World.Shopify.Emails()), 0)
	return fmt.Sprintf("name %s, tag tiktok-shop, metafield tiktok_order_id, source %s\n%d units on %d lines, total %s USD (tax %s, shipping %s), ZIP %s; nobody was e-mailed",
		o.Name, o.SourceName, units, len(o.Lines), cents(o.Total), cents(o.Tax), cents(o.Shipping), o.ShippingAddress.Zip), u.err()
}

func cents(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

func (s *Story) findInLoop(ctx context.Context) (string, error) {
	var u unlike
	for _, try := range []struct {
		number, zip string
		want        loopsim.Code
	}{
		{s.order, storyZIP, loopsim.Found},
		{"#" + s.order, storyZIP, loopsim.Found},
		{" " + s.order + " ", storyZIP + "-0042", loopsim.Found},
		{s.order, "10001", loopsim.SecondaryInputMismatch},
		{"576900000000099999", storyZIP, loopsim.OrderNotFound},
	} {
		page := s.World.URL.Loop + "/" + Portal + "?" + url.Values{"order": {try.number}, "zip": {try.zip}}.Encode()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
		if err != nil {
			return "", err
		}
		response, err := httpClient.Do(request)
		if err != nil {
			return "", err
		}
		_ = response.Body.Close()
		u.want(fmt.Sprintf("Loop's answer to %q and %q", try.number, try.zip), response.Header.Get(loopsim.ResultHeader), string(try.want))
	}
	return fmt.Sprintf("found: %s + %s, also with #, with spaces, with ZIP+4\nnot found, rightly: another ZIP, another number", s.order, storyZIP), u.err()
}

// comeFromTikTok returns something in TikTok's app, which opens the return link that the merchant gave to the return proxy app.
func (s *Story) comeFromTikTok(ctx context.Context) (string, error) {
	var u unlike
	for _, try := range []struct {
		address string
		want    loopsim.Code
	}{
		{s.World.TikTok.ReturnAddress(s.order), loopsim.Found},
		{strings.Replace(s.World.TikTok.ReturnAddress(s.order), "zip="+storyZIP, "zip=10001", 1), loopsim.SecondaryInputMismatch},
	} {
		u.that(strings.HasPrefix(try.address, s.App+"/returns/"), "TikTok opens %q", try.address)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, try.address, nil)
		if err != nil {
			return "", err
		}
		response, err := httpClient.Do(request)
		if err != nil {
			return "", err
		}
		_ = response.Body.Close()
		u.that(strings.HasPrefix(response.Request.URL.String(), s.World.portal()+"/?order="+s.order), "the buyer lands at %s", response.Request.URL)
		u.want("Loop's answer to the buyer from TikTok", response.Header.Get(loopsim.ResultHeader), string(try.want))
	}
	return "The return link leads to Loop's portal, with number and ZIP filled in. With another ZIP it leads there too, and Loop finds nothing.", u.err()
}

// reference is checked with patience: it is told to TikTok after the order was written.
func (s *Story) reference(ctx context.Context) (string, error) {
	o, err := s.one(s.order)
	if err != nil {
		return "", err
	}
	number := o.GID[strings.LastIndex(o.GID, "/")+1:]
	err = s.until(ctx, func(context.Context) error {
		references := s.World.TikTok.ExternalReferences(s.order)
		if len(references) == 0 {
			return errors.New("TikTok has no external reference")
		}
		var u unlike
		u.want("the number of references", len(references), 1)
		u.want("the platform", references[0].Platform, "SHOPIFY")
		u.want("the Shopify order", references[0].ID, number)
		u.want("the number of units named", len(references[0].Lines), 3)
		return u.err()
	})
	return "SHOPIFY order " + number + ", with the line behind each of the 3 units", err
}

// lostAnswer cuts the connection after Shopify has committed. Its search index
// does not show the order for a while, so only a careful program does not write twice.
func (s *Story) lostAnswer(ctx context.Context) (string, error) {
	s.World.ShopifyFaults.Add("orderCreate", chaos.Fault{Kind: chaos.CutAfter}, 1)
	spec := storyOrder()
	spec.Status = "AWAITING_SHIPMENT"
	id, err := s.World.TikTok.PlaceOrder(TikTokShop, spec)
	if err != nil {
		return "", err
	}
	if _, err := s.orderIn(ctx, id, "written"); err != nil {
		return "", err
	}
	o, err := s.one(id)
	if err != nil {
		return "", err
	}
	var u unlike
	u.want("the faults left", s.World.ShopifyFaults.Pending(), 0)
	u.want("the total in cents", o.Total, int64(storyTotal))
	known, err := s.loopKnows(ctx, id)
	return fmt.Sprintf("Order %s: looked for, found, recorded. Shopify has it once.\nLoop was asked without being told to: %s", id, known), errors.Join(err, u.err())
}

func (s *Story) explain(ctx context.Context) (string, error) {
	view, err := s.orderIn(ctx, s.order, "written")
	if err != nil {
		return "", err
	}
	var told strings.Builder
	kinds := map[string]int{}
	for _, entry := range view.Timeline {
		kinds[entry.Kind]++
		fmt.Fprintf(&told, "%s  %-9s %s", entry.At.Format("15:04:05.000"), entry.Kind, entry.Text)
		for _, name := range []string{"cause", "reason", "outcome", "latency"} {
			if fact := entry.Facts[name]; fact != "" {
				fmt.Fprintf(&told, "  %s=%s", name, fact)
			}
		}
		told.WriteString("\n")
	}
	var u unlike
	for _, kind := range []string{"event", "decision", "call", "change"} {
		u.that(kinds[kind] > 0, "the timeline has no %s", kind)
	}
	return told.String(), u.err()
}
