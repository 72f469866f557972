package exceptions

import "slices"

// Choices are the words with which a person may end an exception of that code;
// none where it ends when its cause is gone.
func Choices(code Code) []string {
	if slices.Contains(OfRefunds(), code) {
		return []string{"handled"} // the money was given back, or kept, elsewhere
	}
	switch code {
	case DuplicateOrder:
		return []string{"adopt", "write_ours", "ignore"}
	case TotalsMismatch:
		return []string{"write_difference"}
	case FulfillmentCancelled, TrackingLate, ShipmentDiffers:
		return []string{"handled"} // what cannot be seen to be gone
	}
	return nil
}
