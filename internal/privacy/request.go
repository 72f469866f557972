package privacy

import (
	"errors"
	"time"

	"github.com/switchbackhq/switchback/internal/shopify"
)

// ErrNotFound is returned for a request that the shop does not have.
var ErrNotFound = errors.New("no such request")

// Kind is what a request asks for.
type Kind string

// The kinds of requests.
const (
	// DataRequest is a customer's wish to see what is kept (`customers/data_request`).
	DataRequest Kind = "data_request"
	// Redaction is the wish to be forgotten (`customers/redact`).
	Redaction Kind = "redact"
)

// ActWithin is how long Shopify gives an app to do what a compliance webhook asks for.
const ActWithin = 30 * 24 * time.Hour

// Request is what a customer asked of the merchant by way of Shopify.
type Request struct {
	Shop shopify.Domain
	// ID is the delivery's.
	ID   string
	Kind Kind
	// Customer is Shopify's number of the customer, empty when it sent none.
	Customer string
	// Orders are those that Shopify named, of any channel: most shops' are not ours.
	Orders     []shopify.GID
	ReceivedAt time.Time
	// DoneAt is when everything was forgotten, or the report first taken; nil while it is open.
	DoneAt *time.Time
}

// Due is the day by which it must be done.
func (r Request) Due() time.Time { return r.ReceivedAt.Add(ActWithin) }
