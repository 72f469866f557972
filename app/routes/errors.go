package routes

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/backfills"
	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// apiError is an error that the caller is told as it is.
type apiError struct {
	Status        int
	Code, Message string
}

func (p *apiError) Error() string { return p.Code + ": " + p.Message }

func badRequest(code, message string) error {
	return &apiError{http.StatusBadRequest, code, message}
}

func unprocessable(code, message string) error {
	return &apiError{http.StatusUnprocessableEntity, code, message}
}

var (
	errNotFound    = &apiError{http.StatusNotFound, "not_found", "There is nothing here that belongs to your shop."}
	errMethod      = &apiError{http.StatusMethodNotAllowed, "method_not_allowed", "This address does not take that method."}
	errInternal    = &apiError{http.StatusInternalServerError, "internal", "Something went wrong here. It is logged under the request id; try again."}
	errUnavailable = &apiError{http.StatusServiceUnavailable, "unavailable", "This cannot be done at the moment. Try again."}
	errTooLarge    = &apiError{http.StatusRequestEntityTooLarge, "too_large", "The body is larger than this address takes."}
	errTruncated   = &apiError{http.StatusBadRequest, "truncated", "The body ended early."}
	errSlow        = &apiError{http.StatusRequestTimeout, "too_slow", "The body took too long to arrive."}
)

// known are the errors of the packages below that a caller can do something about.
var known = []struct {
	err error
	as  *apiError
}{
	{links.ErrNotFound, errNotFound},
	{shops.ErrNotFound, errNotFound},
	{exceptions.ErrNotFound, errNotFound},
	{links.ErrCursor, &apiError{http.StatusBadRequest, "invalid_cursor", "The cursor is not one that a list of your shop gave."}},
	{exceptions.ErrNoChoice, &apiError{http.StatusUnprocessableEntity, "invalid_action", "No single amount is missing here, so there is no difference to write: mend the cause, then retry."}},
	{exceptions.ErrCursor, &apiError{http.StatusBadRequest, "invalid_cursor", "The cursor is not one that a list of your shop gave."}},
	{shops.ErrTaken, &apiError{http.StatusConflict, shops.ErrTaken.Error(), "This TikTok shop is connected to another Shopify shop. Disconnect it there first."}},
	{connections.ErrState, &apiError{http.StatusBadRequest, "invalid_state", "This connection was not begun here, was finished before, or took too long. Begin again in the app."}},
	{connections.ErrDenied, &apiError{http.StatusOK, "auth_denied", "The seller did not agree, so nothing was connected. Begin again in the app when you are ready."}},
	{connections.ErrNotInstalled, &apiError{http.StatusConflict, "not_installed", "Switchback is not installed in the Shopify shop any more. Install it, then connect again."}},
	{connections.ErrShopUnread, &apiError{http.StatusConflict, "shop_not_ready", "The shop's currency has not been read yet. Open the app in your Shopify admin once, then connect again."}},
	{connections.ErrNotSeller, &apiError{http.StatusConflict, "not_a_seller", "The account that agreed is not a seller's. Sign in at TikTok Shop as the shop's main account."}},
	{connections.ErrNotSwitched, &apiError{http.StatusConflict, "tiktok_shop_off", "This TikTok shop is off for a reason that no switch takes away; the list says which."}},
	{connections.ErrNoShops, &apiError{http.StatusConflict, "no_tiktok_shop", "The authorization covers no TikTok shop. Check in Seller Center that the shop is active."}},
	{tiktok.ErrGrantRefused, &apiError{http.StatusBadRequest, "code_refused", "TikTok does not take the code of this connection any more. Begin again in the app."}},
	{backfills.ErrNotFound, errNotFound},
	{backfills.ErrRunning, &apiError{http.StatusConflict, "backfill_running", "A backfill of this TikTok shop is running. Wait for it, or stop it first."}},
	{backfills.ErrOver, &apiError{http.StatusConflict, "backfill_done", "This backfill is done. Start another one to look again."}},
	{backfills.ErrOvertaken, errUnavailable},
	{backfills.ErrNoTikTokShop, &apiError{http.StatusConflict, "no_tiktok_shop", "No TikTok shop is connected. Connect one first."}},
	{backfills.ErrWhichShop, &apiError{http.StatusUnprocessableEntity, "tiktok_shop_needed", "tiktok_shop_id: several TikTok shops are connected, so name the one to backfill."}},
	{backfills.ErrShopOff, &apiError{http.StatusConflict, "tiktok_shop_off", "This TikTok shop is listed but not synced. Turn it on first."}},
	{refunds.ErrNotHeld, &apiError{http.StatusConflict, "not_held", "This refund does not wait for approval: it is on its way, done, or something else is to be mended first."}},
	{guide.ErrUnknown, errNotFound},
	{guide.ErrNote, &apiError{http.StatusUnprocessableEntity, "invalid_note", "A note has at most 500 characters."}},
	{guide.ErrNoPortal, &apiError{http.StatusConflict, "no_portal", "The settings name no return portal. Enter its address there first."}},
	{loopcheck.ErrKeyMissing, errLoopKeyMissing},
	{loopcheck.ErrNotWritten, errNotWritten},
	{context.DeadlineExceeded, errUnavailable},
}

// problemOf is what a caller is told of an error, and whether it is news to the operator.
func problemOf(err error) (p *apiError, unexpected bool) {
	var setting *shops.SettingsError
	var span *backfills.RangeError
	switch {
	case errors.As(err, &span):
		return &apiError{http.StatusUnprocessableEntity, "invalid_range", span.Error()}, false
	case errors.As(err, &p):
		return p, false
	case errors.As(err, &setting):
		return &apiError{http.StatusUnprocessableEntity, "invalid_setting", setting.Error()}, false
	}
	for _, k := range known {
		if errors.Is(err, k.err) {
			return k.as, k.as.Status >= http.StatusInternalServerError
		}
	}
	return errInternal, true
}

// fail answers with an error: JSON for the API and webhooks, wherever it happens.
func (s *server) fail(c *gin.Context, err error) {
	p, unexpected := problemOf(err)
	if unexpected && c.Request.Context().Err() == nil {
		s.Log.ErrorContext(c, "http.failed", "request_id", c.GetString(requestIDKey), "route", c.FullPath(), "error", err)
	}
	c.AbortWithStatusJSON(p.Status, gin.H{"error": gin.H{"code": p.Code, "message": p.Message}})
}

func (s *server) notFound(c *gin.Context) {
	unread(c)
	s.fail(c, errNotFound)
}

func (s *server) methodNotAllowed(c *gin.Context) {
	unread(c)
	s.fail(c, errMethod)
}

// clip bounds what is repeated of a caller's words.
func clip(text string) string {
	const most = 60
	text = strings.ToValidUTF8(text, "")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
