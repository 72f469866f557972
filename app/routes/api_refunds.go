package routes

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// RefundDesk takes what a person decides about refunds; refunds.Desk is one.
type RefundDesk interface {
	// Approve has held refunds sent: all of them, or none. It may return
	// links.ErrNotFound and refunds.ErrNotHeld.
	Approve(ctx context.Context, shop shopify.Domain, ids ...shopify.GID) error
	// Held counts and sums up what could be approved, by currency: all, or what is held for one reason.
	Held(ctx context.Context, shop shopify.Domain, reason string) ([]refunds.Held, error)
	ChangeReasons(ctx context.Context, shop shopify.Domain, rows []mappings.Reason) error
}

// RefundList reads a shop's refunds.
type RefundList interface {
	// RefundsIn lists those in a state with an id greater than after, in the order of their ids.
	RefundsIn(ctx context.Context, shop shopify.Domain, state links.RefundState, after shopify.GID, limit int) ([]links.Refund, error)
	RefundCounts(ctx context.Context, shop shopify.Domain) (map[links.RefundState]int, error)
}

const (
	refundsPage = 50
	// mostApproved is how many refunds one call may release.
	mostApproved = 200
)

// refundJSON is a refund in Shopify on its way to the buyer, as the API tells it.
type refundJSON struct {
	// ID is the number that ends Shopify's id.
	ID            string              `json:"id"`
	TikTokOrderID tiktok.OrderID      `json:"tiktok_order_id"`
	ShopifyID     shopify.GID         `json:"shopify_id"`
	State         links.RefundState   `json:"state"`
	Reason        string              `json:"reason,omitempty"`
	Detail        string              `json:"detail,omitempty"`
	Amount        string              `json:"amount"`
	Completed     string              `json:"completed"`
	Currency      string              `json:"currency"`
	Units         []tiktok.LineItemID `json:"units"`
	Case          string              `json:"tiktok_case_id,omitempty"`
	RefundedAt    time.Time           `json:"refunded_at"`
	ApprovedAt    *time.Time          `json:"approved_at,omitempty"`
	Steps         []stepJSON          `json:"steps"`
}

// stepJSON is one call to TikTok, as it is sent or would be.
type stepJSON struct {
	Number    int                 `json:"number"`
	Kind      links.StepKind      `json:"kind"`
	State     links.StepState     `json:"state"`
	Amount    string              `json:"amount"`
	Completed string              `json:"completed"`
	Reason    string              `json:"reason,omitempty"`
	Units     []tiktok.LineItemID `json:"units"`
	Case      string              `json:"tiktok_case_id,omitempty"`
	Answer    string              `json:"answer,omitempty"`
	Attempt   int                 `json:"attempt"`
	SentAt    *time.Time          `json:"sent_at,omitempty"`
	Call      *callJSON           `json:"call"`
}

type callJSON struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Key    string          `json:"idempotency_key,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
}

func refundsOf(list []links.Refund) []refundJSON {
	answer := make([]refundJSON, len(list))
	for n, refund := range list {
		one := refundJSON{
			ID: links.RefundNumber(refund.ID), TikTokOrderID: refund.Order, ShopifyID: refund.ID, State: refund.State, Reason: refund.Reason,
			Detail: refund.Detail, Amount: refund.Amount, Completed: refund.Completed, Currency: refund.Currency, Units: unitsOf(refund.Units),
			Case: refund.Case, RefundedAt: refund.RefundedAt, ApprovedAt: refund.ApprovedAt, Steps: make([]stepJSON, len(refund.Steps)),
		}
		for m, step := range refund.Steps {
			one.Steps[m] = stepOf(step)
		}
		answer[n] = one
	}
	return answer
}

func stepOf(step links.RefundStep) stepJSON {
	answer := stepJSON{
		Number: step.Number, Kind: step.Kind, State: step.State, Amount: step.Amount, Completed: step.Completed, Reason: step.Reason,
		Units: unitsOf(step.Units), Case: step.Case, Answer: step.Answer, Attempt: step.Attempt, SentAt: step.SentAt,
	}
	if step.Call.Op != "" {
		answer.Call = &callJSON{Method: step.Call.Method, Path: step.Call.Path, Key: step.Call.Key, Body: step.Call.Body}
	}
	return answer
}

func unitsOf(units []tiktok.LineItemID) []tiktok.LineItemID {
	if units == nil {
		return []tiktok.LineItemID{}
	}
	return units
}

// readRefundID is the refund that an address names.
func readRefundID(text string) (shopify.GID, error) {
	id, err := links.ParseRefundNumber(text)
	if err != nil {
		return "", errNotFound
	}
	return id, nil
}

// listRefunds shows the refunds in one state, those that are held when none is
// named, with how many there are of each and what could be released.
func (s *server) listRefunds(c *gin.Context) {
	state := links.RefundState(c.DefaultQuery("state", string(links.RefundHeld)))
	after := shopify.GID(c.Query("cursor"))
	if len(state) > longestID || len(after) > longestID {
		s.fail(c, links.ErrCursor)
		return
	}
	ctx, shop := c.Request.Context(), shopOf(c).Domain
	page, err := s.Refunds.RefundsIn(ctx, shop, state, after, refundsPage)
	if err != nil {
		s.fail(c, err)
		return
	}
	counts, err := s.Refunds.RefundCounts(ctx, shop)
	if err != nil {
		s.fail(c, err)
		return
	}
	held, err := s.RefundDesk.Held(ctx, shop, "")
	if err != nil {
		s.fail(c, err)
		return
	}
	next := ""
	if len(page) == refundsPage {
		next = string(page[len(page)-1].ID)
	}
	c.JSON(http.StatusOK, gin.H{"refunds": refundsOf(page), "counts": counts, "held": held, "next_cursor": next})
}

// approveRefund releases one refund whose plan is held.
func (s *server) approveRefund(c *gin.Context) {
	id, err := readRefundID(c.Param("id"))
	if err == nil {
		err = s.RefundDesk.Approve(c.Request.Context(), shopOf(c).Domain, id)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusAccepted, gin.H{"approved": []string{links.RefundNumber(id)}})
}

// approveRefunds releases several: all of those named, or none.
func (s *server) approveRefunds(c *gin.Context) {
	var body struct {
		Refunds []string `json:"refunds"`
	}
	err := readJSON(c, &body, false)
	if err == nil && (len(body.Refunds) == 0 || len(body.Refunds) > mostApproved) {
		err = unprocessable("invalid_refunds", fmt.Sprintf("refunds: want the ids of 1 to %d refunds", mostApproved))
	}
	var ids []shopify.GID
	approved := []string{}
	for _, text := range body.Refunds {
		if err != nil {
			break
		}
		var id shopify.GID
		id, err = readRefundID(text)
		ids, approved = append(ids, id), append(approved, links.RefundNumber(id))
	}
	if err == nil {
		err = s.RefundDesk.Approve(c.Request.Context(), shopOf(c).Domain, ids...)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusAccepted, gin.H{"approved": approved})
}
