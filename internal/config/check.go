package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

// checker collects the faults, so that each check reads as a value.
type checker struct{ faults []error }

func (c *checker) fault(variable, value, problem, fix string) {
	c.faults = append(c.faults, &VariableError{Variable: variable, Value: value, Problem: problem, Fix: fix})
}

func (c *checker) port(value string) int {
	port, err := strconv.Atoi(value)
	if err != nil || port < 0 || port > 65535 {
		c.fault("PORT", value, "is no port", "set it to a number from 0 (any free port) to 65535, such as 8080")
	}
	return port
}

// appURL takes the first address that is set. HOST counts only when it is an
// address, as Shopify's command line tool sets it: many shells and platforms
// put the machine's own name there.
func (c *checker) appURL(vars variables, port int) string {
	host := vars.Host
	if !strings.HasPrefix(host, "https://") && !strings.HasPrefix(host, "http://") {
		host = ""
	}
	switch {
	case vars.AppURL != "":
		return c.origin("APP_URL", vars.AppURL)
	case vars.ShopifyAppURL != "":
		return c.origin("SHOPIFY_APP_URL", vars.ShopifyAppURL)
	case host != "":
		return c.origin("HOST", host)
	default:
		return fmt.Sprintf("http://localhost:%d", port)
	}
}

func (c *checker) prefixes(variable, value string) []netip.Prefix {
	var prefixes []netip.Prefix
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			c.fault(variable, part, "is no network", "list the proxies' networks as CIDRs separated by commas, such as 10.0.0.0/8 or 192.0.2.7/32")
			continue
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes
}

func (c *checker) database(value string) secret.String {
	const fix = "set it to sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
	scheme, rest, _ := strings.Cut(value, ":")
	switch scheme {
	case "sqlite":
		if path, _, _ := strings.Cut(rest, "?"); path == "" {
			c.fault("DATABASE_URL", value, "names no file", fix)
		}
	case "postgres", "postgresql":
		// The value is kept out of the report: it may hold a password.
		if u, err := url.Parse(value); err != nil || !strings.HasPrefix(rest, "//") || (u.Host == "" && u.Query().Get("host") == "") {
			c.fault("DATABASE_URL", "", "names no PostgreSQL server", fix)
		}
	default:
		c.fault("DATABASE_URL", "", "is neither SQLite nor PostgreSQL", fix)
	}
	return secret.New(value)
}

// authorizeURL checks TikTok's authorization page: Partner Center shows it with
// a query, which stays.
func (c *checker) authorizeURL(variable, value string) string {
	page, query, _ := strings.Cut(value, "?")
	if page = c.address(variable, page); page != "" && query != "" {
		page += "?" + query
	}
	return page
}

// address checks the address of a service, which may have a path.
func (c *checker) address(variable, value string) string {
	u, err := url.Parse(value)
	var problem string
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		problem = "is no http or https address"
	case u.User != nil:
		problem = "holds a user name"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		problem = "has a query or a fragment"
	default:
		return strings.TrimRight(value, "/")
	}
	if strings.Contains(value, "@") {
		value = "" // what stands before it may be a password
	}
	c.fault(variable, value, problem, "set it to an address such as https://switchback.example.com")
	return ""
}

// origin checks an address that consists of scheme, host and port alone.
func (c *checker) origin(variable, value string) string {
	address := c.address(variable, value)
	if address == "" {
		return ""
	}
	if u, err := url.Parse(address); err != nil || u.Path != "" {
		c.fault(variable, value, "has a path", "leave it out: scheme, host and port are wanted, such as https://switchback.example.com")
		return ""
	}
	return address
}

// shopTemplate checks the address with a shop in the placeholder's place.
func (c *checker) shopTemplate(variable, value string) string {
	const placeholder, sample = "{shop}", "example.myshopify.com"
	filled := strings.ReplaceAll(value, placeholder, sample)
	if u, err := url.Parse(filled); err != nil || strings.ContainsAny(filled, "{}") ||
		(u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		c.fault(variable, value, "is no address of a shop", "set it to an address in which {shop} stands for the shop's domain, such as https://{shop}")
		return ""
	}
	return strings.TrimRight(value, "/")
}

func (c *checker) keyring(value string) secret.String {
	if value != "" {
		if _, err := secret.ParseKeyring(value); err != nil {
			c.fault("ENCRYPTION_KEY", "", err.Error(), keyFix)
		}
	}
	return secret.New(value)
}

const keyFix = "set it to what `openssl rand -base64 32` prints; to rotate, put the new key before the old one, separated by a comma"

func (c *checker) duration(variable, value string) time.Duration {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		c.fault(variable, value, "is no time span above zero", "set it to a number with its unit, such as 500ms, 30s or 5m")
	}
	return d
}

func (c *checker) level(value string) slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(value)); err != nil {
		c.fault("LOG_LEVEL", value, "is no log level", "set it to debug, info, warn or error")
	}
	return level
}

func (c *checker) choice(variable, value string, choices ...string) string {
	if !slices.Contains(choices, value) {
		c.fault(variable, value, "is not known", "set it to "+strings.Join(choices, " or "))
	}
	return value
}

func (c *checker) metricsAddr(values map[string]string) string {
	value, set := values[metricsVariable]
	switch {
	case !set:
		return defaultMetricsAddr
	case value == "":
		return ""
	}
	_, port, err := net.SplitHostPort(value)
	if n, convErr := strconv.Atoi(port); err != nil || convErr != nil || n < 0 || n > 65535 {
		c.fault(metricsVariable, value, "is no address to listen on", "set it to HOST:PORT, such as "+defaultMetricsAddr+", or to nothing for no metrics")
	}
	return value
}

// riverUI lets nobody show pages without a login to others by one word alone.
func (c *checker) riverUI(value, metrics string) string {
	const variable = "RIVER_UI"
	value = c.choice(variable, value, "off", "loopback", "anywhere")
	if value != "loopback" {
		return value
	}
	host, _, err := net.SplitHostPort(metrics)
	address, noIP := netip.ParseAddr(host)
	if err != nil || host != "localhost" && (noIP != nil || !address.IsLoopback()) {
		c.fault(variable, value, "does not go with a "+metricsVariable+" that others can reach: the pages have no login and can cancel and delete jobs",
			"set it to off, or to anywhere if something else keeps others out, or "+metricsVariable+" to "+defaultMetricsAddr)
	}
	return value
}

// needs reports what a command cannot do without and is not set.
func (c *checker) needs(values map[string]string, needs []Need) {
	for _, need := range needs {
		for _, v := range required[need] {
			if values[v.name] == "" {
				c.fault(v.name, "", "is not set", v.fix)
			}
		}
	}
}

type requirement struct{ name, fix string }

var required = map[Need][]requirement{
	Encryption: {{"ENCRYPTION_KEY", keyFix}},
	ShopifyApp: {
		{"SHOPIFY_API_KEY", "copy the client id from the app's settings in the Shopify Dev Dashboard"},
		{"SHOPIFY_API_SECRET", "copy the client secret from the app's settings in the Shopify Dev Dashboard"},
	},
	TikTokApp: {
		{"TIKTOK_APP_KEY", "copy the app key from the app's page in TikTok Shop Partner Center"},
		{"TIKTOK_APP_SECRET", "copy the app secret from the app's page in TikTok Shop Partner Center"},
		{"TIKTOK_SERVICE_ID", "copy the service id from the authorization link on the app's page in TikTok Shop Partner Center"},
	},
}
