package shopifysim

import (
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// Request is one call of the Admin API, kept for tests and pages.
type Request struct {
	At   time.Time
	Shop string
	// Operation is the operation's name, Fields its root fields; both empty when it could not be read.
	Operation string
	Fields    []string
	Mutation  bool
	Query     string
	Variables map[string]any
	// Status is the HTTP status of the answer, 0 when there was none.
	Status int
	// Fault is what the script made of the call; empty: nothing.
	Fault chaos.Kind
}

// Violation is a request that the platform's contract does not allow, or an answer of the simulator that the schema
// does not. Either must fail the test that caused it.
type Violation struct {
	At      time.Time
	Shop    string
	Field   string // the root field of the operation, where it is known
	Message string
}

func (v Violation) String() string { return v.Shop + " " + v.Field + ": " + v.Message }

// keptRequests bounds the log of a sandbox that somebody leaves running.
const keptRequests = 10000

func (s *Sim) note(call Request) {
	s.lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, call)
	if over := len(s.requests) - keptRequests; over > 0 {
		s.requests = slices.Delete(s.requests, 0, over)
	}
}

func (s *Sim) violate(call Request, message string) {
	s.lock()
	defer s.mu.Unlock()
	s.violateLocked(call, message)
}

// violateLocked needs mu.
func (s *Sim) violateLocked(call Request, message string) {
	v := Violation{At: call.At, Shop: call.Shop, Message: message}
	if len(call.Fields) > 0 {
		v.Field = call.Fields[0]
	}
	s.violations = append(s.violations, v)
}

// Violations lists every breach so far, oldest first; those of the authorization endpoints come last.
func (s *Sim) Violations() []Violation {
	s.lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.violations)
	for _, v := range s.authority.Violations() {
		out = append(out, Violation{Field: "oauth", Message: v})
	}
	return out
}

// Requests lists the calls of the Admin API, oldest first.
func (s *Sim) Requests() []Request {
	s.lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Emails lists what Shopify would have sent to buyers.
func (s *Sim) Emails() []Email {
	s.lock()
	defer s.mu.Unlock()
	return slices.Clone(s.emails)
}
