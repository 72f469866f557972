package links

import "time"

// VisitOutcome says how a visit through the return link ended. The buyer cannot tell one from another.
type VisitOutcome string

// Values of VisitOutcome.
const (
	// VisitFound: number and ZIP are those of an order that was in Shopify. VisitImported: the order was brought in for the visit.
	VisitFound    VisitOutcome = "found"
	VisitImported VisitOutcome = "imported"
	// VisitUnknown: no such order, or another ZIP. VisitLate: the order did not come in time, and may still come.
	VisitUnknown VisitOutcome = "unknown"
	VisitLate    VisitOutcome = "late"
	// VisitMalformed: number or ZIP was missing, or a placeholder was left as it was.
	VisitMalformed VisitOutcome = "malformed"
	// VisitLimited: too many from one address, or for orders that nobody knows: nothing was looked up.
	VisitLimited VisitOutcome = "limited"
)

// Real tells whether a buyer of a real order came through the link.
func (o VisitOutcome) Real() bool { return o == VisitFound || o == VisitImported }

// Visits counts one outcome on one day.
type Visits struct {
	Day     time.Time // midnight, UTC
	Outcome VisitOutcome
	Count   int
	FirstAt time.Time // of that day
}
