package tiktok

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/switchbackhq/switchback/internal/secret"
)

// VerifyWebhook tells whether raw was signed by TikTok: header is the request's
// Authorization, the lower-case hex HMAC-SHA256 of app key and body, keyed with
// the app secret (Partner Center, "TikTok Shop webhooks overview"). Neither a
// time nor a nonce is signed: an old body verifies for ever.
func VerifyWebhook(appKey string, appSecret secret.String, header string, raw []byte) bool {
	if appKey == "" || appSecret.Empty() {
		return false
	}
	mac := hmac.New(sha256.New, []byte(appSecret.Reveal()))
	mac.Write([]byte(appKey))
	mac.Write(raw)
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(header)) == 1
}

// The types of notification that mean something to us, as Notification.Topic
// writes them. TikTok has many more and publishes no complete list.
const (
	TopicOrderStatus  = "1"
	TopicAddress      = "3"
	TopicPackage      = "4"
	TopicDeauthorized = "6"
	TopicExpiring     = "7"
	TopicCancellation = "11"
	TopicReturn       = "12"
	TopicAftersale    = "64"
	TopicRMA          = "65"
	TopicRefunded     = "67"
)

// Notification is what a webhook's body says. It is a hint: it may come twice,
// late or out of order, and the truth is read anew. Fields that are absent or
// make no sense are empty.
type Notification struct {
	Type int
	// ID is TikTok's id of the notification; some types come without.
	ID        string
	Shop      ShopID
	Timestamp int64
	OrderID   OrderID
	// Orders are all orders concerned: OrderID, or those of a package update or a
	// refund. Types 64 and 65 name none.
	Orders      []OrderID
	OrderStatus OrderStatus
	// UpdateTime is when the subject changed, unix seconds.
	UpdateTime int64
	// ExpiresAt is when a permission will end, unix seconds: TopicExpiring tells it.
	ExpiresAt int64
	// Case is the return or cancellation concerned and Phase what its status meant for
	// the buyer's money then: TopicReturn and TopicCancellation tell them.
	Case  string
	Phase Phase
	Data  json.RawMessage

	// raw is the body, of which DeliveryID may have to make an id.
	raw []byte
}

// longestWord bounds ids and statuses, which become keys and rows.
const longestWord = 64

// ParseNotification reads a verified body. It takes any type, and ids and times
// as strings or numbers; only a body that is no JSON object with a type is an error.
func ParseNotification(raw []byte) (Notification, error) {
	var wire struct {
		Type      json.RawMessage `json:"type"`
		ID        json.RawMessage `json:"tts_notification_id"`
		Shop      json.RawMessage `json:"shop_id"`
		Timestamp json.RawMessage `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return Notification{}, fmt.Errorf("parse tiktok notification: %w", hideValue(err))
	}
	kind, err := strconv.Atoi(word(wire.Type))
	if err != nil || kind < 0 {
		return Notification{}, errors.New("parse tiktok notification: it has no type")
	}
	n := Notification{
		Type: kind, ID: word(wire.ID), Shop: ShopID(digits(wire.Shop)), Timestamp: seconds(wire.Timestamp),
		Data: wire.Data, raw: raw,
	}
	n.readData()
	return n, nil
}

// readData takes from `data` what it can; every type has its own.
func (n *Notification) readData() {
	var data struct {
		OrderID     json.RawMessage `json:"order_id"`
		OrderStatus json.RawMessage `json:"order_status"`
		UpdateTime  json.RawMessage `json:"update_time"`
		CreateTime  json.RawMessage `json:"create_time"`
		PackageList json.RawMessage `json:"package_list"`
		RefundLines json.RawMessage `json:"line_items"`
		Expiration  json.RawMessage `json:"expiration_time"`
		ReturnID    json.RawMessage `json:"return_id"`
		Return      json.RawMessage `json:"return_status"`
		CancelID    json.RawMessage `json:"cancel_id"`
		Cancel      json.RawMessage `json:"cancel_status"`
	}
	if json.Unmarshal(n.Data, &data) != nil {
		return // not an object: there is nothing to take
	}
	n.OrderStatus = ParseOrderStatus(word(data.OrderStatus))
	n.UpdateTime = seconds(data.UpdateTime)
	if n.UpdateTime == 0 {
		n.UpdateTime = seconds(data.CreateTime)
	}
	n.ExpiresAt = seconds(data.Expiration)
	switch n.Topic() {
	case TopicReturn:
		n.Case, n.Phase = digits(data.ReturnID), ReturnStatus(word(data.Return)).Phase()
	case TopicCancellation:
		n.Case, n.Phase = digits(data.CancelID), ParseCancelStatus(word(data.Cancel)).Phase()
	}
	if n.OrderID = OrderID(digits(data.OrderID)); n.OrderID != "" {
		n.Orders = []OrderID{n.OrderID}
		return
	}
	if n.Orders = packagedOrders(data.PackageList); n.Orders == nil {
		n.Orders = refundedOrders(data.RefundLines)
	}
}

// refundedOrders are the orders of a refund, each once.
func refundedOrders(raw json.RawMessage) []OrderID {
	var lines []struct {
		OrderID json.RawMessage `json:"main_order_id"`
	}
	if json.Unmarshal(raw, &lines) != nil {
		return nil
	}
	var orders []OrderID
	for _, line := range lines {
		if id := OrderID(digits(line.OrderID)); id != "" && !slices.Contains(orders, id) {
			orders = append(orders, id)
		}
	}
	return orders
}

// packagedOrders are the orders of a package update, each once.
func packagedOrders(raw json.RawMessage) []OrderID {
	var packages []struct {
		OrderIDs []json.RawMessage `json:"order_id_list"`
	}
	if json.Unmarshal(raw, &packages) != nil {
		return nil
	}
	var orders []OrderID
	seen := map[OrderID]bool{"": true}
	for _, p := range packages {
		for _, raw := range p.OrderIDs {
			if id := OrderID(digits(raw)); !seen[id] {
				seen[id] = true
				orders = append(orders, id)
			}
		}
	}
	return orders
}

// Topic is the type in text, the inbox's name for it.
func (n Notification) Topic() string { return strconv.Itoa(n.Type) }

// DeliveryID tells deliveries of the same notification from others, within one
// shop and type. Where TikTok gives no id it is made of what the notification is
// about, which a repeated delivery repeats too; failing that, of the body.
func (n Notification) DeliveryID() string {
	switch {
	case n.ID != "":
		return n.ID
	case n.OrderID != "" && n.UpdateTime != 0:
		return fmt.Sprintf("type:%d/shop:%s/order:%s/updated:%d", n.Type, n.Shop, n.OrderID, n.UpdateTime)
	default:
		sum := sha256.Sum256(n.raw)
		return "sha256:" + hex.EncodeToString(sum[:])
	}
}

// word is a JSON string's text or a number's digits; empty for anything else
// and for what is too long to be an id or a status.
func word(raw json.RawMessage) string {
	if len(raw) == 0 || len(raw) > longestWord {
		return ""
	}
	if c := raw[0]; c == '-' || '0' <= c && c <= '9' {
		return string(raw)
	}
	var text *string
	if json.Unmarshal(raw, &text) != nil || text == nil {
		return ""
	}
	return *text
}

// digits is word where it may be one of TikTok's ids.
func digits(raw json.RawMessage) string {
	if id := word(raw); numeric.MatchString(id) {
		return id
	}
	return ""
}

func seconds(raw json.RawMessage) int64 {
	number, err := strconv.ParseInt(word(raw), 10, 64)
	if err != nil || number < 0 {
		return 0
	}
	return number
}
