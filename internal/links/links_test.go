package links_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/links"
)

func TestAWrittenOrderIsNeverWrittenAgain(t *testing.T) {
	t.Parallel()
	all := []links.State{links.Waiting, links.Held, links.Written, links.Skipped, links.Cancelled}
	allowed := map[links.State][]links.State{
		"":              {links.Waiting, links.Held, links.Written, links.Skipped},
		links.Waiting:   {links.Waiting, links.Held, links.Written, links.Skipped},
		links.Held:      {links.Waiting, links.Held, links.Written, links.Skipped},
		links.Skipped:   {links.Waiting, links.Held, links.Written, links.Skipped},
		links.Written:   {links.Written, links.Cancelled},
		links.Cancelled: {links.Cancelled},
		"unheard of":    {},
	}
	for from, want := range allowed {
		may := map[links.State]bool{}
		for _, next := range want {
			may[next] = true
		}
		for _, next := range all {
			if got := from.CanFollow(next); got != may[next] {
				t.Errorf("%q to %q: %v, want %v", from, next, got, may[next])
			}
		}
	}
}
