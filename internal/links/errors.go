package links

import "errors"

var (
	// ErrTransition is returned for an order that may not go from its state to the one asked for.
	ErrTransition = errors.New("an order cannot change its state so")
	// ErrCursor is returned for a page that was asked for with a cursor that is not ours.
	ErrCursor = errors.New("the cursor is not one of ours")
)
