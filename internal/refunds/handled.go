package refunds

import (
	"context"
	"slices"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// handled tells whether a person has said that what stopped the refund is dealt with.
func handled(args ForwardArgs, refund links.Refund) bool {
	return args.Handled != "" && string(args.Handled) == refund.Reason
}

// What a person may have dealt with where no refund keeps it: a return at
// TikTok, whose id follows, and Loop's tag.
const (
	handledReturn  = "handled-return-"
	handledOutcome = "handled-outcome"
)

// dealtWith keeps a person's word on what this run found under one of the codes.
func (r *run) dealtWith(ctx context.Context, key string, codes ...exceptions.Code) error {
	code := r.args.Handled
	if _, found := r.notices[code]; !found || !slices.Contains(codes, code) {
		return nil
	}
	delete(r.notices, code)
	intent := links.Intent{Shop: r.shop, Order: r.id, Key: key, Kind: links.HandledIntent, State: links.IntentDone}
	if err := r.keep(ctx, intent, nil); err != nil {
		return err
	}
	return r.note(ctx, timeline.Decision, "a person dealt with it", "reason", string(code), "note", r.args.Note)
}

func (r *run) wasDealtWith(key string) bool { return r.kept(key) != nil }

// kept is what was noticed or said under a key; nil where nothing was.
func (r *run) kept(key string) *links.Intent {
	i := slices.IndexFunc(r.intents, func(i links.Intent) bool { return i.Kind == links.HandledIntent && i.Key == key })
	if i < 0 {
		return nil
	}
	return &r.intents[i]
}
