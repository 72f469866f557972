package tiktoksim

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// event is a kind of webhook: its number in the body and its name in a subscription.
type event struct {
	number int
	name   string
	bare   bool // sent without tts_notification_id
}

var (
	orderStatusChanged = event{number: 1, name: "ORDER_STATUS_CHANGE"}
	addressUpdated     = event{number: 3, name: "RECIPIENT_ADDRESS_UPDATE", bare: true}
	packageUpdated     = event{number: 4, name: "PACKAGE_UPDATE"}
	sellerDeauthorized = event{number: 6, name: "SELLER_DEAUTHORIZATION"}

	cancellationChanged = event{number: 11, name: "CANCELLATION_STATUS_CHANGE"}
	returnChanged       = event{number: 12, name: "RETURN_STATUS_CHANGE"}
	requestChanged      = event{number: 64, name: "AFTERSALES_REQUEST_STATUS_UPDATE"}
	refundPaid          = event{number: 67, name: "REFUND_SUCCESS"}
)

// eventNames are the types that can be subscribed to (event 202309 document), by number where one is known.
var eventNames = map[string]int{
	"ORDER_STATUS_CHANGE": 1, "REVERSE_STATUS_UPDATE": 2, "RECIPIENT_ADDRESS_UPDATE": 3, "PACKAGE_UPDATE": 4,
	"PRODUCT_STATUS_CHANGE": 5, "SELLER_DEAUTHORIZATION": 6, "UPCOMING_AUTHORIZATION_EXPIRATION": 7,
	"CANCELLATION_STATUS_CHANGE": 11, "RETURN_STATUS_CHANGE": 12, "NEW_CONVERSATION": 13, "NEW_MESSAGE": 14,
	"PRODUCT_INFORMATION_CHANGE": 15, "PRODUCT_CREATION": 16, "PRODUCT_CATEGORY_CHANGE": 18, "NEW_MESSAGE_LISTENER": 33,
	"INVOICE_STATUS_CHANGE": 36, "PRODUCT_AUDIT_STATUS_CHANGE": 37,
}

// subscription is one shop's address for one event type.
type subscription struct {
	Address    string `json:"address"`
	EventType  string `json:"event_type"`
	CreateTime int64  `json:"create_time"`
	UpdateTime int64  `json:"update_time"`
}

// Subscriptions are the webhook addresses of a shop by event type.
func (s *Sim) Subscriptions(shopID string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string]string{}
	if sh := s.shopByID(shopID); sh != nil {
		for _, sub := range sh.subscriptions {
			found[sub.EventType] = sub.Address
		}
	}
	return found
}

func (s *Sim) listWebhooks(c *call) answer {
	return frozen(map[string]any{
		"total_count": len(c.shop.subscriptions),
		"webhooks":    append([]subscription{}, c.shop.subscriptions...),
	})
}

func (s *Sim) putWebhook(c *call) answer {
	want, err := decodeBody[subscription](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	// Which names beyond the documented ones are taken is not public, so a refusal is no breach of contract.
	if _, ok := eventNames[want.EventType]; !ok && !slices.Contains(s.opts.MoreEventTypes, want.EventType) {
		return answer{status: http.StatusBadRequest, code: 36009004, message: "param body.event_type is invalid"}
	}
	if !addressAllowed(want.Address, s.opts.StrictAddresses) {
		return answer{status: http.StatusBadRequest, code: 36009004, message: "param body.address is invalid"}
	}
	want.UpdateTime = s.now().Unix()
	want.CreateTime = want.UpdateTime
	for i, old := range c.shop.subscriptions {
		if old.EventType == want.EventType {
			want.CreateTime = old.CreateTime
			c.shop.subscriptions[i] = want
			return success(map[string]any{})
		}
	}
	c.shop.subscriptions = append(c.shop.subscriptions, want)
	return success(map[string]any{})
}

// deleteWebhook always succeeds, also where nothing was subscribed.
func (s *Sim) deleteWebhook(c *call) answer {
	gone, err := decodeBody[subscription](c)
	if err != nil {
		return breach(http.StatusBadRequest, 36009004, err.Error())
	}
	c.shop.subscriptions = slices.DeleteFunc(c.shop.subscriptions, func(sub subscription) bool {
		return sub.EventType == gone.EventType
	})
	return success(map[string]any{})
}

// addressAllowed is TikTok's rule for production when strict: https, a domain, no port. The sandbox lives on loopback.
func addressAllowed(address string, strict bool) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return false
	}
	if !strict {
		return true
	}
	_, ipErr := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" && u.Port() == "" && ipErr != nil && strings.Contains(u.Hostname(), ".")
}
