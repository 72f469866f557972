package timeline

import (
	"context"
	"sync"
)

type collectKey struct{}

type collection struct {
	mu      sync.Mutex
	entries []Entry
}

// Collect lets entries that are added under the returned context wait for the
// store's next unit of work under it, which keeps them in its own transaction:
// an order's story has some ten entries, and each would pay for a commit. What
// explains a call is so kept no later than the claim that comes before the
// call. Whoever collects ends with a unit of work.
func Collect(ctx context.Context) context.Context {
	return context.WithValue(ctx, collectKey{}, &collection{})
}

// Add lets the entries wait; false when the context does not collect.
func Add(ctx context.Context, entries ...Entry) bool {
	c, ok := ctx.Value(collectKey{}).(*collection)
	if !ok {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries = append(c.entries, entries...)
	return true
}

// Take gives what waits to whoever keeps it; on failure it is to be added again.
func Take(ctx context.Context) []Entry {
	c, ok := ctx.Value(collectKey{}).(*collection)
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	entries := c.entries
	c.entries = nil
	return entries
}
