package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// storyNumber is on the label of the merchant's parcel.
const storyNumber = "9400111899223344556677"

// returnable asks Loop how many of an order's lines a buyer could return, and of how many.
func (s *Story) returnable(ctx context.Context, order string) (eligible, lines int, err error) {
	body, err := json.Marshal(map[string]string{"order_name": order})
	if err != nil {
		return 0, 0, fmt.Errorf("encode: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.World.URL.Loop+"/api/v1/orders/return-eligibility", bytes.NewReader(body))
	if err != nil {
		return 0, 0, fmt.Errorf("ask loop: %w", err)
	}
	request.Header.Set("X-Authorization", loopKey)
	request.Header.Set("Content-Type", "application/json")
	answer, err := send(request)
	if err != nil {
		return 0, 0, fmt.Errorf("ask loop: %w", err)
	}
	var judged struct {
		Items []struct {
			Eligible bool `json:"eligible"`
		} `json:"items"`
	}
	if err := json.Unmarshal(answer, &judged); err != nil {
		return 0, 0, fmt.Errorf("decode loop's answer: %w", err)
	}
	for _, item := range judged.Items {
		if item.Eligible {
			eligible++
		}
	}
	return eligible, len(judged.Items), nil
}

// turnOnShipments lets shipments go both ways; mirroring what TikTok ships was on from the beginning.
func (s *Story) turnOnShipments(ctx context.Context) (string, error) {
	var settings map[string]any
	change := map[string]any{"pull_fulfillments": true, "push_fulfillments": true}
	if err := s.api(ctx, http.MethodPut, "/api/settings", change, &settings); err != nil {
		return "", err
	}
	var u unlike
	u.want("pull_fulfillments", settings["pull_fulfillments"], true)
	u.want("push_fulfillments", settings["push_fulfillments"], true)
	u.want("mirror_shipments", settings["mirror_shipments"], true)
	return "", u.err()
}

// ship has the merchant fulfill the first order in Shopify; TikTok must hear of it once.
func (s *Story) ship(ctx context.Context) (string, error) {
	o, err := s.one(s.order)
	if err != nil {
		return "", err
	}
	before, lines, err := s.returnable(ctx, s.order)
	if err != nil {
		return "", err
	}
	if _, err := s.World.Shopify.Fulfill(Shop, o.GID, shopifysim.ShipSpec{Company: "USPS", Numbers: []string{storyNumber}}); err != nil {
		return "", err
	}
	if _, err := s.shipmentsIn(ctx, s.order, "done"); err != nil {
		return "", err
	}
	after, _, err := s.returnable(ctx, s.order)
	var u unlike
	u.want("the lines that Loop would take back before", before, 0)
	u.want("the lines that Loop takes back", after, lines)
	u.want("TikTok's tracking numbers", fmt.Sprint(s.numbers(s.order)), fmt.Sprint([]string{storyNumber, storyNumber, storyNumber}))
	return fmt.Sprintf("TikTok knows that all 3 units left with USPS %s. Loop, which took back nothing of it before, takes all now.", storyNumber), errors.Join(err, u.err())
}

// tiktokShips has TikTok itself move an order: nobody fulfills it in Shopify, and Loop would never take it back.
func (s *Story) tiktokShips(ctx context.Context) (string, error) {
	spec := storyOrder()
	spec.Status, spec.ShippingType = "AWAITING_SHIPMENT", "TIKTOK"
	id, err := s.World.TikTok.PlaceOrder(TikTokShop, spec)
	if err != nil {
		return "", err
	}
	s.fetched = id
	if _, err := s.orderIn(ctx, id, "written"); err != nil {
		return "", err
	}
	before, lines, err := s.returnable(ctx, id)
	if err != nil {
		return "", err
	}
	if _, err := s.World.TikTok.Ship(id, tiktoksim.Shipment{TrackingNumber: storyNumber}); err != nil {
		return "", err
	}
	if err := s.World.TikTok.SetStatus(id, "DELIVERED"); err != nil {
		return "", err
	}
	err = s.until(ctx, func(context.Context) error {
		o, err := s.one(id)
		if err != nil {
			return err
		}
		var u unlike
		u.want("the number of fulfillments", len(o.Fulfillments), 1)
		for _, f := range o.Fulfillments {
			u.want("the tracking number", fmt.Sprint(f.Numbers), fmt.Sprint([]string{storyNumber}))
			u.want("what the carrier says", f.ShipmentStatus, "DELIVERED")
		}
		return u.err()
	})
	if err != nil {
		return "", err
	}
	after, _, err := s.returnable(ctx, id)
	var u unlike
	u.want("the lines that Loop would take back before", before, 0)
	u.want("the lines that Loop takes back", after, lines)
	u.want("the number of e-mails to the buyer", len(s.World.Shopify.Emails()), 0)
	return fmt.Sprintf("Order %s is fulfilled and delivered in Shopify, and nobody was e-mailed. Loop refused all %d lines before, and takes them now.", id, lines), errors.Join(err, u.err())
}

// numbers are the tracking numbers of TikTok's units.
func (s *Story) numbers(order string) []string {
	shown, _ := s.World.TikTok.Order(order)
	var o struct {
		Lines []struct {
			Number string `json:"tracking_number"`
		} `json:"line_items"`
	}
	_ = json.Unmarshal(shown.Raw, &o) // the simulator's own; what is not there is missed by the caller
	var numbers []string
	for _, line := range o.Lines {
		numbers = append(numbers, line.Number)
	}
	return numbers
}

// shipmentsIn waits until the order's leg of shipments is in a state.
func (s *Story) shipmentsIn(ctx context.Context, order, state string) (orderView, error) {
	var view orderView
	err := s.until(ctx, func(ctx context.Context) error {
		view = orderView{}
		if err := s.api(ctx, http.MethodGet, "/api/orders/"+order, nil, &view); err != nil {
			return err
		}
		if got := view.Legs.Shipments; got.State != state {
			return fmt.Errorf("shipments of order %s are %q (%s), want %q; exceptions: %v", order, got.State, got.Reason, state, view.Exceptions)
		}
		return nil
	})
	return view, err
}
