package routes

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	// webhookBytes is the most that a webhook's body may have.
	webhookBytes = 1 << 20
	// webhookRead and webhookKeep share the three seconds in which a webhook is answered.
	webhookRead = 1500 * time.Millisecond
	webhookKeep = 1200 * time.Millisecond
	// apiBytes and apiRead bound the bodies of the JSON API.
	apiBytes = 64 << 10
	apiRead  = 10 * time.Second
	// bodyRoom is what a body gets before its first byte has come; most deliveries fit.
	bodyRoom = 8 << 10
	// formBytes bounds what a page's form may send, tables of mappings among it.
	formBytes = 1 << 20
)

// readBody reads a body of at most most bytes that arrives within the time given.
func readBody(c *gin.Context, most int64, within time.Duration) ([]byte, error) {
	length := c.Request.ContentLength
	if length > most {
		c.Header("Connection", "close") // what is still coming is not wanted
		return nil, errTooLarge
	}
	conn := http.NewResponseController(c.Writer)
	// A writer that has no connection, as in tests, cannot be slow either.
	if err := conn.SetReadDeadline(time.Now().Add(within)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, errTruncated
	}
	body, err := gather(c.Request.Body, length, most)
	// A deadline left behind would end the request's context while it is being answered.
	cleared := conn.SetReadDeadline(time.Time{})
	var timeout net.Error
	switch {
	case errors.Is(err, errCrowded):
		crowded(c)
		return nil, errCrowded
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		c.Header("Connection", "close")
		return nil, errSlow
	case err != nil:
		return nil, errTruncated
	case cleared != nil && !errors.Is(cleared, http.ErrNotSupported):
		return nil, errTruncated
	case int64(len(body)) > most:
		c.Header("Connection", "close")
		return nil, errTooLarge
	}
	return body, nil
}

// gather reads to the end, or one byte more than most. What is claimed takes no
// memory: room is doubled as it fills, and ends where the claim does.
func gather(from io.Reader, claimed, most int64) ([]byte, error) {
	body := make([]byte, 0, bodyRoom)
	for int64(len(body)) <= most {
		if len(body) == cap(body) {
			room := min(2*int64(cap(body)), most+1)
			if claimed >= int64(cap(body)) {
				room = min(room, claimed+1) // one more, to meet the end in
			}
			body = append(make([]byte, 0, room), body...)
		}
		n, err := from.Read(body[len(body):min(int64(cap(body)), most+1)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return body, nil
}

// readJSON reads one JSON object and refuses what it does not name. An empty body
// leaves into as it is when optional.
func readJSON(c *gin.Context, into any, optional bool) error {
	return readJSONOf(c, apiBytes, into, optional)
}

// readJSONOf is readJSON for a body of at most most bytes.
func readJSONOf(c *gin.Context, most int64, into any, optional bool) error {
	raw, err := readBody(c, most, apiRead)
	if err != nil {
		return err
	}
	trimmed := bytes.TrimSpace(raw)
	switch {
	case len(trimmed) == 0 && optional:
		return nil
	case len(trimmed) == 0 || trimmed[0] != '{': // `null` would pass for an object without keys
		return badRequest("invalid_json", "The body is not a JSON object.")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return badRequest("invalid_json", "The body is not the JSON object that this address takes.")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return badRequest("invalid_json", "Something follows the JSON object.")
	}
	return nil
}

// readForm reads what a page's form sends.
func readForm(c *gin.Context) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, badRequest("invalid_form", "The body is not a form's.")
	}
	raw, err := readBody(c, formBytes, apiRead)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, badRequest("invalid_form", "The body is not a form's.")
	}
	return form, nil
}
