package shopify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/Khan/genqlient/graphql"
)

// envelope is a GraphQL answer. Errors is a list by the GraphQL specification,
// but plain text or an object where Shopify refuses before it reads the query.
type envelope struct {
	Data       json.RawMessage `json:"data"`
	Errors     json.RawMessage `json:"errors"`
	Extensions struct {
		Cost *cost `json:"cost"`
	} `json:"extensions"`
}

// cost is `extensions.cost`: points that were charged and what is left.
type cost struct {
	Requested float64 `json:"requestedQueryCost"`
	// Actual is absent when nothing was executed.
	Actual   *float64 `json:"actualQueryCost"`
	Throttle struct {
		Maximum   float64 `json:"maximumAvailable"`
		Available float64 `json:"currentlyAvailable"`
		Rate      float64 `json:"restoreRate"`
	} `json:"throttleStatus"`
}

// graphQLError is one entry of a GraphQL answer's errors.
type graphQLError struct {
	Message    string            `json:"message"`
	Path       []json.RawMessage `json:"path"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

// The codes of errors that say something about all of the request.
const (
	codeThrottled    = "THROTTLED"
	codeAccessDenied = "ACCESS_DENIED"
	codeShopInactive = "SHOP_INACTIVE"
	codeTooDear      = "MAX_COST_EXCEEDED"
	codeBadVariable  = "INVALID_VARIABLE"
)

// serverCodes are failures on Shopify's side, after which nobody knows how far it came.
var serverCodes = []string{"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT", "GATEWAY_TIMEOUT"}

// refusals are codes that say that nothing was executed, wherever they stand.
var refusals = []string{codeThrottled, codeAccessDenied, codeShopInactive, codeTooDear, codeBadVariable}

// read fills resp and returns what the call cost. The data is filled in beside
// an error too: Shopify answers with both when only a part was refused.
func (a answer) read(op operation, resp *graphql.Response) (*cost, error) {
	failed := &Error{Op: op.name, HTTPStatus: a.status, RequestID: a.requestID(), retryAfter: a.retryAfter()}
	var e envelope
	if err := json.Unmarshal(a.body, &e); err != nil {
		failed.Message = "the answer is no JSON object"
		failed.unknown = op.mutation && (a.ok() || a.status >= http.StatusInternalServerError)
		failed.malformed = a.ok()
		failed.throttle(nil)
		return nil, failed
	}
	spent := e.Extensions.Cost
	errs := readErrors(e.Errors)
	if !a.ok() || len(errs) > 0 {
		failed.say(errs)
		failed.unknown = op.mutation && (a.status >= http.StatusInternalServerError || a.ok() && maybeExecuted(e.Data, errs))
		failed.throttle(spent)
	}
	if a.ok() && present(e.Data) {
		if err := json.Unmarshal(e.Data, resp.Data); err != nil {
			failed.Message, failed.unknown, failed.malformed = "the answer does not fit the schema", op.mutation, true
			return spent, failed
		}
		failed.withData = true
	} else if a.ok() && len(errs) == 0 {
		failed.Message, failed.unknown, failed.malformed = "the answer has neither data nor errors", op.mutation, true
		return spent, failed
	}
	if failed.Message == "" {
		return spent, nil
	}
	return spent, failed
}

func (a answer) ok() bool { return a.status == http.StatusOK }

func present(raw json.RawMessage) bool { return len(raw) > 0 && !bytes.Equal(raw, []byte("null")) }

// maybeExecuted tells whether a mutation may have run although errors came back:
// a resolver below it failed, Shopify broke, or nobody can say.
func maybeExecuted(data json.RawMessage, errs []graphQLError) bool {
	return slices.ContainsFunc(errs, func(e graphQLError) bool {
		switch {
		case len(e.Path) > 1, slices.Contains(serverCodes, e.Extensions.Code):
			return true
		case slices.Contains(refusals, e.Extensions.Code):
			return false
		}
		// Without a data field the request was refused before anything ran.
		return len(data) > 0
	})
}

// readErrors takes the list, or makes one of the other forms Shopify uses.
func readErrors(raw json.RawMessage) []graphQLError {
	if !present(raw) {
		return nil
	}
	var list []graphQLError
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []graphQLError{{Message: text}}
	}
	return []graphQLError{{Message: fmt.Sprintf("errors in an unknown form (%d bytes)", len(raw))}}
}
