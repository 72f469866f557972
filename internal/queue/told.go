package queue

import (
	"encoding/json"
	"log/slog"

	"github.com/riverqueue/river/rivertype"
)

// subject is what of a job's arguments may be logged: ids and words of ours. All
// else stays out, as a merchant's note may name a buyer.
type subject struct {
	Shop           string `json:"shop"`
	TikTokShop     string `json:"tiktok_shop"`
	Order          string `json:"order_id"`
	ShopifyOrder   string `json:"shopify_order"`
	Backfill       string `json:"backfill_id"`
	PrivacyRequest string `json:"request_id"`
	TestOrder      string `json:"test_order_id"`
	Code           string `json:"code"`
	Reason         string `json:"reason"`
	Cause          string `json:"cause"`
}

// about names the job and what it is about, under the names that all lines of the log have.
func about(job *rivertype.JobRow) []slog.Attr {
	var s subject
	_ = json.Unmarshal(job.EncodedArgs, &s) // a field of another type is not what is looked for
	attrs := []slog.Attr{slog.Int64("job_id", job.ID), slog.String("kind", job.Kind), slog.Int("attempt", job.Attempt)}
	for _, one := range []struct{ key, value string }{
		{"shop", s.Shop},
		{"tiktok_shop_id", s.TikTokShop},
		{"tiktok_order_id", s.Order},
		{"shopify_order_id", s.ShopifyOrder},
		{"backfill_id", s.Backfill},
		{"privacy_request_id", s.PrivacyRequest},
		{"test_order_id", s.TestOrder},
		{"code", s.Code},
		{"reason", s.Reason},
		{"cause", s.Cause},
	} {
		if one.value != "" {
			attrs = append(attrs, slog.String(one.key, one.value))
		}
	}
	return attrs
}
