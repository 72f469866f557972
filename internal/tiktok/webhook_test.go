package tiktok

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/switchbackhq/switchback/internal/secret"
)

type signatures struct {
	AppKey    string            `json:"app_key"`
	AppSecret string            `json:"app_secret"`
	Headers   map[string]string `json:"authorization"`
}

func TestVerifyWebhook(t *testing.T) {
	t.Parallel()
	var s signatures
	readJSON(t, "testdata/webhook_signatures.json", &s)
	if len(s.Headers) < 6 {
		t.Fatal("signatures are missing")
	}
	key := secret.New(s.AppSecret)
	for file, header := range s.Headers {
		raw, err := os.ReadFile(filepath.Join("testdata/webhooks", file))
		if err != nil {
			t.Fatal(err)
		}
		if !VerifyWebhook(s.AppKey, key, header, raw) {
			t.Errorf("%s: refused", file)
		}
		tampered := slices.Clone(raw)
		tampered[len(tampered)/2] ^= 1
		forged := map[string]bool{
			"another body":   VerifyWebhook(s.AppKey, key, header, tampered),
			"truncated":      VerifyWebhook(s.AppKey, key, header, raw[:len(raw)-1]),
			"another secret": VerifyWebhook(s.AppKey, secret.New("other"), header, raw),
			"another app":    VerifyWebhook("other", key, header, raw),
			"no header":      VerifyWebhook(s.AppKey, key, "", raw),
			"bearer":         VerifyWebhook(s.AppKey, key, "Bearer "+header, raw),
			"upper case":     VerifyWebhook(s.AppKey, key, strings.ToUpper(header), raw),
			"no secret":      VerifyWebhook(s.AppKey, secret.String{}, header, raw),
		}
		for name, accepted := range forged {
			if accepted {
				t.Errorf("%s: %s is accepted", file, name)
			}
		}
	}
}

// reading is a body and what must be read from it. A delivery that is only a
// prefix stands for a hash of the body.
type reading struct {
	raw      string
	want     Notification
	delivery string
}

func readings(t *testing.T) map[string]reading {
	t.Helper()
	const shop = "7494000000000010001"
	return map[string]reading{
		"order status": {
			raw: sample(t, "webhook_type01_order_status_awaiting_shipment.json"),
			want: Notification{Type: 1, ID: "7628000000000000003", Shop: shop, Timestamp: 1795103641, OrderID: "576900000000010004",
				Orders: []OrderID{"576900000000010004"}, OrderStatus: AwaitingShipment, UpdateTime: 1795103640},
			delivery: "7628000000000000003",
		},
		"cancel is the order API's cancelled": {
			raw: sample(t, "webhook_type01_order_status_cancel.json"),
			want: Notification{Type: 1, ID: "7628000000000000004", Shop: shop, Timestamp: 1795101802, OrderID: "576900000000010005",
				Orders: []OrderID{"576900000000010005"}, OrderStatus: CancelledStatus, UpdateTime: 1795101801},
			delivery: "7628000000000000004",
		},
		"no notification id": {
			raw: sample(t, "webhook_type03_recipient_address_update_no_notification_id.json"),
			want: Notification{Type: 3, Shop: shop, Timestamp: 1795105001, OrderID: "576900000000010001",
				Orders: []OrderID{"576900000000010001"}, UpdateTime: 1795105000},
			delivery: "type:3/shop:" + shop + "/order:576900000000010001/updated:1795105000",
		},
		"deauthorized": {
			raw:      sample(t, "webhook_type06_seller_deauthorization.json"),
			want:     Notification{Type: 6, ID: "7628000000000000007", Shop: shop, Timestamp: 1795100000},
			delivery: "7628000000000000007",
		},
		"cancellation has a create time only": {
			raw: sample(t, "webhook_type11_cancellation_pending.json"),
			want: Notification{Type: 11, ID: "7628000000000000009", Shop: shop, Timestamp: 1795109001, OrderID: "576900000000010020",
				Orders: []OrderID{"576900000000010020"}, UpdateTime: 1795109000, Case: "4035000000000020002", Phase: PhaseOpen},
			delivery: "7628000000000000009",
		},
		"a return": {
			raw: sample(t, "webhook_type12_return_pending.json"),
			want: Notification{Type: 12, ID: "7628000000000000011", Shop: shop, Timestamp: 1795100000, OrderID: "576900000000010016",
				Orders: []OrderID{"576900000000010016"}, UpdateTime: 1794800000, Case: "4035000000000010003", Phase: PhaseOpen},
			delivery: "7628000000000000011",
		},
		"a cancellation in the webhook's spelling": {
			raw:      `{"type":11,"tts_notification_id":"9","data":{"order_id":"11","cancel_id":"12","cancel_status":"CANCELLATION_REQUEST_CANCELLED"}}`,
			want:     Notification{Type: 11, ID: "9", OrderID: "11", Orders: []OrderID{"11"}, Case: "12", Phase: PhaseClosed},
			delivery: "9",
		},
		"a return in words that nobody knows": {
			raw:      `{"type":12,"tts_notification_id":"9","data":{"order_id":"11","return_id":"x","return_status":{},"cancel_id":"12"}}`,
			want:     Notification{Type: 12, ID: "9", OrderID: "11", Orders: []OrderID{"11"}, Phase: PhaseUnknown},
			delivery: "9",
		},
		"packages of several orders": {
			raw:      `{"type":4,"tts_notification_id":"9","data":{"update_time":5,"package_list":[{"package_id":"1","order_id_list":["11","12"]},{"order_id_list":["12",13]}]}}`,
			want:     Notification{Type: 4, ID: "9", Orders: []OrderID{"11", "12", "13"}, UpdateTime: 5},
			delivery: "9",
		},
		"a refund names orders in its lines": {
			raw:      `{"type":67,"tts_notification_id":"9","data":{"refund_status":"REFUND_SUCCESS","line_items":[{"main_order_id":"11"},{"main_order_id":"11"},{"main_order_id":12},{}]}}`,
			want:     Notification{Type: 67, ID: "9", Orders: []OrderID{"11", "12"}},
			delivery: "9",
		},
		"everything in the other notation": {
			raw: `{"type":"1","tts_notification_id":7628,"shop_id":7494000000000010001,"timestamp":"17","data":{"order_id":576900000000010001,"order_status":"UNPAID","update_time":"18"}}`,
			want: Notification{Type: 1, ID: "7628", Shop: shop, Timestamp: 17, OrderID: "576900000000010001",
				Orders: []OrderID{"576900000000010001"}, OrderStatus: Unpaid, UpdateTime: 18},
			delivery: "7628",
		},
		"unknown type with strange data": {
			raw:      `{"type":4242,"tts_notification_id":null,"shop_id":{"a":1},"timestamp":-1,"data":["x"]}`,
			want:     Notification{Type: 4242},
			delivery: "sha256:f6f9d8a1",
		},
		"ids that are none": {
			raw:      `{"type":1,"tts_notification_id":"` + strings.Repeat("9", 70) + `","shop_id":"../x","data":{"order_id":"1 or 1","order_status":[],"update_time":true}}`,
			want:     Notification{Type: 1},
			delivery: "sha256:",
		},
	}
}

