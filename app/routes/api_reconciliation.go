package routes

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Reconciler compares both sides' money; refunds.Reporter is one.
type Reconciler interface {
	// Between compares the orders of which something was refunded from since to before until.
	Between(ctx context.Context, shop shopify.Domain, since, until time.Time) ([]reconcile.Row, []reconcile.Total, error)
}

// reconcileDays is how far back a report goes that names no beginning.
const reconcileDays = 90

// sumsJSON are amounts of one currency, as decimals.
type sumsJSON struct {
	Paid        string           `json:"paid"`
	Refunded    string           `json:"refunded"`
	Asked       string           `json:"asked"`
	Completed   string           `json:"completed"`
	Mirrored    string           `json:"mirrored"`
	Difference  string           `json:"difference"`
	Over        string           `json:"over"`
	Differences []differenceJSON `json:"differences"`
}

type differenceJSON struct {
	Code    string `json:"code"`
	Refunds int    `json:"refunds"`
	Amount  string `json:"amount"`
}

type balanceJSON struct {
	Order    tiktok.OrderID `json:"tiktok_order_id"`
	Name     string         `json:"shopify_name"`
	Currency money.Currency `json:"currency"`
	sumsJSON
}

type totalJSON struct {
	Currency money.Currency `json:"currency"`
	Orders   int            `json:"orders"`
	Open     int            `json:"open"`
	sumsJSON
}

func sumsOf(s reconcile.Sums, over money.Amount, differences []reconcile.Difference) sumsJSON {
	answer := sumsJSON{
		Paid: s.Paid.String(), Refunded: s.Refunded.String(), Asked: s.Asked.String(), Completed: s.Completed.String(),
		Mirrored: s.Mirrored.String(), Difference: s.Difference.String(), Over: over.String(), Differences: []differenceJSON{},
	}
	for _, d := range differences {
		answer.Differences = append(answer.Differences, differenceJSON{Code: d.Code, Refunds: d.Refunds, Amount: d.Amount.String()})
	}
	return answer
}

// reconciliation compares, from `since` to `until` (RFC 3339), what Shopify gave back
// with what TikTok paid: the totals, and the orders that differ. As `format=csv` it
// lists every order.
func (s *server) reconciliation(c *gin.Context) {
	since := s.Now().AddDate(0, 0, -reconcileDays)
	if text := c.Query("since"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			s.fail(c, badRequest("invalid_since", "since: want a time such as 2026-11-01T00:00:00Z"))
			return
		}
		since = at
	}
	until := s.Now()
	if text := c.Query("until"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			s.fail(c, badRequest("invalid_until", "until: want a time such as 2026-11-30T00:00:00Z"))
			return
		}
		until = at
	}
	rows, totals, err := s.Reconciler.Between(c.Request.Context(), shopOf(c).Domain, since, until)
	if err != nil {
		s.fail(c, err)
		return
	}
	if c.Query("format") == "csv" {
		var table bytes.Buffer
		if err := reconcile.WriteCSV(&table, rows); err != nil {
			s.fail(c, err)
			return
		}
		c.Data(http.StatusOK, "text/csv; charset=utf-8", table.Bytes())
		return
	}
	orders := []balanceJSON{}
	for _, row := range rows {
		if len(row.Differences) > 0 || !row.Over.IsZero() {
			orders = append(orders, balanceJSON{row.Order, row.Name, row.Currency, sumsOf(row.Sums, row.Over, row.Differences)})
		}
	}
	sums := []totalJSON{}
	for _, t := range totals {
		sums = append(sums, totalJSON{t.Currency, t.Orders, t.Open, sumsOf(t.Sums, t.Over, t.Differences)})
	}
	c.JSON(http.StatusOK, gin.H{"since": since.UTC(), "orders": orders, "totals": sums})
}
