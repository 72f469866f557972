package routes

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	exceptionsPage = 100
	longestID      = 64
	longestNote    = 500
)

// exceptionJSON is an exception as the API tells it.
type exceptionJSON struct {
	ID            string            `json:"id"`
	Code          exceptions.Code   `json:"code"`
	TikTokOrderID tiktok.OrderID    `json:"tiktok_order_id"`
	Message       string            `json:"message"`
	Fix           string            `json:"fix"`
	Status        exceptions.Status `json:"status"`
	OpenedAt      time.Time         `json:"opened_at"`
	ResolvedAt    *time.Time        `json:"resolved_at,omitempty"`
	Resolution    string            `json:"resolution,omitempty"`
}

func exceptionOf(e exceptions.Exception) exceptionJSON {
	return exceptionJSON{
		ID: e.ID, Code: e.Code, TikTokOrderID: e.Order, Message: e.Message, Fix: e.Fix, Status: e.Status,
		OpenedAt: e.OpenedAt, ResolvedAt: e.ResolvedAt, Resolution: e.Resolution,
	}
}

func exceptionsOf(list []exceptions.Exception) []exceptionJSON {
	answer := make([]exceptionJSON, len(list))
	for n, e := range list {
		answer[n] = exceptionOf(e)
	}
	return answer
}

func (s *server) listExceptions(c *gin.Context) {
	cursor := c.Query("cursor")
	if len(cursor) > longestCursor {
		s.fail(c, exceptions.ErrCursor)
		return
	}
	page, next, err := s.Open.Exceptions(c.Request.Context(), shopOf(c).Domain, cursor, exceptionsPage)
	if err != nil {
		s.fail(c, err)
		return
	}
	counts, err := s.Open.ExceptionCounts(c.Request.Context(), shopOf(c).Domain)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"exceptions": exceptionsOf(page), "counts": counts, "next_cursor": next})
}

// openException reads an exception, which must still be open.
func (s *server) openException(c *gin.Context, id string) (exceptions.Exception, error) {
	if len(id) > longestID {
		return exceptions.Exception{}, errNotFound
	}
	e, err := s.Open.Exception(c.Request.Context(), shopOf(c).Domain, id)
	if err != nil {
		return exceptions.Exception{}, err
	}
	if e.Status != exceptions.Open {
		return exceptions.Exception{}, &apiError{http.StatusConflict, "already_resolved", "This is resolved already."}
	}
	return e, nil
}

func (s *server) retryException(c *gin.Context) {
	e, err := s.openException(c, c.Param("id"))
	if err == nil {
		err = s.Work.RetryException(c.Request.Context(), e)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusAccepted, exceptionOf(e))
}

// resolveException carries out a person's choice.
func (s *server) resolveException(c *gin.Context) {
	var body struct {
		Action string `json:"action"`
		Note   string `json:"note"`
	}
	e, err := s.openException(c, c.Param("id"))
	if err == nil {
		err = readJSON(c, &body, false)
	}
	if err == nil {
		err = checkChoice(e, body.Action, body.Note)
	}
	if err == nil {
		err = s.Work.ResolveException(c.Request.Context(), e, body.Action, body.Note)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusAccepted, exceptionOf(e))
}

func checkChoice(e exceptions.Exception, action, note string) error {
	allowed := exceptions.Choices(e.Code)
	switch {
	case len(allowed) == 0:
		return unprocessable("invalid_action", "There is nothing to choose here: mend the cause, then retry.")
	case !slices.Contains(allowed, action):
		return unprocessable("invalid_action", "action: want one of "+strings.Join(allowed, ", "))
	case utf8.RuneCountInString(note) > longestNote:
		return unprocessable("invalid_note", fmt.Sprintf("note: at most %d characters", longestNote))
	}
	return nil
}
