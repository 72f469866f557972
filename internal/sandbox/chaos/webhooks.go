package chaos

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Webhooks decides what happens to notifications on their way to the app, the same way on every run with the same
// seed: the n-th notification of a topic meets the same fate whatever else is under way. It is safe for concurrent use;
// with a nil one every notification arrives once, in order.
type Webhooks struct {
	Seed uint64
	// Lose, Repeat, Delay and Overtake are probabilities per notification, 0 to 1. Do not change after first use.
	Lose, Repeat, Delay, Overtake float64
	// MostCopies is how often at most a repeated notification arrives; less than 2 means 2.
	MostCopies int
	// Longest bounds a delay, and how long a notification waits to be overtaken.
	Longest time.Duration

	mu    sync.Mutex
	count map[string]int
	calm  bool
}

// Calm lets every notification to come arrive once, in order.
func (w *Webhooks) Calm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calm = true
}

// Journey is one notification's way.
type Journey struct {
	// Copies is how often it arrives; 0: it is lost.
	Copies int
	// After is how long it is under way.
	After time.Duration
	// Overtaken lets the next notification arrive first; when none comes, it sets out After later all the same.
	Overtaken bool
}

// Next decides the way of the next notification of a topic.
func (w *Webhooks) Next(topic string) Journey {
	if w == nil {
		return Journey{Copies: 1}
	}
	w.mu.Lock()
	if w.calm {
		w.mu.Unlock()
		return Journey{Copies: 1}
	}
	if w.count == nil {
		w.count = make(map[string]int)
	}
	w.count[topic]++
	n := w.count[topic]
	w.mu.Unlock()
	lot := rand.New(rand.NewPCG(w.Seed, hash("webhook "+topic, n)))
	// Each question draws its own lot, asked or not, so that changing one probability leaves the others' outcomes alone.
	lost, repeated, delayed, overtaken := lot.Float64(), lot.Float64(), lot.Float64(), lot.Float64()
	copies, part := lot.IntN(max(w.MostCopies, 2)-1), lot.Float64()
	j := Journey{Copies: 1}
	if repeated < w.Repeat {
		j.Copies += 1 + copies
	}
	switch {
	case lost < w.Lose:
		return Journey{}
	case delayed < w.Delay:
		j.After = time.Duration(part * float64(w.Longest))
	case overtaken < w.Overtake:
		j.Overtaken, j.After = true, w.Longest
	}
	return j
}
