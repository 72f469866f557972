// Package audit compares what the simulated platforms wrote down: what buyers
// bought, got and got back at TikTok with what Shopify has of it, order by order.
//
// The hostile day calls it when all is calm again. It reads the platforms'
// books and what a test says of the program's own, knows no rule of the program
// and shares no code with it; it never changes anything.
package audit

import (
	"fmt"
	"slices"
	"strings"
)

// Books are both platforms' records, and the program's.
type Books struct {
	Sales   []Sale
	Records []Record
	Ledger  []Entry
}

// Sale is an order at TikTok. Amounts are minor units.
type Sale struct {
	// Shop is the Shopify shop that the order belongs in.
	Shop, ID string
	// Unwanted orders were never to be sent: nobody may write them.
	Unwanted bool
	// Paid is what the buyer paid, Back what came back, OnTheWay what is still to come.
	Paid, Back, OnTheWay int64
	Units                []Unit
	Cases                []Case
}

// Unit is one thing that was bought.
type Unit struct{ ID, SKU, Tracking, Carrier string }

// Case is money that went back for units.
type Case struct {
	ID     string
	Units  []string
	Amount int64
}

// Record is an order in Shopify that names a TikTok order as its source.
type Record struct {
	Shop, GID, Source string
	Total, Refunded   int64
	// Ordered and Removed count units by SKU.
	Ordered, Removed map[string]int
	Parcels          []Parcel
	Refunds          []Refund
}

// Parcel is a fulfillment that stands.
type Parcel struct {
	Tracking, Carrier string
	Units             map[string]int
}

// Refund is one of Shopify's.
type Refund struct {
	GID    string
	Amount int64
}

// Entry is an order in the program's own books. Open names what it says is still to be done or decided.
type Entry struct {
	Shop, Order, State, GID string
	Open                    []string
}

// Kind is what is wrong.
type Kind string

// What can be wrong.
const (
	Lost       Kind = "orders lost"
	Duplicated Kind = "duplicated"
	RefundLost Kind = "refunds lost"
	PaidTwice  Kind = "paid twice"
	Difference Kind = "amounts differ"
	Shipment   Kind = "shipments wrong"
	State      Kind = "states contradict"
)

// Kinds lists all, as the report does.
func Kinds() []Kind {
	return []Kind{Lost, Duplicated, RefundLost, PaidTwice, Difference, Shipment, State}
}

// Finding is one thing that is wrong with an order.
type Finding struct {
	Kind        Kind
	Order, Says string
}

func (f Finding) String() string {
	return fmt.Sprintf("%s: TikTok order %s: %s", f.Kind, f.Order, f.Says)
}

// Report is what an audit found, and what it saw.
type Report struct {
	Findings                          []Finding
	Orders, Records, Refunds, Parcels int
	// Sold and Back are what buyers paid and have back, Total and Refunded the same by Shopify.
	Sold, Total, Back, Refunded int64
}

// String is one line.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d orders at TikTok, %d in Shopify, %d refunds, %d parcels", r.Orders, r.Records, r.Refunds, r.Parcels)
	for _, kind := range Kinds() {
		fmt.Fprintf(&b, ", %s %d", kind, r.Count(kind))
	}
	fmt.Fprintf(&b, "; sold %s, in Shopify %s; back %s, refunded %s, difference %s",
		cents(r.Sold), cents(r.Total), cents(r.Back), cents(r.Refunded), cents(r.Back-r.Refunded))
	return b.String()
}

// Count is how often one kind was found.
func (r Report) Count(kind Kind) (n int) {
	for _, f := range r.Findings {
		if f.Kind == kind {
			n++
		}
	}
	return n
}

// Err is nil when the books are equal, else it names the first findings.
func (r Report) Err() error {
	if len(r.Findings) == 0 {
		return nil
	}
	var lines []string
	for _, f := range r.Findings[:min(len(r.Findings), 12)] {
		lines = append(lines, f.String())
	}
	return fmt.Errorf("%s\n  %s", r, strings.Join(lines, "\n  "))
}

func cents(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// add finds something.
func (r *Report) add(kind Kind, order, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{kind, order, fmt.Sprintf(format, args...)})
}

// sorted keeps reports of the same books equal.
func (r *Report) sorted() {
	slices.SortFunc(r.Findings, func(a, b Finding) int { return strings.Compare(a.String(), b.String()) })
}
