package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// logKeys are all names that a line of the log may have beside time, level and
// msg. One thing has one name: a new one is a decision.
var logKeys = []string{
	// Whose it is.
	"shop", "platform", "tiktok_shop_id", "tiktok_seller_id", "installation",
	// What it is about.
	"tiktok_order_id", "shopify_order_id", "shopify_refund_id", "shopify_fulfillment_id", "backfill_id", "test_order_id", "privacy_request_id",
	// A request, a delivery, a job.
	"request_id", "method", "route", "status", "bytes", "topic", "delivery_id", "fresh", "job_id", "kind", "attempt", "cause", "waited", "again_after",
	// What came of it, and why.
	"code", "reason", "resolution", "error", "panic", "stack", "took", "last_step", "tiktok_status", "event", "step", "part", "on",
	// How many.
	"units", "orders", "jobs", "tiktok_shops", "found", "imported", "skipped", "spans", "left_out",
	// The program.
	"version", "role", "pid", "address", "config",
}

// eventName is what a line says happened.
var eventName = regexp.MustCompile(`^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)*\.?$`)

// logMethods are those of *slog.Logger with the place of their message, -1 for none, and of the first attribute.
var logMethods = map[string][2]int{
	"Debug": {0, 1}, "Info": {0, 1}, "Warn": {0, 1}, "Error": {0, 1},
	"DebugContext": {1, 2}, "InfoContext": {1, 2}, "WarnContext": {1, 2}, "ErrorContext": {1, 2},
	"Log": {2, 3}, "LogAttrs": {2, 3}, "With": {-1, 0},
}

// slogAttrs make an attribute of a name and a value.
var slogAttrs = []string{"String", "Int", "Int64", "Bool", "Duration", "Time", "Float64", "Any", "Group"}

// TestLogSpeaksOneLanguage: whoever searches the log for an order finds all that
// concerns it under one name.
func TestLogSpeaksOneLanguage(t *testing.T) {
	t.Parallel()
	events, keys := map[string]bool{}, map[string]bool{}
	for _, root := range []string{"../app", "."} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir():
				if slices.Contains([]string{"sandbox", "node_modules", "testdata", "config"}, d.Name()) {
					return filepath.SkipDir
				}
				return nil
			case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					logged(t, path, call, events, keys)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(events) < 40 || !events["order.imported"] || !events["exception.opened"] {
		t.Errorf("found %d events: is the search still right? %v", len(events), events)
	}
	for _, key := range logKeys {
		// Those of jobs stand in a table.
		if !keys[key] && !slices.Contains([]string{"cause", "privacy_request_id", "test_order_id", "shopify_order_id", "tiktok_shop_id"}, key) {
			t.Errorf("%s is in the list and in no line", key)
		}
	}
}

// logged checks one call, if it is one that logs or makes an attribute.
func logged(t *testing.T, path string, call *ast.CallExpr, events, keys map[string]bool) {
	t.Helper()
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	know := func(e ast.Expr) {
		key, literal := text(e)
		if !literal || !slices.Contains(logKeys, key) {
			t.Errorf("%s logs under the name %q, which is not in the list", path, key)
		}
		keys[key] = true
	}
	receiver, _ := method.X.(*ast.Ident)
	if receiver != nil && receiver.Name == "slog" {
		if slices.Contains(slogAttrs, method.Sel.Name) {
			if name, literal := text(call.Args[0]); literal {
				keys[name] = keys[name] || slices.Contains(logKeys, name)
				know(call.Args[0])
			}
		}
		return
	}
	places, ok := logMethods[method.Sel.Name]
	if !ok || !isLogger(method.X) {
		return
	}
	if places[0] >= 0 {
		if event, literal := text(leftmost(call.Args[places[0]])); literal {
			events[event] = true
			if !eventName.MatchString(event) {
				t.Errorf("%s logs %q", path, event)
			}
		}
	}
	if method.Sel.Name == "LogAttrs" || call.Ellipsis.IsValid() {
		return // made by slog's functions
	}
	for n := places[1]; n < len(call.Args); n += 2 {
		know(call.Args[n])
	}
}

// isLogger tells a logger by its name: log, Log, r.Log, s.log.
func isLogger(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return strings.EqualFold(e.Name, "log")
	case *ast.SelectorExpr:
		return strings.EqualFold(e.Sel.Name, "log")
	case *ast.CallExpr:
		method, ok := e.Fun.(*ast.SelectorExpr)
		return ok && method.Sel.Name == "With" && isLogger(method.X)
	}
	return false
}

// leftmost is what a sum of texts begins with.
func leftmost(e ast.Expr) ast.Expr {
	for {
		sum, ok := e.(*ast.BinaryExpr)
		if !ok {
			return e
		}
		e = sum.X
	}
}

func text(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(literal.Value)
	return value, err == nil
}
