package shopifysim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/switchbackhq/switchback/graphql/schema"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// maxBody bounds a request; the largest order is far below.
const maxBody = 4 << 20

// request is the body of a GraphQL call.
type request struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`
}

// answer is what a call returns.
type answer struct {
	status int
	body   map[string]any
}

func (a answer) write(w http.ResponseWriter) { writeAnswer(w, a.status, a.body) }

func failed(status int, message string) answer {
	return answer{status, map[string]any{"errors": message}}
}

// unauthorized is Shopify's answer to a token it does not know or no longer knows.
const unauthorized = "[API] Invalid API key or access token (unrecognized login or wrong password)"

// serveGraphQL answers the Admin API: token, contract, faults, cost, then the operation itself.
func (s *Sim) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	call := Request{Shop: r.Header.Get(shopHeader), At: s.opts.Now()}
	var fault chaos.Fault
	defer func() { // also when chaos.Cut ends the request
		call.Fault = fault.Kind
		s.note(call)
	}()
	w.Header().Set("X-Request-Id", newUUID())
	w.Header().Set("X-Shopify-Api-Version", schema.APIVersion)
	doc, scopes, refused := s.receive(w, r, &call)
	if refused != nil {
		call.Status = refused.status
		refused.write(w)
		return
	}
	fault, _ = s.opts.Script.Next(call.Fields[0])
	switch fault.Kind {
	case chaos.Throttled:
		call.Status = s.throttle(w, call.Shop, doc, fault)
	case chaos.LateCommit:
		late := call // the deferred note writes to call while the commit may already read
		s.commitLater(fault.After, func(now time.Time) { s.performLocked(late, doc, scopes, now) })
		chaos.Cut(w)
	default:
		s.disturb(fault, w, r, func(w http.ResponseWriter) {
			a := s.perform(call, doc, scopes)
			call.Status = a.status
			a.write(w)
		})
	}
}

// receive reads a call and holds it against the contract. A refusal is the answer to give instead.
func (s *Sim) receive(w http.ResponseWriter, r *http.Request, call *Request) (document, []string, *answer) {
	refuse := func(a answer) (document, []string, *answer) { return document{}, nil, &a }
	if v := r.PathValue("version"); v != schema.APIVersion {
		s.violate(*call, "the request asks for API version "+v+", the app is pinned to "+schema.APIVersion)
		return refuse(failed(http.StatusNotFound, "Not Found"))
	}
	scopes, ok := s.authority.Scopes(call.Shop, r.Header.Get("X-Shopify-Access-Token"))
	if !ok {
		return refuse(failed(http.StatusUnauthorized, unauthorized))
	}
	doc, unread := s.read(w, r, call)
	return doc, scopes, unread
}

// read takes the operation out of a call.
func (s *Sim) read(w http.ResponseWriter, r *http.Request, call *Request) (document, *answer) {
	refuse := func(a answer) (document, *answer) { return document{}, &a }
	if typ, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); typ != "application/json" {
		s.violate(*call, "the request's content type is not application/json")
		return refuse(failed(http.StatusUnsupportedMediaType, "Unsupported media type"))
	}
	req, err := readRequest(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		s.violate(*call, err.Error())
		return refuse(failed(http.StatusBadRequest, "Bad Request"))
	}
	call.Query, call.Variables = req.Query, req.Variables
	doc, errs := readDocument(req)
	if len(errs) > 0 {
		for _, e := range errs {
			s.violate(*call, e.Error())
		}
		return refuse(answer{http.StatusOK, map[string]any{"errors": errs}})
	}
	call.Operation, call.Fields = doc.operation.Name, doc.rootFields()
	call.Mutation = doc.operation.Operation == ast.Mutation
	if len(call.Fields) == 0 {
		s.violate(*call, "the operation asks for nothing")
		return refuse(failed(http.StatusBadRequest, "Bad Request"))
	}
	return doc, nil
}

// ServeDirect answers a query that an extension of the app sends from the admin itself, with the scopes that the shop
// granted the app and no token. It is no request of the app's back end and counts as none.
func (s *Sim) ServeDirect(w http.ResponseWriter, r *http.Request, domain string) {
	call := Request{Shop: domain, At: s.opts.Now()}
	doc, refused := s.read(w, r, &call)
	if refused != nil {
		refused.write(w)
		return
	}
	if call.Mutation {
		failed(http.StatusForbidden, "The block only reads.").write(w)
		return
	}
	s.perform(call, doc, s.authority.Granted(domain)).write(w)
}

func readRequest(body io.Reader) (request, error) {
	var req request
	dec := json.NewDecoder(body)
	dec.UseNumber()
	dec.DisallowUnknownFields()
	if err := dec.Decode(&req); err != nil {
		return req, fmt.Errorf("read request body: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return req, errors.New("read request body: more than one JSON value")
	}
	return req, nil
}

func (s *Sim) perform(call Request, doc document, scopes []string) answer {
	s.lock()
	defer s.mu.Unlock()
	return s.performLocked(call, doc, scopes, s.opts.Now())
}

// performLocked needs mu.
func (s *Sim) performLocked(call Request, doc document, scopes []string, now time.Time) answer {
	sh := s.shop(call.Shop)
	requested := requestedCost(doc)
	if requested > maxQueryCost {
		s.violateLocked(call, fmt.Sprintf("the query costs %v, more than %d", requested, maxQueryCost))
		err := gqlerror.Errorf("Query cost is %v, which exceeds the single query max cost limit (%d).", requested, maxQueryCost)
		err.Extensions = map[string]any{"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": maxQueryCost}
		return answer{http.StatusOK, map[string]any{"errors": gqlerror.List{err}}}
	}
	if !sh.bucket.take(requested, now) {
		return s.throttled(sh, requested, s.opts.ThrottleStatus)
	}
	x := &execution{sim: s, shop: sh, scopes: scopes, doc: doc, now: now.UTC().Truncate(time.Millisecond)}
	data := x.run()
	actual := min(max(x.cost, 1), requested)
	sh.bucket.giveBack(requested - actual)
	for _, d := range x.drift {
		s.violateLocked(call, d)
	}
	body := map[string]any{"extensions": sh.bucket.status(requested, actual)}
	if data != nil {
		body["data"] = data
	} else {
		body["data"] = nil
	}
	if len(x.errs) > 0 {
		body["errors"] = x.errs
	}
	return answer{http.StatusOK, body}
}

// throttled is Shopify's answer when the bucket is empty: nothing was done.
func (s *Sim) throttled(sh *shop, requested float64, status int) answer {
	err := gqlerror.Errorf("Throttled")
	err.Extensions = map[string]any{
		"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits",
	}
	return answer{status, map[string]any{
		"errors": gqlerror.List{err}, "extensions": sh.bucket.status(requested, nil),
	}}
}

// throttle answers a call that the script wants throttled.
func (s *Sim) throttle(w http.ResponseWriter, domain string, doc document, f chaos.Fault) int {
	status := f.Status
	if status == 0 {
		status = s.opts.ThrottleStatus
	}
	s.lock()
	a := s.throttled(s.shop(domain), requestedCost(doc), status)
	s.mu.Unlock()
	f.SetRetryAfter(w.Header())
	a.write(w)
	return status
}
