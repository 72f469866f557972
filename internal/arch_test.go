package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/switchbackhq/switchback"

// allowed says which of our packages a package may import. What is not listed
// is forbidden; a package that is missing here fails the test, so a new one
// gets its place before it gets its second file.
var allowed = map[string][]string{
	// What the product is about.
	"internal/money":      {},
	"internal/shops":      {"internal/secret", "internal/shopify", "internal/tiktok"},
	"internal/links":      {"internal/shopify", "internal/tiktok"},
	"internal/leases":     {"internal/fault", "internal/links", "internal/shopify", "internal/tiktok", "internal/timeline"},
	"internal/mappings":   {"internal/shopify", "internal/tiktok"},
	"internal/exceptions": {"internal/shopify", "internal/tiktok"},
	"internal/timeline":   {"internal/shopify", "internal/tiktok"},
	"internal/reconcile":  {"internal/links", "internal/money", "internal/tiktok"},
	"internal/orders": {
		"graphql/admin", "internal/exceptions", "internal/fault", "internal/leases", "internal/links", "internal/mappings", "internal/money",
		"internal/shopify", "internal/shops", "internal/tiktok", "internal/timeline",
	},
	"internal/fulfillments": {
		"graphql/admin", "internal/exceptions", "internal/fault", "internal/leases", "internal/links", "internal/mappings",
		"internal/shopify", "internal/shops", "internal/tiktok", "internal/timeline",
	},
	"internal/refunds": {
		"graphql/admin", "internal/exceptions", "internal/fault", "internal/leases", "internal/links", "internal/mappings", "internal/money", "internal/reconcile",
		"internal/shopify", "internal/shops", "internal/tiktok", "internal/timeline",
	},
	"internal/installs":    {"internal/shopify", "internal/shops", "internal/tokens"},
	"internal/connections": {"internal/exceptions", "internal/fault", "internal/secret", "internal/shopify", "internal/shops", "internal/tiktok", "internal/tokens"},
	"internal/backfills":   {"internal/exceptions", "internal/fault", "internal/links", "internal/orders", "internal/shopify", "internal/shops", "internal/tiktok"},
	// Whether a post code is hidden is a rule of orders.
	"internal/loopcheck": {
		"internal/exceptions", "internal/fault", "internal/links", "internal/loop", "internal/orders", "internal/secret",
		"internal/shopify", "internal/shops", "internal/tiktok", "internal/timeline",
	},
	"internal/testorders": {
		"graphql/admin", "internal/exceptions", "internal/fault", "internal/loopcheck", "internal/money", "internal/orders",
		"internal/shopify", "internal/shops", "internal/tiktok", "internal/timeline",
	},
	"internal/guide":    {"internal/exceptions", "internal/shopify", "internal/shops", "internal/testorders"},
	"internal/privacy":  {"internal/exceptions", "internal/links", "internal/shopify", "internal/shops", "internal/tiktok", "internal/timeline"},
	"internal/returns":  {"internal/links", "internal/shopify", "internal/shops", "internal/tiktok"},
	"internal/sweep":    {"internal/fault", "internal/links", "internal/shopify", "internal/shops", "internal/tiktok"},
	"internal/switches": {"internal/fulfillments", "internal/links", "internal/orders", "internal/refunds", "internal/shopify", "internal/shops"},

	// The platforms.
	"graphql/schema":   {},
	"graphql/admin":    {},
	"internal/tiktok":  {"internal/fault", "internal/money", "internal/secret"},
	"internal/loop":    {"internal/fault", "internal/secret"},
	"internal/shopify": {"graphql/admin", "graphql/schema", "internal/fault", "internal/secret"},

	// The machinery.
	"internal/fault": {},
	// What a scrape asks, and whose codes it counts.
	"internal/metrics":   {"internal/exceptions", "internal/loop", "internal/queue", "internal/shopify", "internal/tiktok", "internal/tokens"},
	"internal/secret":    {},
	"internal/telemetry": {},
	"internal/config":    {"internal/secret"},
	// Scopes and topics as shopify.app.toml declares them.
	"internal/appconfig": {},
	"internal/tokens":    {"internal/fault", "internal/secret"},
	"internal/inbox":     {"internal/connections", "internal/fulfillments", "internal/installs", "internal/orders", "internal/privacy", "internal/refunds", "internal/shopify", "internal/shops", "internal/tiktok"},
	"internal/queue":     {"internal/fault", "internal/store"},
	"internal/store": {
		"internal/backfills", "internal/exceptions", "internal/guide", "internal/inbox", "internal/links", "internal/mappings", "internal/money", "internal/privacy", "internal/secret", "internal/shopify",
		"internal/shops", "internal/store/db", "internal/testorders", "internal/tiktok", "internal/timeline", "internal/tokens",
	},
	// sqlc scans straight into the typed ids.
	"internal/store/db":           {"internal/backfills", "internal/exceptions", "internal/inbox", "internal/links", "internal/privacy", "internal/shopify", "internal/shops", "internal/testorders", "internal/tiktok", "internal/timeline"},
	"internal/store/postgrestest": {},
	"internal/store/storetest": {
		"internal/backfills", "internal/exceptions", "internal/guide", "internal/inbox", "internal/links", "internal/mappings", "internal/privacy", "internal/secret", "internal/shopify", "internal/shops",
		"internal/store", "internal/testorders", "internal/tiktok", "internal/timeline", "internal/tokens",
	},

	// What tests stand on.
	"internal/browsertest": {},
	"internal/stagetest": {
		"internal/exceptions", "internal/fault", "internal/links", "internal/orders", "internal/sandbox/chaos", "internal/sandbox/shopifysim",
		"internal/sandbox/tiktoksim", "internal/secret", "internal/shopify", "internal/shops", "internal/store", "internal/tiktok",
		"internal/timeline", "internal/tokens",
	},

	// The simulated world.
	"internal/sandbox": {
		"internal/sandbox/admin", "internal/sandbox/chaos", "internal/sandbox/frame", "internal/sandbox/loopsim", "internal/sandbox/shopifysim", "internal/sandbox/tiktoksim",
	},
	"internal/sandbox/admin":      {"internal/sandbox/frame", "internal/sandbox/shopifysim"},
	"internal/sandbox/audit":      {"internal/sandbox/shopifysim", "internal/sandbox/tiktoksim"},
	"internal/sandbox/chaos":      {},
	"internal/sandbox/frame":      {},
	"internal/sandbox/tiktoksim":  {"internal/sandbox/chaos", "internal/sandbox/frame"},
	"internal/sandbox/shopifysim": {"graphql/schema", "internal/sandbox/chaos", "internal/sandbox/frame"},
	"internal/sandbox/loopsim":    {"internal/sandbox/chaos", "internal/sandbox/frame"},

	// The app as the world meets it.
	"app/pages": {"internal/backfills", "internal/exceptions", "internal/guide", "internal/links", "internal/money", "internal/privacy", "internal/reconcile", "internal/shopify", "internal/shops", "internal/testorders", "internal/tiktok", "internal/timeline"},
	"app/routes": {
		"app/pages", "internal/backfills", "internal/connections", "internal/exceptions", "internal/fault", "internal/fulfillments", "internal/guide", "internal/inbox", "internal/links", "internal/loopcheck", "internal/mappings", "internal/money", "internal/privacy", "internal/reconcile", "internal/refunds", "internal/returns", "internal/secret", "internal/shopify",
		"internal/shops", "internal/testorders", "internal/tiktok", "internal/timeline", "internal/tokens",
	},
	"app": nil, // the wiring may import everything of ours
	".":   {},
}

