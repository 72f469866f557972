package appconfig_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"github.com/switchbackhq/switchback"
	"github.com/switchbackhq/switchback/graphql/schema"
	"github.com/switchbackhq/switchback/internal/appconfig"
)

const root = "../../"

func declared(t *testing.T) appconfig.App {
	t.Helper()
	app, err := appconfig.Parse(switchback.AppTOML)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

func TestParse(t *testing.T) {
	t.Parallel()
	app := declared(t)
	if app.Name == "" || len(app.Name) > 30 || !app.Embedded {
		t.Errorf("name %q (at most 30 characters), embedded %t", app.Name, app.Embedded)
	}
	if want := []string{app.ApplicationURL + "/auth/callback"}; !cmp.Equal(app.RedirectURLs, want) {
		t.Errorf("redirect addresses %v, want %v", app.RedirectURLs, want)
	}
	if app.OrderMetafields["tiktok_order_id"].Type != "id" {
		t.Errorf("tiktok_order_id is of type %q: only type id is unique", app.OrderMetafields["tiktok_order_id"].Type)
	}
	want := []string{"customers/data_request", "customers/redact", "shop/redact"}
	if got := slices.Sorted(slices.Values(app.ComplianceTopics())); !cmp.Equal(got, want) {
		t.Errorf("compliance topics %v, want %v", got, want)
	}
	if _, err := appconfig.Parse("scopes = [not toml"); err == nil {
		t.Error("a broken file is taken")
	}
}

func TestVersionAndTopicsAreShopifys(t *testing.T) {
	t.Parallel()
	app := declared(t)
	if app.APIVersion != schema.APIVersion {
		t.Errorf("webhooks are written in %s, the program speaks %s", app.APIVersion, schema.APIVersion)
	}
	known := topicEnum(t)
	for _, topic := range app.Topics() {
		if !slices.Contains(known, strings.ToUpper(strings.ReplaceAll(topic, "/", "_"))) {
			t.Errorf("topic %s is not in the Admin API's WebhookSubscriptionTopic", topic)
		}
	}
	for _, s := range app.Subscriptions {
		if s.URI != "/webhooks/shopify" {
			t.Errorf("topics %v %v go to %q", s.Topics, s.ComplianceTopics, s.URI)
		}
	}
}

// The form is relied on by tools that read the file without a TOML parser.
func TestForm(t *testing.T) {
	t.Parallel()
	if n := len(regexp.MustCompile(`(?m)^scopes = "[a-z_,]+"$`).FindAllString(switchback.AppTOML, -1)); n != 1 {
		t.Errorf("%d lines scopes = \"…\", want one", n)
	}
	literal := regexp.MustCompile(`^(topics|compliance_topics) = \[("[a-z_/]+"(, )?)+\]$`)
	handled := regexp.MustCompile(`^# Handled by: (app/routes/[a-z_]+\.go)$`)
	lines := strings.Split(switchback.AppTOML, "\n")
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "topics") || strings.HasPrefix(line, "compliance_topics"):
			if !literal.MatchString(line) {
				t.Errorf("line %d: topics are not written as a literal list: %s", i+1, line)
			}
		case line == "[[webhooks.subscriptions]]":
			m := handled.FindStringSubmatch(lines[i-1])
			if m == nil {
				t.Errorf("line %d: no handler is named above the subscription", i+1)
				continue
			}
			if _, err := os.Stat(root + m[1]); err != nil {
				t.Errorf("line %d: the handler named above the subscription is not there: %v", i, err)
			}
		}
	}
}

// An app that Shopify has not approved for protected customer data cannot deploy
// a file that subscribes to such a topic: it needs a second file without them.
func TestUnapprovedAppHasAFile(t *testing.T) {
	t.Parallel()
	protected := regexp.MustCompile(`^(orders|order_[a-z]+|refunds|returns|reverse_[a-z_]+|fulfillments|fulfillment_[a-z]+|customers|checkouts|carts|draft_orders)/`)
	main := declared(t)
	if !slices.ContainsFunc(main.Topics(), protected.MatchString) {
		return // the file can be deployed as it is
	}
	text, err := os.ReadFile(root + "shopify.app.unapproved.toml")
	if err != nil {
		t.Fatalf("a topic with protected customer data needs a file without it: %v", err)
	}
	reduced, err := appconfig.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for i := range main.Subscriptions {
		main.Subscriptions[i].Topics = slices.DeleteFunc(main.Subscriptions[i].Topics, protected.MatchString)
	}
	main.Subscriptions = slices.DeleteFunc(main.Subscriptions, func(s appconfig.Subscription) bool {
		return len(s.Topics)+len(s.ComplianceTopics) == 0
	})
	if diff := cmp.Diff(main, reduced); diff != "" {
		t.Errorf("shopify.app.unapproved.toml differs in more than these topics (-want +got):\n%s", diff)
	}
}

func TestMissingScopes(t *testing.T) {
	t.Parallel()
	app := appconfig.App{Scopes: []string{"read_orders", "write_orders", "read_products"}}
	cases := map[string]struct{ granted, want []string }{
		"all":                {[]string{"read_products", "write_orders"}, nil},
		"reading writes not": {[]string{"read_products", "read_orders"}, []string{"write_orders"}},
		"none":               {nil, app.Scopes},
	}
	for name, c := range cases {
		if got := app.MissingScopes(c.granted); !cmp.Equal(got, c.want) {
			t.Errorf("%s: missing %v, want %v", name, got, c.want)
		}
	}
}

// `shopify app dev` starts commands without a shell and in the folder of the file.
func TestWebFileNeedsNoShell(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(root + "app/shopify.web.toml")
	if err != nil {
		t.Fatal(err)
	}
	var web struct {
		Commands map[string]string `toml:"commands"`
	}
	if err := toml.Unmarshal(text, &web); err != nil {
		t.Fatal(err)
	}
	if got := web.Commands["dev"]; got != "go -C .. run ./app serve" {
		t.Errorf("dev = %q", got)
	}
	for name, command := range web.Commands {
		if strings.ContainsAny(command, "&|;<>$") {
			t.Errorf("%s = %q needs a shell", name, command)
		}
	}
}
