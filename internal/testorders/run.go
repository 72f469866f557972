package testorders

import (
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// State is how far a run is.
type State string

// The states of a run.
const (
	Running State = "running"
	// Passed: no step failed.
	Passed State = "passed"
	Failed State = "failed"
)

// Outcome is what became of a step.
type Outcome string

// The outcomes of a step. Information is neither good nor bad.
const (
	OK          Outcome = "ok"
	Information Outcome = "information"
	NotOK       Outcome = "failed"
)

// StepName names a step.
type StepName string

// The steps, in their order.
const (
	Product StepName = "product"
	Write   StepName = "write"
	Find    StepName = "find"
	Loop    StepName = "loop"
	Refund  StepName = "refund"
	Cancel  StepName = "cancel"
	Delete  StepName = "delete"
)

var sequence = []StepName{Product, Write, Find, Loop, Refund, Cancel, Delete}

// after is the step that follows, empty after the last.
func after(name StepName) StepName {
	if n := slices.Index(sequence, name) + 1; n < len(sequence) {
		return sequence[n]
	}
	return ""
}

var (
	// ErrNotFound is returned for a run that the shop has not.
	ErrNotFound = errors.New("no such test order")
	// ErrRunning is returned when another run of the shop is under way.
	ErrRunning = errors.New("a test order of this shop is under way")
	// ErrOvertaken is returned when somebody else went on with the run.
	ErrOvertaken = errors.New("the test order went on elsewhere")
)

// Step is what became of one step.
type Step struct {
	Name    StepName  `json:"name"`
	Outcome Outcome   `json:"outcome"`
	Message string    `json:"message"`
	At      time.Time `json:"at"`
}

// Run is one test order and what became of it.
type Run struct {
	Shop shopify.Domain
	// ID is "TEST-" and 18 digits; it stands where a real order has TikTok's number.
	ID    tiktok.OrderID
	State State
	// Steps are those that are done.
	Steps []Step
	// Next is the step at hand, since StepAt; empty when the run is over.
	Next   StepName
	StepAt time.Time

	// Variant is the product's, empty for a custom line.
	Variant shopify.GID
	// Order and Name are Shopify's, empty until the order is known to be there.
	Order shopify.GID
	Name  string
	// SentAt is when the order was last sent, while nobody knows what became of it.
	SentAt *time.Time
	// Attempts counts how often it was sent, less the times that surely came to nothing.
	Attempts int
	// CancelJob is Shopify's job that cancels the order.
	CancelJob string

	StartedAt  time.Time
	FinishedAt *time.Time
	// Turn grows with every change.
	Turn int64
}

var idPattern = regexp.MustCompile(`^TEST-[0-9]{18}$`)

// IsID tells whether s may be the number of a test order.
func IsID(s string) bool { return idPattern.MatchString(s) }

// failed tells whether a step did.
func (r Run) failed() bool {
	return slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Outcome == NotOK })
}
