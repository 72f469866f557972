package pages

// Said is the banner for a key that a redirect carried back after an action; an
// unknown key gives none. Only what stands here is ever shown: an address that
// somebody prepared cannot put words on a page.
func Said(key string) *Banner {
	banner, ok := said[key]
	if !ok {
		return nil
	}
	return &banner
}

var said = map[string]Banner{
	"saved":         {Tone: "success", Heading: "Saved"},
	"tiktok_on":     {Tone: "success", Heading: "The TikTok shop is synced", Text: "What waited for it goes on."},
	"tiktok_off":    {Tone: "success", Heading: "The TikTok shop is not synced any more", Text: "Its notifications are kept and taken up when it is synced again."},
	"tiktok_parted": {Tone: "success", Heading: "The TikTok shop is disconnected"},

	"portal_asked":    {Tone: "info", Heading: "The portal was asked", Text: "The step says what it answered."},
	"test_order_sent": {Tone: "info", Heading: "The test order is on its way", Text: "This page follows it."},
	"loop_lost":       {Tone: "warning", Heading: "Loop does not find the order", Text: "What Loop answered stands on the order's page."},

	"backfill_started": {Tone: "info", Heading: "The backfill has begun", Text: "This page shows how far it is. You may leave it."},
	"backfill_stopped": {Tone: "info", Heading: "The backfill stops after the page at hand", Text: "What it has asked for is still imported. You can resume it where it was."},
	"backfill_resumed": {Tone: "info", Heading: "The backfill goes on where it was"},

	"import_started":  {Tone: "info", Heading: "The import has begun", Text: "This page follows it."},
	"mapped":          {Tone: "success", Heading: "Saved", Text: "What waited for it goes on by itself; this page follows it."},
	"retry_started":   {Tone: "info", Heading: "It is being tried again", Text: "What was waiting disappears when its cause is gone."},
	"choice_taken":    {Tone: "info", Heading: "Your decision is being carried out", Text: "This page follows it."},
	"refund_sent":     {Tone: "info", Heading: "The refund is on its way to TikTok", Text: "Its plan is made anew first, from what both sides say now. This page follows it."},
	"loop_found":      {Tone: "success", Heading: "Loop finds the order by its number and ZIP"},
	"loop_not_found":  {Tone: "warning", Heading: "Loop does not find the order", Text: "What Loop answered stands under Return in Loop."},
	"loop_draft_left": {Tone: "warning", Heading: "The check left a draft return in Loop", Text: "Delete the draft of this order in Loop."},
}