// reasons are told when a rule is broken that somebody may be tempted to bend.
var reasons = map[string]string{
	"internal/orders":             "features know neither store nor queue nor each other: they declare what they need and the wiring hands it over",
	"internal/fulfillments":       "features know neither store nor queue nor each other: they declare what they need and the wiring hands it over",
	"internal/refunds":            "features know neither store nor queue nor each other: they declare what they need and the wiring hands it over",
	"internal/sweep":              "it asks features through what it declares itself, so that each may be added in the wiring",
	"internal/tiktok":             "a platform client must be usable, and testable, without a shop row or the other platform",
	"internal/shopify":            "a platform client must be usable, and testable, without a shop row or the other platform",
	"internal/loop":               "a platform client must be usable, and testable, without a shop row or another platform",
	"internal/sandbox/tiktoksim":  "a simulator that shares code with the client it tests shares its mistakes",
	"internal/sandbox/shopifysim": "a simulator that shares code with the client it tests shares its mistakes",
	"internal/sandbox/loopsim":    "a simulator that shares code with what it tests shares its mistakes",
	"internal/sandbox/audit":      "an auditor that shares code with the program shares its mistakes",
	"internal/sandbox":            "the story is told from outside, over HTTP, as a merchant and the platforms would",
	"internal/queue":              "the queue runs jobs; what they do is not its business",
	"app/routes":                  "a handler parses, calls, renders; it reaches the store through the small interfaces above it",
}

