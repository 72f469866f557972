package exceptions

import "errors"

var (
	// ErrNotFound is returned for an exception that the shop does not have.
	ErrNotFound = errors.New("exception not found")
	// ErrCursor is returned for a page that was asked for with a cursor that is not ours.
	ErrCursor = errors.New("the cursor is not one of ours")
	// ErrNoChoice is returned for an answer that this exception does not wait for.
	ErrNoChoice = errors.New("there is nothing to choose about this exception")
)