func TestParseNotification(t *testing.T) {
	t.Parallel()
	for name, c := range readings(t) {
		got, err := ParseNotification([]byte(c.raw))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		ignore := cmpopts.IgnoreFields(Notification{}, "Data", "raw")
		if diff := cmp.Diff(c.want, got, ignore); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		id := got.DeliveryID()
		if strings.HasPrefix(c.delivery, "sha256:") {
			if len(id) != len("sha256:")+64 || !strings.HasPrefix(id, "sha256:") {
				t.Errorf("%s: delivery id %q, want a hash of the body", name, id)
			}
		} else if id != c.delivery {
			t.Errorf("%s: delivery id %q, want %q", name, id, c.delivery)
		}
	}
}

func sample(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/webhooks", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestParseNotificationRefuses(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "null", "[]", `"x"`, "{}", `{"type":null}`, `{"type":"x"}`, `{"type":-1}`, `{"type":1.5}`, `{"type":true}`,
		`{"type":99999999999999999999}`, `{"type":1`, `{"type":1}{"type":1}`,
	} {
		if n, err := ParseNotification([]byte(raw)); err == nil {
			t.Errorf("%s: taken as %+v", raw, n)
		}
	}
}

func TestDeliveryIDOfBodiesWithoutAnythingToHoldOnTo(t *testing.T) {
	t.Parallel()
	first, err := ParseNotification([]byte(`{"type":7,"data":{"message":"a"}}`))
	if err != nil {
		t.Fatal(err)
	}
	second, err := ParseNotification([]byte(`{"type":7,"data":{"message":"b"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if first.DeliveryID() == second.DeliveryID() {
		t.Error("two bodies have one delivery id")
	}
}

func FuzzParseNotification(f *testing.F) {
	files, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("samples are missing")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"type":"4","tts_notification_id":7,"data":{"package_list":[{"order_id_list":[1,null,{}]}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := ParseNotification(raw)
		if err != nil {
			return
		}
		if !json.Valid(raw) || n.Type < 0 || n.DeliveryID() == "" || len(n.DeliveryID()) > 160 {
			t.Errorf("%q was taken as %+v with delivery id %q", raw, n, n.DeliveryID())
		}
		for _, id := range append(slices.Clone(n.Orders), n.OrderID) {
			if _, err := ParseOrderID(string(id)); id != "" && err != nil {
				t.Errorf("%q gave the order id %q", raw, id)
			}
		}
	})
}
