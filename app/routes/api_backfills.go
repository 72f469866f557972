package routes

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Backfills brings in the orders of a time span; backfills.Desk is one. A
// backfill of another shop is backfills.ErrNotFound.
type Backfills interface {
	// Start returns a *backfills.RangeError for a span that cannot be taken.
	Start(ctx context.Context, shop shopify.Domain, want backfills.Wanted) (backfills.Backfill, error)
	// List is the newest first.
	List(ctx context.Context, shop shopify.Domain) ([]backfills.Backfill, error)
	Stop(ctx context.Context, shop shopify.Domain, id string) (backfills.Backfill, error)
	Resume(ctx context.Context, shop shopify.Domain, id string) (backfills.Backfill, error)
}

// backfillJSON is a backfill as the API tells it. Found is the sum of Imported,
// which were handed over to be imported, and Skipped; Rate is orders found a minute.
type backfillJSON struct {
	ID           string          `json:"id"`
	TikTokShopID tiktok.ShopID   `json:"tiktok_shop_id"`
	State        backfills.State `json:"state"`
	DryRun       bool            `json:"dry_run"`
	From         time.Time       `json:"from"`
	To           time.Time       `json:"to"`
	Found        int             `json:"found"`
	Imported     int             `json:"imported"`
	Skipped      int             `json:"skipped"`
	Rate         float64         `json:"rate"`
	StartedAt    time.Time       `json:"started_at"`
	FinishedAt   *time.Time      `json:"finished_at"`
	Message      string          `json:"message"`
}

func backfillOf(b backfills.Backfill) backfillJSON {
	return backfillJSON{
		ID: b.ID, TikTokShopID: b.TikTokShop, State: b.State, DryRun: b.DryRun, From: b.From, To: b.To,
		Found: b.Found, Imported: b.Imported, Skipped: b.Skipped, Rate: math.Round(b.Rate()*10) / 10,
		StartedAt: b.StartedAt, FinishedAt: b.FinishedAt, Message: b.Message,
	}
}

// startBackfill begins one; the answer does not wait for it.
func (s *server) startBackfill(c *gin.Context) {
	var body struct {
		From         string `json:"from"`
		To           string `json:"to"`
		TikTokShopID string `json:"tiktok_shop_id"`
		DryRun       bool   `json:"dry_run"`
	}
	if err := readJSON(c, &body, false); err != nil {
		s.fail(c, err)
		return
	}
	from, err := moment("from", body.From, true)
	if err != nil {
		s.fail(c, err)
		return
	}
	to, err := moment("to", body.To, false)
	if err != nil {
		s.fail(c, err)
		return
	}
	want := backfills.Wanted{TikTokShop: tiktok.ShopID(body.TikTokShopID), From: from, To: to, DryRun: body.DryRun}
	b, err := s.Backfills.Start(c.Request.Context(), shopOf(c).Domain, want)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusAccepted, backfillOf(b))
}

// moment reads an RFC 3339 time; an optional one may be empty.
func moment(key, text string, required bool) (time.Time, error) {
	if text == "" && !required {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, unprocessable("invalid_range", fmt.Sprintf("%s: want a time like 2026-01-31T00:00:00Z", key))
	}
	return at, nil
}

func (s *server) listBackfills(c *gin.Context) {
	all, err := s.Backfills.List(c.Request.Context(), shopOf(c).Domain)
	if err != nil {
		s.fail(c, err)
		return
	}
	list := make([]backfillJSON, len(all))
	for n, b := range all {
		list[n] = backfillOf(b)
	}
	c.JSON(http.StatusOK, gin.H{"backfills": list})
}

func (s *server) stopBackfill(c *gin.Context) { s.turnBackfill(c, s.Backfills.Stop) }

func (s *server) resumeBackfill(c *gin.Context) { s.turnBackfill(c, s.Backfills.Resume) }

func (s *server) turnBackfill(c *gin.Context, turn func(context.Context, shopify.Domain, string) (backfills.Backfill, error)) {
	id := c.Param("id")
	if len(id) > longestID {
		s.fail(c, errNotFound)
		return
	}
	b, err := turn(c.Request.Context(), shopOf(c).Domain, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusAccepted, backfillOf(b))
}
