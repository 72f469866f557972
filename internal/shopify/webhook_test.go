package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/secret"
)

func signature(key string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func webhookHeader(family string, body []byte) http.Header {
	h := http.Header{}
	for name, value := range map[string]string{
		"Topic": "orders/create", "Hmac-Sha256": signature(testSecret, body), "Shop-Domain": "acme.myshopify.com",
		"API-Version": "2026-10", "Webhook-Id": "b54557e4", "Event-Id": "98880550", "Triggered-At": "2026-11-22T12:00:00.123456789Z",
	} {
		h.Set(family+name, value)
	}
	return h
}

func TestVerifyWebhook(t *testing.T) {
	t.Parallel()
	body := []byte(`{"id":1}`)
	good, old := secret.New(testSecret), secret.New("older")
	for _, family := range []string{"X-Shopify-", "shopify-"} {
		h := webhookHeader(family, body)
		switch {
		case !VerifyWebhook(body, h, good), !VerifyWebhook(body, h, old, good), !VerifyWebhook(body, h, secret.String{}, good):
			t.Errorf("%s: a right signature was refused", family)
		case VerifyWebhook([]byte(`{"id":2}`), h, good), VerifyWebhook(nil, h, good), VerifyWebhook(body, h, old), VerifyWebhook(body, h):
			t.Errorf("%s: a wrong signature was accepted", family)
		}
	}
	for name, value := range map[string]string{"empty": "", "hex": strings.Repeat("ab", 32), "short": "YWJj", "unset secret": signature("", body)} {
		h := webhookHeader("X-Shopify-", body)
		h.Set("X-Shopify-Hmac-Sha256", value)
		if VerifyWebhook(body, h, good, secret.New("")) {
			t.Errorf("%s was accepted", name)
		}
	}
	twice := webhookHeader("X-Shopify-", body)
	twice.Add("X-Shopify-Hmac-Sha256", signature(testSecret, body))
	if VerifyWebhook(body, twice, good) || VerifyWebhook(body, http.Header{}, good) {
		t.Error("two signatures or none were accepted")
	}
	mixed := webhookHeader("shopify-", body)
	mixed.Set("X-Shopify-Hmac-Sha256", "forged")
	if VerifyWebhook(body, mixed, good) {
		t.Error("the families were mixed")
	}
}

func TestParseDelivery(t *testing.T) {
	t.Parallel()
	want := Delivery{
		Topic: "orders/create", Shop: "acme.myshopify.com", WebhookID: "b54557e4", EventID: "98880550", APIVersion: "2026-10",
		TriggeredAt: time.Date(2026, 11, 22, 12, 0, 0, 123456789, time.UTC),
	}
	for _, family := range []string{"X-Shopify-", "shopify-"} {
		got, err := ParseDelivery(webhookHeader(family, nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", family, diff)
		}
	}
	least := webhookHeader("X-Shopify-", nil)
	least.Del("X-Shopify-Event-Id")
	least.Del("X-Shopify-Triggered-At")
	least.Set("X-Shopify-Topic", "Orders/Create")
	if got, err := ParseDelivery(least); err != nil || got.Topic != "orders/create" || got.EventID != "" || !got.TriggeredAt.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	event := webhookHeader("shopify-", nil)
	event.Set("shopify-topic", "Order")
	event.Set("shopify-action", "update")
	if got, err := ParseDelivery(event); err != nil || got.Topic != "order/update" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParseDeliveryRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ header, value, want string }{
		"no topic":      {"X-Shopify-Topic", "", "Topic is missing"},
		"bad topic":     {"X-Shopify-Topic", "orders create", "malformed"},
		"no shop":       {"X-Shopify-Shop-Domain", "", "Shop-Domain is missing"},
		"other shop":    {"X-Shopify-Shop-Domain", "acme.myshopify.com.evil.example", "no shop domain"},
		"no id":         {"X-Shopify-Webhook-Id", "", "Webhook-Id is missing"},
		"long id":       {"X-Shopify-Webhook-Id", strings.Repeat("x", 256), "Webhook-Id is missing or malformed"},
		"control in id": {"X-Shopify-Webhook-Id", "a\x00b", "Webhook-Id is missing or malformed"},
		"no version":    {"X-Shopify-Api-Version", "", "Api-Version is missing"},
		"bad time":      {"X-Shopify-Triggered-At", "yesterday", "no time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := webhookHeader("X-Shopify-", nil)
			h.Set(tc.header, tc.value)
			if _, err := ParseDelivery(h); !errors.Is(err, ErrBadDelivery) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error = %v, want %q", err, tc.want)
			}
		})
	}
	_, err := ParseDelivery(http.Header{})
	for _, header := range []string{"Topic", "Webhook-Id", "Api-Version", "Shop-Domain"} {
		if err == nil || !strings.Contains(err.Error(), "X-Shopify-"+header) {
			t.Errorf("%v does not name %s", err, header)
		}
	}
}

// Whatever the headers hold, nothing panics, nothing long or foreign gets
// through, and nothing is verified but what was signed.
func FuzzWebhook(f *testing.F) {
	f.Add([]byte(`{}`), "sig", "orders/create", "acme.myshopify.com", "id", "2026-11-22T12:00:00Z", true)
	f.Add([]byte{}, "", "", "", "", "", false)
	f.Fuzz(func(t *testing.T, body []byte, sig, topic, shop, id, at string, newer bool) {
		family := "X-Shopify-"
		if newer {
			family = "shopify-"
		}
		h := webhookHeader(family, body)
		h.Set(family+"Hmac-Sha256", sig)
		h.Set(family+"Topic", topic)
		h.Set(family+"Shop-Domain", shop)
		h.Set(family+"Webhook-Id", id)
		h.Set(family+"Triggered-At", at)
		if VerifyWebhook(body, h, secret.New(testSecret)) && sig != signature(testSecret, body) {
			t.Errorf("accepted signature %q", sig)
		}
		d, err := ParseDelivery(h)
		if err != nil {
			if !errors.Is(err, ErrBadDelivery) || len(err.Error()) > 600 {
				t.Errorf("error = %v", err)
			}
			return
		}
		if _, err := ParseDomain(string(d.Shop)); err != nil || d.Topic == "" || d.WebhookID == "" || len(d.WebhookID) > maxHeader || len(d.Topic) > 2*maxHeader+1 {
			t.Errorf("delivery = %+v", d)
		}
	})
}
