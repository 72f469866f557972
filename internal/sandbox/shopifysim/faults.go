package shopifysim

import (
	"net/http"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// lateCommit is a mutation whose caller was cut off and whose effect is still to come.
type lateCommit struct {
	due    time.Time
	commit func(now time.Time) // runs with mu held
}

// commitLater lets a mutation happen after a while by the simulator's clock. With a clock of the caller's own, the next
// call of any kind after that moment brings it about.
func (s *Sim) commitLater(after time.Duration, commit func(now time.Time)) {
	s.lock()
	s.late = append(s.late, lateCommit{s.opts.Now().Add(after), commit})
	s.mu.Unlock()
	time.AfterFunc(after, func() {
		s.lock()
		s.mu.Unlock() //nolint:staticcheck // the empty section is the point: lock commits what is due
	})
}

// disturbed serves an endpoint that is not GraphQL, with the fault the script has for it.
func (s *Sim) disturbed(op string, w http.ResponseWriter, r *http.Request, work func(http.ResponseWriter)) {
	fault, _ := s.opts.Script.Next(op)
	if fault.Kind == chaos.Throttled {
		fault.SetRetryAfter(w.Header())
		failed(fault.HTTPStatus(), "Too Many Requests").write(w)
		return
	}
	s.disturb(fault, w, r, work)
}

func (s *Sim) disturb(fault chaos.Fault, w http.ResponseWriter, r *http.Request, work func(http.ResponseWriter)) {
	switch fault.Kind {
	case chaos.CutBefore:
		chaos.Cut(w)
	case chaos.CutAfter, chaos.LateCommit:
		work(nowhere{http.Header{}})
		chaos.Cut(w)
	case chaos.Malformed:
		work(nowhere{http.Header{}})
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"data":{`)) // a client that has gone does not matter
	case chaos.ServerError:
		fault.SetRetryAfter(w.Header())
		failed(fault.HTTPStatus(), "Internal Server Error").write(w)
	case chaos.TokenExpired:
		failed(http.StatusUnauthorized, unauthorized).write(w)
	case chaos.Slow:
		if chaos.Wait(r, fault.After) {
			work(w)
		}
	default:
		work(w)
	}
}

// nowhere is a response that nobody reads.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}
