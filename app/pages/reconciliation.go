package pages

import (
	"io"
	"net/url"
	"time"

	"github.com/switchbackhq/switchback/internal/reconcile"
)

// ReconciliationPath is the page's address.
const ReconciliationPath = "/reconciliation"

// Reconciliation is the page that compares what Shopify gave back with what TikTok paid.
type Reconciliation struct {
	Frame
	// From and To are the first and the last day, in the shop's time zone, as date
	// fields write them; Today is the last that can be asked for.
	From, To, Today string
	// Since and Until are the period's ends: To is the day before Until.
	Since, Until time.Time
	Totals       []reconcile.Total
	// Rows are the orders that differ.
	Rows []reconcile.Row
}

// Render writes the page.
func (r Reconciliation) Render(w io.Writer) error { return renderEmbedded(w, "reconciliation.html", r) }

// mostDiffering is how many orders the page lists; the file has all.
const mostDiffering = 200

// Differing are the orders that the page lists.
func (r Reconciliation) Differing() []Differing {
	var list []Differing
	for _, row := range r.Rows[:min(len(r.Rows), mostDiffering)] {
		list = append(list, Differing{Row: row, Path: OrderPath(row.Order), Causes: causesOf(row.Differences), Name: nameBeside(row)})
	}
	return list
}

// Cut tells whether more orders differ than are listed.
func (r Reconciliation) Cut() bool { return len(r.Rows) > mostDiffering }

// Differing is an order whose sides differ.
type Differing struct {
	reconcile.Row
	Path   string
	Causes []Cause
	// Name is Shopify's where it is not TikTok's number.
	Name string
}

func nameBeside(row reconcile.Row) string {
	if row.Name == string(row.Order) {
		return ""
	}
	return row.Name
}

// Sums are the totals of one currency with the differences in words.
type Sums struct {
	reconcile.Total
	Causes []Cause
}

// Sums are the totals.
func (r Reconciliation) Sums() []Sums {
	list := make([]Sums, len(r.Totals))
	for n, t := range r.Totals {
		list[n] = Sums{t, causesOf(t.Differences)}
	}
	return list
}

func causesOf(differences []reconcile.Difference) []Cause {
	list := make([]Cause, len(differences))
	for n, d := range differences {
		list[n] = Cause{Amount: d.Amount.Text(), Why: Why(d.Code)}
	}
	return list
}

// CSV is where the same comes as a file.
func (r Reconciliation) CSV() string {
	return "/api/reconciliation?" + url.Values{
		"format": {"csv"}, "since": {r.Since.UTC().Format(time.RFC3339)}, "until": {r.Until.UTC().Format(time.RFC3339)},
	}.Encode()
}
