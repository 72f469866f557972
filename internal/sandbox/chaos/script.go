package chaos

import "sync"

// Any is an operation for Script.Add that matches whatever is called next.
const Any = "*"

// Script is a queue of faults per operation. Operations are named by the simulator that asks (its package comment lists
// them). The zero value is ready and answers with no faults; a nil Script likewise. It is safe for concurrent use.
type Script struct {
	// Otherwise decides calls for which nothing is queued; nil means they succeed. Set it before first use.
	Otherwise *Plan

	mu    sync.Mutex
	queue map[string][]Fault
}

// Add queues f for the next `times` calls of op, behind what is queued already.
func (s *Script) Add(op string, f Fault, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queue == nil {
		s.queue = make(map[string][]Fault)
	}
	for range times {
		s.queue[op] = append(s.queue[op], f)
	}
}

// Next takes the fault for one call of op: the queue of that operation first, then the queue of Any, then the plan.
func (s *Script) Next(op string) (Fault, bool) {
	if s == nil {
		return Fault{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range []string{op, Any} {
		if q := s.queue[key]; len(q) > 0 {
			s.queue[key] = q[1:]
			return q[0], true
		}
	}
	return s.Otherwise.Next(op)
}

// Pending counts the queued faults that no call has met yet, so that a test can tell that its script was played out.
func (s *Script) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, q := range s.queue {
		n += len(q)
	}
	return n
}

// Clear forgets every queued fault.
func (s *Script) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = nil
}

// Calm ends all misbehavior: nothing is queued, and no plan decides.
func (s *Script) Calm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue, s.Otherwise = nil, nil
}
