// Package fault says what becomes of a job whose work returned an error.
//
// There are four fates and no more:
//
//	retry      nothing special is known; the queue tries again with its own back-off (the default)
//	after d    not before d has passed: a rate limit, a lease held elsewhere, a commit that may still come
//	permanent  trying again cannot help and nobody needs to act: the job is cancelled
//	act        a merchant must act: a stable code, what was found, and the queue stops
//
// Clients and features return these errors; package queue maps the first three
// to its own control flow and the features turn the fourth into an exception
// that the merchant sees. The package knows nothing of either.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Delayed is an error whose work may be tried again, but not before Wait has passed.
type Delayed struct {
	Wait time.Duration
	Err  error
}

func (e *Delayed) Error() string { return fmt.Sprintf("%v (again after %v)", e.Err, e.Wait) }
func (e *Delayed) Unwrap() error { return e.Err }

// After marks err as worth another try once wait has passed.
func After(wait time.Duration, err error) error { return &Delayed{Wait: max(wait, 0), Err: err} }

// Final is an error that another try cannot mend.
type Final struct{ Err error }

func (e *Final) Error() string { return e.Err.Error() }
func (e *Final) Unwrap() error { return e.Err }

// Permanent marks err as final.
func Permanent(err error) error { return &Final{Err: err} }

// Act is an error that only the merchant (or whoever set the app up) can mend.
// Code is one of package exceptions' codes. Detail is a sentence with what was
// found, free of buyer's data and secrets; it may be empty.
type Act struct {
	Code   string
	Detail string
	Err    error
}

func (e *Act) Error() string {
	switch {
	case e.Err != nil:
		return fmt.Sprintf("%s: %v", e.Code, e.Err)
	case e.Detail != "":
		return e.Code + ": " + e.Detail
	default:
		return e.Code
	}
}
func (e *Act) Unwrap() error { return e.Err }

// NeedsMerchant marks err (which may be nil) as waiting for the merchant.
func NeedsMerchant(code, detail string, err error) error {
	return &Act{Code: code, Detail: detail, Err: err}
}

// Fate names what becomes of the job, for log lines and tests.
type Fate string

// The four fates, and none for a nil error.
const (
	None  Fate = "none"
	Retry Fate = "retry"
	Later Fate = "after"
	Dead  Fate = "permanent"
	Asks  Fate = "act"
)

// Of tells the fate of err. The outermost mark wins.
func Of(err error) Fate {
	for ; err != nil; err = errors.Unwrap(err) {
		switch err.(type) { //nolint:errorlint // the loop unwraps: the outermost mark wins
		case *Delayed:
			return Later
		case *Final:
			return Dead
		case *Act:
			return Asks
		}
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			return ofMany(many.Unwrap())
		}
		if errors.Unwrap(err) == nil {
			return Retry
		}
	}
	return None
}

// ofMany: of joined errors the first that is marked decides, else the queue retries.
func ofMany(errs []error) Fate {
	for _, err := range errs {
		if fate := Of(err); fate != Retry && fate != None {
			return fate
		}
	}
	return Retry
}
