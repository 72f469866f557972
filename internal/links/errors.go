package links

import "errors"

var (
	// ErrTransition is returned for an order that may not go from its state to the one asked for.
	ErrTransition = errors.New("an order cannot change its state so")
	// ErrCursor is returned for a page that was asked for with a cursor that is not ours.
	ErrCursor = errors.New("the cursor is not one of ours")
	// ErrClaimed is returned for a shipment with a unit that another shipment has.
	ErrClaimed = errors.New("a unit is in another shipment already")
)
