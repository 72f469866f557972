package loopsim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxBody      = 64 << 10 // bytes of a request that are read
	callsAMinute = 300      // per key, as Loop's page on rate limits says
)

// draft is a return that has been begun.
type draft struct {
	shop      string
	cancelled bool
	order     Order
}

// apiError is one entry of errors[] in Loop's answers.
type apiError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// lookupRequest is the body of both look-ups; the eligibility one has an order name only.
type lookupRequest struct {
	OrderName      *string `json:"order_name"`
	SecondaryInput *string `json:"secondary_input"`
	IsGift         *bool   `json:"is_gift"`
}

func (s *Sim) apiRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/draft-returns", s.keyed(s.createDraft))
	mux.HandleFunc("POST /api/v1/draft-returns/{id}/cancel", s.keyed(s.cancelDraft))
	mux.HandleFunc("POST /api/v1/orders/return-eligibility", s.keyed(s.eligibility))
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		s.violate(r, "the simulator knows no such endpoint")
		refuse(w, http.StatusNotFound, "NOT_FOUND", "there is no such endpoint")
	})
	return mux
}

// keyed lets only requests with an account's key through, and of those 300 a minute.
func (s *Sim) keyed(next func(http.ResponseWriter, *http.Request, Portal)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("X-Authorization")
		portal, known, tooFast := s.admit(key)
		switch {
		case !known:
			refuse(w, http.StatusUnauthorized, "NOT_AUTHORIZED", "the header X-Authorization must carry an API key")
		case tooFast:
			refuse(w, http.StatusTooManyRequests, "RATE_LIMITED", "more than 300 requests a minute") // no Retry-After: none is documented
		case r.URL.RawQuery != "":
			s.violate(r, "the endpoint takes no query")
			refuse(w, http.StatusUnprocessableEntity, string(ValidationFailed), "the endpoint takes no query")
		default:
			next(w, r, portal)
		}
	}
}

func (s *Sim) admit(key string) (p Portal, known, tooFast bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.portals, func(p Portal) bool { return p.APIKey != "" && p.APIKey == key })
	if i < 0 {
		return Portal{}, false, false
	}
	now := s.opts.Now()
	recent := slices.DeleteFunc(s.calls[key], func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	tooFast = len(recent) >= callsAMinute
	if !tooFast {
		recent = append(recent, now)
	}
	s.calls[key] = recent
	return s.portals[i], true, tooFast
}

// createDraft begins a return without submitting it: {order_name, secondary_input, is_gift}.
func (s *Sim) createDraft(w http.ResponseWriter, r *http.Request, p Portal) {
	req, ok := s.read(w, r)
	if !ok {
		return
	}
	if req.OrderName == nil || req.SecondaryInput == nil {
		s.violate(r, "order_name and secondary_input are required")
		refuse(w, http.StatusUnprocessableEntity, string(ValidationFailed), "order_name and secondary_input are required")
		return
	}
	if p.NoDraftReturns {
		refuse(w, http.StatusUnprocessableEntity, string(DraftReturnsNotEnabled), "the account's plan has no draft returns")
		return
	}
	order, l := s.Find(p.Shop, *req.OrderName, *req.SecondaryInput)
	if l.Code != Found {
		refuse(w, http.StatusUnprocessableEntity, string(l.Code), l.Why)
		return
	}
	s.mu.Lock()
	s.drafts = append(s.drafts, draft{shop: p.Shop, order: order})
	id, d := len(s.drafts), s.drafts[len(s.drafts)-1]
	s.mu.Unlock()
	answer(w, http.StatusOK, d.view(id))
}

func (s *Sim) cancelDraft(w http.ResponseWriter, r *http.Request, p Portal) {
	id, err := strconv.Atoi(r.PathValue("id"))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || id < 1 || id > len(s.drafts) || s.drafts[id-1].shop != p.Shop {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "there is no such draft return")
		return
	}
	d := &s.drafts[id-1]
	if d.cancelled {
		refuse(w, http.StatusUnprocessableEntity, string(ValidationFailed), "the draft return is cancelled already")
		return
	}
	d.cancelled = true
	answer(w, http.StatusOK, d.view(id))
}

// eligibility judges an order's lines by its name alone: {order_name}. It begins no return, and only advises.
func (s *Sim) eligibility(w http.ResponseWriter, r *http.Request, p Portal) {
	req, ok := s.read(w, r)
	if !ok {
		return
	}
	if req.OrderName == nil || req.SecondaryInput != nil || req.IsGift != nil {
		s.violate(r, "the only field is order_name")
		refuse(w, http.StatusUnprocessableEntity, string(ValidationFailed), "the only field is order_name")
		return
	}
	order, found := s.byName(p.Shop, *req.OrderName)
	if !found {
		refuse(w, http.StatusNotFound, string(OrderNotFound), "no order of this shop has this name")
		return
	}
	list := []map[string]any{}
	for _, it := range items(order) {
		list = append(list, map[string]any{
			"id": it.ID, "external_id": it.ExternalID, "eligible": it.Eligible, "ineligibility_code": orNull(it.IneligibilityCode),
		})
	}
	answer(w, http.StatusOK, map[string]any{
		"order_id": number(order.ID), "advisory": true, "as_of": s.opts.Now().UTC().Format(time.RFC3339), "items": list,
	})
}

// read decodes a look-up's body; when it cannot, it has answered.
func (s *Sim) read(w http.ResponseWriter, r *http.Request) (lookupRequest, bool) {
	var req lookupRequest
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err = dec.Decode(&req); err == nil && dec.More() {
			err = io.ErrUnexpectedEOF
		}
	}
	if err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		s.violate(r, "the body is not one JSON object of the documented fields")
		refuse(w, http.StatusUnprocessableEntity, string(ValidationFailed), "the body is not one JSON object of the documented fields")
		return req, false
	}
	return req, true
}

// view is the draft in the four parts of Loop's answer: the draft, its context, what can be done next, errors.
func (d draft) view(id int) map[string]any {
	state, links := "created", []map[string]string{{
		"rel": "cancel-draft-return", "method": http.MethodPost, "href": "/api/v1/draft-returns/" + strconv.Itoa(id) + "/cancel",
	}}
	if d.cancelled {
		state, links = "cancelled", []map[string]string{}
	}
	lines, can, cannot := []map[string]any{}, []map[string]any{}, []map[string]any{}
	for _, it := range items(d.order) {
		lines = append(lines, map[string]any{
			"id": it.ID, "title": it.Title, "sku": it.SKU, "provider_line_item_id": it.ExternalID, "provider_variant_id": orNull(it.VariantID),
		})
		if it.Eligible {
			can = append(can, map[string]any{"order_line_item_id": it.ID, "quantity": it.Quantity})
		} else {
			cannot = append(cannot, map[string]any{"order_line_item_id": it.ID, "ineligibility_code": it.IneligibilityCode})
		}
	}
	return map[string]any{
		"draft_return": map[string]any{"id": id, "state": state, "currency": d.order.Currency},
		"context": map[string]any{
			"order":                    map[string]any{"name": d.order.Name, "provider_order_id": number(d.order.ID), "line_items": lines},
			"items_eligible_to_return": can, "items_not_eligible_to_return": cannot,
		},
		"links": links, "errors": []apiError{},
	}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, map[string]any{"errors": []apiError{{code, message}}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails only when the caller has gone
}
