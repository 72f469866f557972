package links

import "strconv"

// Leg is one way of an order summed up: a word of ShipmentsLeg or RefundsLeg,
// and why where there is a reason.
type Leg struct{ State, Reason string }

// Listed is an order as lists show it, with what else they show of it.
type Listed struct {
	Order
	Shipments, Refunds Leg
	// Excepted tells whether something about the order waits for a person.
	Excepted bool
}

// List sums up an order of which everything was read.
func List(order Order, shipments []Shipment, refunds []Refund) Listed {
	listed := Listed{Order: order}
	listed.Shipments.State, listed.Shipments.Reason = ShipmentsLeg(order, shipments)
	listed.Refunds.State, listed.Refunds.Reason = RefundsLeg(refunds)
	return listed
}

// OrderFilter narrows a list of orders; empty fields do not.
type OrderFilter struct {
	// Text begins TikTok's number or Shopify's name (without its #, in any case),
	// or is the whole ZIP in any usual writing.
	Text  string
	State State
	// Shipments and Refunds are the states of the legs.
	Shipments, Refunds string
	// Excepted wants those alone about which something waits for a person.
	Excepted bool
}

// Count is how many there are, as far as it was counted.
type Count struct {
	N int
	// More tells that counting ended at N.
	More bool
}

// CountUpTo is the count of those that were found when most+1 were looked for.
func CountUpTo(found, most int) Count { return Count{N: min(found, most), More: found > most} }

// String is such as "1,204" or "10,000+".
func (c Count) String() string {
	text := strconv.Itoa(c.N)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	if c.More {
		text += "+"
	}
	return text
}

// RefundSum is money on its way to buyers, or there.
type RefundSum struct {
	// Amount is a decimal in Currency.
	Currency, Amount string
	// Count is how many refunds it is of; where it has More, so has the amount.
	Count Count
}

// Glance is how a shop's orders are, at a glance.
type Glance struct {
	WrittenToday int
	// Waiting and Held are orders in those states, Exceptions what waits for a person.
	Waiting, Held, Exceptions Count
	// DueSoon must be shipped within a day; Overdue should have been by now.
	DueSoon, Overdue Count
	// InFlight is what TikTok was asked for and has not paid, Completed what it
	// paid in the last thirty days; by currency.
	InFlight, Completed []RefundSum
}
