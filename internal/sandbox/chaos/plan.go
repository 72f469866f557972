package chaos

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// Plan decides faults by chance, the same way on every run with the same seed: the n-th call of an operation meets the
// same fate whatever other operations run beside it. It is safe for concurrent use; a nil Plan never fails a call.
type Plan struct {
	Seed          uint64
	Probabilities map[Kind]float64 // per call, 0 to 1; what they leave of 1 is success. Do not change after first use
	// Operations have probabilities of their own, in place of the general ones.
	Operations map[string]map[Kind]float64
	After      time.Duration // for Slow and LateCommit
	RetryAfter time.Duration // for Throttled

	mu    sync.Mutex
	calls map[string]int
}

// Next decides the fate of the next call of op.
func (p *Plan) Next(op string) (Fault, bool) {
	if p == nil {
		return Fault{}, false
	}
	p.mu.Lock()
	if p.calls == nil {
		p.calls = make(map[string]int)
	}
	p.calls[op]++
	n := p.calls[op]
	p.mu.Unlock()
	return p.decide(op, n)
}

func (p *Plan) decide(op string, n int) (Fault, bool) {
	probabilities, own := p.Operations[op]
	if !own {
		probabilities = p.Probabilities
	}
	roll := rand.New(rand.NewPCG(p.Seed, hash(op, n))).Float64()
	for _, k := range Kinds() { // not the map: its order differs from run to run
		if roll -= probabilities[k]; roll < 0 {
			return Fault{Kind: k, After: p.After, RetryAfter: p.RetryAfter}, true
		}
	}
	return Fault{}, false
}

// hash tells the n-th occasion of a name from all others.
func hash(name string, n int) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s#%d", name, n) // a hash never refuses a write
	return h.Sum64()
}
