package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// mostAnswer bounds what is read of an answer.
const mostAnswer = 4 << 20

// httpClient follows redirects as a browser does, within bounds.
var httpClient = &http.Client{Timeout: 15 * time.Second}

// get opens a page as a browser would.
func (s *Story) get(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("the address cannot be opened")
	}
	_, err = send(request)
	return err
}

// api calls the JSON API as the merchant's browser does, with a session token.
func (s *Story) api(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, s.App+path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	request.Header.Set("Authorization", "Bearer "+s.World.Shopify.SessionToken(Shop, merchant))
	request.Header.Set("Content-Type", "application/json")
	answer, err := send(request)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s: decode the answer: %w", method, path, err)
	}
	return nil
}

func send(request *http.Request) ([]byte, error) {
	response, err := httpClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered %s: %s", response.Status, strings.TrimSpace(string(body)))
	}
	return body, nil
}

// legView is how far one way of an order is.
type legView struct {
	State  string `json:"state"`
	Reason string `json:"reason"`
}

// orderView is the part of `GET /api/orders/{id}` that the story reads.
type orderView struct {
	State          string `json:"state"`
	Reason         string `json:"reason"`
	ShopifyOrderID string `json:"shopify_order_id"`
	Legs           struct {
		Shipments legView `json:"shipments"`
		Refunds   legView `json:"refunds"`
	} `json:"legs"`
	Timeline []struct {
		At    time.Time         `json:"at"`
		Kind  string            `json:"kind"`
		Text  string            `json:"text"`
		Facts map[string]string `json:"facts"`
	} `json:"timeline"`
	Exceptions []struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"exceptions"`
	Loop *struct {
		Found   bool   `json:"found"`
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"loop"`
}

// orderIn waits until Switchback has the order in a state.
func (s *Story) orderIn(ctx context.Context, order, state string) (orderView, error) {
	var view orderView
	err := s.until(ctx, func(ctx context.Context) error {
		view = orderView{}
		if err := s.api(ctx, http.MethodGet, "/api/orders/"+order, nil, &view); err != nil {
			return err
		}
		if view.State != state {
			return fmt.Errorf("order %s is %q (%s), want %q; exceptions: %v", order, view.State, view.Reason, state, view.Exceptions)
		}
		return nil
	})
	return view, err
}

// openApp is the first embedded load: Shopify hands a token over that is
// exchanged for one that works while the merchant is away.
func (s *Story) openApp(ctx context.Context) (string, error) {
	for range 2 { // the second view exchanges nothing
		if err := s.get(ctx, s.World.Shopify.EmbeddedURL(Shop, merchant)); err != nil {
			return "", err
		}
	}
	var settings map[string]any
	if err := s.api(ctx, http.MethodGet, "/api/settings", nil, &settings); err != nil {
		return "", err
	}
	var u unlike
	for _, name := range []string{"pull_orders", "push_orders", "pull_fulfillments", "push_fulfillments", "pull_refunds", "push_refunds"} {
		u.want(name, settings[name], false)
	}
	return "Switchback is installed on " + Shop + ". The six switches are off: nothing happens unasked.", u.err()
}

// connect walks through TikTok's authorization.
func (s *Story) connect(ctx context.Context) (string, error) {
	var answer struct {
		AuthorizeURL string `json:"authorize_url"`
	}
	if err := s.api(ctx, http.MethodPost, "/api/tiktok/connect", nil, &answer); err != nil {
		return "", err
	}
	if err := s.World.TikTok.ChooseSeller(Seller); err != nil {
		return "", err
	}
	if err := s.get(ctx, answer.AuthorizeURL); err != nil {
		return "", err
	}
	var u unlike
	subscriptions := s.World.TikTok.Subscriptions(TikTokShop)
	u.want("TikTok's address for ORDER_STATUS_CHANGE", subscriptions["ORDER_STATUS_CHANGE"], s.App+"/webhooks/tiktok")
	return fmt.Sprintf("TikTok will tell Switchback of %d kinds of events. The seller's British shop is listed and off: it sells in another currency.", len(subscriptions)), u.err()
}

func (s *Story) turnOn(ctx context.Context) (string, error) {
	var settings map[string]any
	change := map[string]any{"pull_orders": true, "push_orders": true, "return_portal_url": s.World.portal()}
	if err := s.api(ctx, http.MethodPut, "/api/settings", change, &settings); err != nil {
		return "", err
	}
	var u unlike
	u.want("pull_orders", settings["pull_orders"], true)
	u.want("push_orders", settings["push_orders"], true)
	u.want("pull_refunds", settings["pull_refunds"], false)
	link, _ := settings["return_link"].(string)
	u.that(strings.HasPrefix(link, s.App+"/returns/"), "return_link is %q", link)
	return "", errors.Join(u.err(), s.World.TikTok.SetReturnURL(link+"?order=[TT_ORDER_NUM]&zip=[TTS_ZIP_CODE]"))
}
