package inbox

import (
	"context"
	"fmt"
	"time"
)

// keepFor is how long an event is kept. Both platforms deliver again for hours,
// not days; the rest is for whoever asks why something happened.
const keepFor = 14 * 24 * time.Hour

// PruneArgs asks for old events to be forgotten.
type PruneArgs struct{}

// Kind is the job's frozen name.
func (PruneArgs) Kind() string { return "event_prune" }

// Archive is where events are.
type Archive interface {
	// PruneEvents deletes what was received before and returns how many there were.
	PruneEvents(ctx context.Context, before time.Time) (int, error)
}

// Pruner forgets old events.
type Pruner struct {
	Events Archive
	Now    func() time.Time
}

// Prune deletes events, and the payloads sealed in them, whose time is over.
func (p *Pruner) Prune(ctx context.Context, _ PruneArgs) error {
	if _, err := p.Events.PruneEvents(ctx, p.Now().Add(-keepFor)); err != nil {
		return fmt.Errorf("prune events: %w", err)
	}
	return nil
}
