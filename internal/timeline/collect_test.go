package timeline_test

import (
	"context"
	"testing"

	"github.com/switchbackhq/switchback/internal/timeline"
)

func TestEntriesWaitOnlyWhereTheyAreCollected(t *testing.T) {
	t.Parallel()
	if timeline.Add(t.Context(), timeline.Entry{Text: "a"}) || timeline.Take(t.Context()) != nil {
		t.Error("a context that collects nothing took an entry")
	}
	ctx := timeline.Collect(t.Context())
	// A call is recorded after its caller gave up, too.
	for _, text := range []string{"a", "b"} {
		if !timeline.Add(context.WithoutCancel(ctx), timeline.Entry{Text: text}) {
			t.Errorf("%s was not taken", text)
		}
	}
	if got := timeline.Take(ctx); len(got) != 2 || got[0].Text != "a" || got[1].Text != "b" {
		t.Errorf("took %v", got)
	}
	if got := timeline.Take(ctx); len(got) != 0 {
		t.Errorf("took %v twice", got)
	}
}
