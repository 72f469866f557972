package loop

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// readAnswer gives a success's body, or the error that the answer is.
func readAnswer(op string, resp *http.Response, raw []byte) ([]byte, error) {
	if resp.StatusCode/100 == 2 {
		// Errors with a good status are no success either. A bare code is: it may be the return's own.
		if code := firstError(raw); code != "" {
			return nil, &Error{Op: op, HTTPStatus: resp.StatusCode, Code: code}
		}
		return raw, nil
	}
	e := &Error{Op: op, HTTPStatus: resp.StatusCode, Code: codeIn(raw)}
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"))
	if e.RetryAfter == 0 && e.Limited() {
		e.RetryAfter = unaskedWait + rand.N(unaskedWait) //nolint:gosec // spreads callers, keeps no secret
	}
	return nil, e
}

const (
	// unaskedWait is the least wait after a 429 that names none; as much again is drawn by lot. The limit counts in minutes.
	unaskedWait       = 10 * time.Second
	longestRetryAfter = 15 * time.Minute
)

// retryAfter reads the header in both its forms (RFC 9110, section 10.2.3); 0 where it asks for nothing.
func retryAfter(header string) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil {
		return min(max(time.Duration(min(seconds, int(longestRetryAfter/time.Second)))*time.Second, 0), longestRetryAfter)
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(time.Until(at), 0), longestRetryAfter)
	}
	return 0
}

// codePattern is the form of Loop's codes; what has another is no code and may be anything.
var codePattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

func cleanCode(code string) string {
	if code = strings.ToLower(strings.TrimSpace(code)); codePattern.MatchString(code) {
		return code
	}
	return ""
}

type coded struct {
	Code any `json:"code"`
}

func (c coded) code() string {
	text, _ := c.Code.(string)
	return cleanCode(text)
}

// codeIn finds the code of a refusal, wherever it stands.
func codeIn(raw []byte) string {
	if code := firstError(raw); code != "" {
		return code
	}
	var bare coded
	if json.Unmarshal(raw, &bare) == nil {
		return bare.code()
	}
	return ""
}

// firstError reads each place on its own, so that an unexpected form of one does not hide the other.
func firstError(raw []byte) string {
	var list struct {
		Errors []coded `json:"errors"`
	}
	if json.Unmarshal(raw, &list) == nil && len(list.Errors) > 0 {
		return list.Errors[0].code()
	}
	var single struct {
		Error coded `json:"error"`
	}
	if json.Unmarshal(raw, &single) == nil {
		return single.Error.code()
	}
	return ""
}

// id is an id that may be a number or a text.
type id string

var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// UnmarshalJSON keeps a number's digits as they are: Loop's may not fit a float.
func (i *id) UnmarshalJSON(raw []byte) error {
	if text := strings.Trim(string(raw), `"`); idPattern.MatchString(text) && text != "null" {
		*i = id(text)
	}
	return nil
}

// unwrapped reads into out, from "data" where the answer has one.
func unwrapped(raw []byte, out any) error {
	var outer struct {
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(raw, &outer) == nil && len(outer.Data) > 0 && outer.Data[0] == '{' {
		raw = outer.Data
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%w: not the JSON that was expected", ErrMalformed)
	}
	return nil
}

// item is one line's judgment. An absent "eligible" counts as yes: Loop named the line.
type item struct {
	Eligible *bool `json:"eligible"`
	Code     any   `json:"ineligibility_code"`
}

func readEligibility(raw []byte) (Eligibility, error) {
	var wire struct {
		Items     []item `json:"items"`
		LineItems []item `json:"line_items"`
	}
	if err := unwrapped(raw, &wire); err != nil {
		return Eligibility{}, fmt.Errorf("loop return-eligibility: %w", err)
	}
	var e Eligibility
	for _, it := range append(wire.Items, wire.LineItems...) {
		e.Lines++
		if it.Eligible == nil || *it.Eligible {
			e.Returnable++
			continue
		}
		text, _ := it.Code.(string)
		if code := cleanCode(text); code != "" && !slices.Contains(e.Why, code) {
			e.Why = append(e.Why, code)
		}
	}
	return e, nil
}

func readDraft(raw []byte) (Draft, error) {
	type link struct {
		Rel    string `json:"rel"`
		Method string `json:"method"`
		Href   string `json:"href"`
	}
	var wire struct {
		ID    id `json:"id"`
		Draft struct {
			ID id `json:"id"`
		} `json:"draft_return"`
		Context struct {
			Can    []json.RawMessage `json:"items_eligible_to_return"`
			Cannot []json.RawMessage `json:"items_not_eligible_to_return"`
		} `json:"context"`
		Links []link `json:"links"`
	}
	if err := unwrapped(raw, &wire); err != nil {
		return Draft{}, fmt.Errorf("loop draft-return: %w", err)
	}
	draft := Draft{
		ID: string(wire.Draft.ID), Returnable: len(wire.Context.Can),
		Lines: len(wire.Context.Can) + len(wire.Context.Cannot),
	}
	if draft.ID == "" {
		draft.ID = string(wire.ID)
	}
	for _, l := range wire.Links {
		if strings.Contains(l.Rel, "cancel") && (l.Method == "" || strings.EqualFold(l.Method, http.MethodPost)) {
			draft.cancel = l.Href
		}
	}
	if draft.ID == "" && draft.cancel == "" {
		return Draft{}, fmt.Errorf("loop draft-return: %w: the draft has no id", ErrMalformed)
	}
	return draft, nil
}
