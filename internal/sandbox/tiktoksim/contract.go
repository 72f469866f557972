package tiktoksim

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

//go:embed contract/*.json
var contractFiles embed.FS

// contract is TikTok's documents, merged into one and closed: a request body may hold no field that is not named.
type contract struct {
	router routers.Router
	doc    *openapi3.T
}

// Parsing takes a good part of a second of CPU under the race detector, so all simulators of a process share it; it is
// never written to afterwards.
var loadContract = sync.OnceValues(func() (*contract, error) {
	names, err := fs.Glob(contractFiles, "contract/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the tiktok contract: %w", err)
	}
	all := &openapi3.T{OpenAPI: "3.0.0", Info: &openapi3.Info{Title: "tiktok shop", Version: "1"}, Paths: openapi3.NewPaths()}
	for _, name := range names {
		raw, err := contractFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		doc, err := openapi3.NewLoader().LoadFromData(raw)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		for path, item := range doc.Paths.Map() {
			closeBodies(item)
			all.Paths.Set(path, item)
		}
	}
	// Without servers any host is right: a simulator lives on loopback.
	router, err := gorillamux.NewRouter(all)
	if err != nil {
		return nil, fmt.Errorf("route the tiktok contract: %w", err)
	}
	return &contract{router: router, doc: all}, nil
})

func closeBodies(item *openapi3.PathItem) {
	for _, op := range item.Operations() {
		if op.RequestBody == nil {
			continue
		}
		for _, media := range op.RequestBody.Value.Content {
			closeSchema(media.Schema)
		}
	}
}

// closeSchema forbids unnamed fields at every depth. The documents have no references, so there are no cycles.
func closeSchema(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil {
		return
	}
	s := ref.Value
	if len(s.Properties) > 0 {
		no := false
		s.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
	}
	for _, p := range s.Properties {
		closeSchema(p)
	}
	closeSchema(s.Items)
}

// gatewayParams are the query parameters that the gateway takes on every signed call; no document lists them.
var gatewayParams = []string{"app_key", "timestamp", "sign"}

// check holds one routed request against the document of its operation. The error names fields and rules, never values.
func (k *contract) check(c *call) error {
	params := c.route.Operation.Parameters
	for name, values := range c.query {
		p := params.GetByInAndName(openapi3.ParameterInQuery, name)
		switch {
		case p == nil && !slices.Contains(gatewayParams, name):
			return fmt.Errorf("query parameter %s is not in the document", name)
		case len(values) != 1:
			return fmt.Errorf("query parameter %s is given %d times", name, len(values))
		case p != nil && p.Required && values[0] == "":
			return fmt.Errorf("query parameter %s is empty", name)
		case p != nil && p.Schema.Value.Type.Is(openapi3.TypeArray) && strings.HasPrefix(values[0], "["):
			return fmt.Errorf("query parameter %s is a JSON array; it must be one comma-joined value", name)
		}
	}
	switch {
	case c.route.Operation.RequestBody == nil && len(c.body) > 0:
		return errors.New("the document names no body for this call")
	case c.isJSON() && len(c.body) > 0 && !json.Valid(c.body):
		return errors.New("the body is not one JSON value")
	}
	return describe(openapi3filter.ValidateRequest(c.r.Context(), &openapi3filter.RequestValidationInput{
		Request:     c.replay(),
		PathParams:  c.vars,
		QueryParams: c.query,
		Route:       c.route,
		Options:     &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}))
}

// describe keeps of a validation error where and why; the library's own text would repeat the value, which may be a
// buyer's.
func describe(err error) error {
	if err == nil {
		return nil
	}
	where := "request"
	var req *openapi3filter.RequestError
	if errors.As(err, &req) {
		switch {
		case req.Parameter != nil:
			where = req.Parameter.In + " parameter " + req.Parameter.Name
		case req.RequestBody != nil:
			where = "body"
		}
	}
	var schema *openapi3.SchemaError
	switch {
	case errors.As(err, &schema):
		return fmt.Errorf("%s /%s: %s", where, strings.Join(schema.JSONPointer(), "/"), schema.Reason)
	case errors.Is(err, openapi3filter.ErrInvalidRequired):
		return fmt.Errorf("%s is missing", where)
	default:
		return fmt.Errorf("%s is malformed", where)
	}
}

// replay is the request with its body unread, for the validator.
func (c *call) replay() *http.Request {
	r := c.r.Clone(c.r.Context())
	r.Body = readCloser{bytes.NewReader(c.body)}
	return r
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// parseQuery is url.ParseQuery without the tolerance for stray semicolons and bad escapes that Request.URL.Query has.
func parseQuery(raw string) (url.Values, error) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, errors.New("the query string is malformed")
	}
	return q, nil
}
