package shopify

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

// ErrBadDelivery is wrapped by every refusal of ParseDelivery.
var ErrBadDelivery = errors.New("not a webhook of Shopify's")

// Delivery is what a webhook's headers say.
type Delivery struct {
	// Topic is in the form "orders/create".
	Topic string
	Shop  Domain
	// WebhookID is the same in every retry of one delivery, EventID in every
	// delivery of one event; EventID may be empty.
	WebhookID, EventID string
	APIVersion         string
	// TriggeredAt is when it happened; zero when not said.
	TriggeredAt time.Time
}

// Shopify has two families of webhook headers: the one of topics, and that of
// its newer events. Each is complete in itself, so they are never mixed.
const (
	topicFamily = "X-Shopify-"
	eventFamily = "Shopify-"
	// maxHeader bounds a header's value, in bytes.
	maxHeader = 255
)

// familyOf tells which family a delivery uses.
func familyOf(h http.Header) string {
	if len(h.Values(topicFamily+"Hmac-Sha256")) == 0 && len(h.Values(eventFamily+"Hmac-Sha256")) > 0 {
		return eventFamily
	}
	return topicFamily
}

// VerifyWebhook tells whether Shopify signed the body, which has to be the very
// bytes that came. For an hour after the app's secret was rotated Shopify may
// still sign with the one before, so both are given.
func VerifyWebhook(body []byte, h http.Header, secrets ...secret.String) bool {
	values := h.Values(familyOf(h) + "Hmac-Sha256")
	if len(values) != 1 {
		return false
	}
	given, err := base64.StdEncoding.Strict().DecodeString(values[0])
	return err == nil && signed(body, given, secrets)
}

// ParseDelivery reads the headers of a delivery whose signature was found right.
func ParseDelivery(h http.Header) (Delivery, error) {
	r := headerReader{header: h, family: familyOf(h)}
	d := Delivery{
		Topic: r.required("Topic"), WebhookID: r.required("Webhook-Id"), APIVersion: r.required("Api-Version"),
		EventID: r.optional("Event-Id"),
	}
	domain, triggered := r.required("Shop-Domain"), r.optional("Triggered-At")
	if len(r.problems) > 0 {
		return Delivery{}, fmt.Errorf("%w: %s", ErrBadDelivery, strings.Join(r.problems, ", "))
	}
	var err error
	if d.Shop, err = ParseDomain(domain); err != nil {
		return Delivery{}, fmt.Errorf("%w: %w", ErrBadDelivery, err)
	}
	if d.Topic, err = normalTopic(d.Topic, r.optional("Action")); err != nil {
		return Delivery{}, err
	}
	if triggered != "" {
		if d.TriggeredAt, err = time.Parse(time.RFC3339Nano, triggered); err != nil {
			return Delivery{}, fmt.Errorf("%w: %sTriggered-At is no time", ErrBadDelivery, r.family)
		}
	}
	return d, nil
}

// normalTopic is "resource/event" in lower case. The newer events name the
// resource as the topic and what happened to it as the action.
func normalTopic(topic, action string) (string, error) {
	if !strings.Contains(topic, "/") && action != "" {
		topic += "/" + action
	}
	topic = strings.ToLower(topic)
	for _, r := range topic {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '/' && r != '-' && r != '.' {
			return "", fmt.Errorf("%w: its topic %q is malformed", ErrBadDelivery, clip(topic))
		}
	}
	return topic, nil
}

// headerReader collects everything that is wrong, so that one answer names it all.
type headerReader struct {
	header   http.Header
	family   string
	problems []string
}

func (r *headerReader) required(name string) string {
	value := r.optional(name)
	if value == "" {
		r.problems = append(r.problems, r.family+name+" is missing or malformed")
	}
	return value
}

// optional is empty for a header that is absent, comes twice, is too long or not printable ASCII.
func (r *headerReader) optional(name string) string {
	values := r.header.Values(r.family + name)
	if len(values) != 1 || len(values[0]) > maxHeader {
		return ""
	}
	value := strings.TrimSpace(values[0])
	for _, c := range []byte(value) {
		if c < ' ' || c > '~' {
			return ""
		}
	}
	return value
}
