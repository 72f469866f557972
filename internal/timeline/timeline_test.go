package timeline_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/timeline"
)

type pages struct {
	entries []timeline.Entry
	err     error
}

func (p *pages) AppendTimeline(ctx context.Context, entries ...timeline.Entry) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.entries = append(p.entries, entries...)
	return p.err
}

func TestACallIsKeptWithTheOrderItWasMadeFor(t *testing.T) {
	t.Parallel()
	kept := &pages{}
	at := time.Unix(1795100000, 0)
	recorder := timeline.Recorder{Writer: kept, Now: func() time.Time { return at }}
	ctx, cancel := context.WithCancel(timeline.With(t.Context(), "demo.myshopify.com", "5769"))
	cancel() // a caller that gave up does not lose the entry
	recorder.Call(ctx, timeline.Call{Platform: "tiktok", Op: "order detail", RequestID: "r1", Latency: time.Second, Outcome: "ok"})
	want := []timeline.Entry{{
		Shop: "demo.myshopify.com", Order: "5769", At: at, Kind: timeline.CallOut, Text: "tiktok order detail",
		Facts: map[string]string{"outcome": "ok", "request_id": "r1"}, Latency: time.Second,
	}}
	if diff := cmp.Diff(want, kept.entries); diff != "" {
		t.Error(diff)
	}
}

func TestACallForNoOrderIsNotKept(t *testing.T) {
	t.Parallel()
	kept := &pages{}
	(&timeline.Recorder{Writer: kept, Now: time.Now}).Call(t.Context(), timeline.Call{Platform: "shopify", Op: "shop"})
	if len(kept.entries) != 0 {
		t.Errorf("kept %v", kept.entries)
	}
}

func TestAHoleInTheStoryIsReportedNotReturned(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk full")
	var told error
	recorder := timeline.Recorder{Writer: &pages{err: broken}, Now: time.Now, Failed: func(err error) { told = err }}
	recorder.Call(timeline.With(t.Context(), "demo.myshopify.com", "5769"), timeline.Call{})
	if !errors.Is(told, broken) {
		t.Errorf("told %v", told)
	}
}
