package orders

import "github.com/switchbackhq/switchback/internal/tiktok"

// shipBy is when the seller must have shipped what is left of an order, in unix
// seconds; 0 where nothing is left, where TikTok moves the parcels, and while
// the buyer may still take the order back. Of the two deadlines that the order
// API names, `rts_sla_time` and `tts_sla_time`, the earlier one counts: both
// are held against the seller.
func shipBy(o tiktok.Order) int64 {
	switch {
	case byPlatform(o), o.ShippedByTikTok(), cancelled(o), allShipped(o), o.Status == tiktok.Unpaid, o.Status == tiktok.OnHold:
		return 0
	case o.RTSSLATime == 0 || o.TTSSLATime == 0:
		return max(o.RTSSLATime, o.TTSSLATime)
	default:
		return min(o.RTSSLATime, o.TTSSLATime)
	}
}