// forTests lists the packages that nothing but tests imports.
var forTests = []string{"internal/sandbox/audit", "internal/stagetest", "internal/store/postgrestest", "internal/store/storetest"}

// only says which outside packages belong to one of ours alone.
var only = map[string][]string{
	"github.com/riverqueue/river":         {"internal/queue", "internal/store"},
	"riverqueue.com/riverui":              {"internal/queue"},
	"github.com/gin-gonic/gin":            {"app/routes"},
	"modernc.org/sqlite":                  {"internal/store", "internal/queue"},
	"github.com/jackc/pgx":                {"internal/store", "internal/queue", "internal/store/postgrestest"},
	"github.com/vektah/gqlparser":         {"internal/sandbox/shopifysim"},
	"github.com/getkin/kin-openapi":       {"internal/sandbox/tiktoksim"},
	"github.com/golang-jwt/jwt":           {"internal/shopify", "internal/sandbox/shopifysim"},
	"github.com/Khan/genqlient":           {"graphql/admin", "internal/shopify"},
	"github.com/govalues/decimal":         {"internal/money"},
	"github.com/caarlos0/env":             {"internal/config"},
	"github.com/alecthomas/kong":          {"app"},
	"github.com/pressly/goose":            {"internal/store"},
	"github.com/prometheus/client_golang": {"internal/metrics"},
	"go.opentelemetry.io":                 {"internal/telemetry"},
}

// pure lists the files that hold a rule and nothing else.
var pure = map[string][]string{
	"internal/orders":       {"convert.go", "decide.go", "lines.go", "totals.go", "address.go", "identity.go", "zip.go", "match.go", "changes.go", "place.go", "shipby.go"},
	"internal/fulfillments": {"carriers.go", "deadline.go", "truth.go", "step.go", "board.go", "outcomes.go", "incoming.go", "mirror.go"},
	"internal/refunds":      {"claim.go", "units.go", "cases.go", "draft.go", "given.go", "settle.go", "reasons.go"},
	"internal/money":        {"*"},
	"internal/reconcile":    {"*"},
}

var impure = []string{"context", "net/http", "database/sql", "os", "log/slog"}

func TestWhoMayImportWhom(t *testing.T) {
	t.Parallel()
	eachGoFile(t, func(dir, file string, imports []string, source string) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		rule, known := allowed[dir]
		if !known {
			t.Errorf("%s has no line in internal/arch_test.go: say what it may import", dir)
			return
		}
		for _, path := range imports {
			if path == module && dir == "app" {
				continue
			}
			if slices.Contains(forTests, strings.TrimPrefix(path, module+"/")) {
				t.Errorf("%s/%s imports %s, which is for tests alone", dir, file, path)
			}
			if ours, ok := strings.CutPrefix(path, module+"/"); ok && rule != nil && !slices.Contains(rule, ours) {
				t.Errorf("%s/%s imports %s, which it must not: %s", dir, file, ours, reasons[dir])
			}
			for outside, homes := range only {
				if (path == outside || strings.HasPrefix(path, outside+"/")) && !slices.Contains(homes, dir) {
					t.Errorf("%s/%s imports %s, which belongs to %v alone", dir, file, path, homes)
				}
			}
		}
		checkPure(t, dir, file, imports, source)
	})
}

func checkPure(t *testing.T, dir, file string, imports []string, source string) {
	t.Helper()
	files := pure[dir]
	if !slices.Contains(files, file) && !slices.Contains(files, "*") {
		return
	}
	for _, path := range imports {
		if slices.Contains(impure, path) {
			t.Errorf("%s/%s is a pure rule and imports %s", dir, file, path)
		}
	}
	if strings.Contains(source, "time.Now(") {
		t.Errorf("%s/%s is a pure rule and reads the clock", dir, file)
	}
}

// eachGoFile visits the files of the module, generated ones too, with paths relative to its root.
func eachGoFile(t *testing.T, visit func(dir, file string, imports []string, source string)) {
	t.Helper()
	root, visited := "..", 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, name)
		}
		relative, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		visited++
		visit(filepath.ToSlash(relative), entry.Name(), imports, string(source))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if visited < 50 {
		t.Fatalf("visited only %d files: is the test where it should be?", visited)
	}
}
