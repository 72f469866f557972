package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/switchbackhq/switchback/internal/secret"
)

// Config is the whole configuration, checked. Addresses carry no trailing slash.
type Config struct {
	// Port is the port to listen on; 0 takes any free one.
	Port int
	// AppURL is the app's public address.
	AppURL string
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix

	// DatabaseURL is `sqlite:PATH` or `postgres://…`; secret because it may hold a password.
	DatabaseURL secret.String
	// EncryptionKey is the list that secret.ParseKeyring takes.
	EncryptionKey secret.String

	ShopifyAPIKey       string
	ShopifyAPISecret    secret.String
	ShopifyAPISecretOld secret.String
	TikTokAppKey        string
	TikTokAppSecret     secret.String
	TikTokServiceID     string

	// ShopifyShopURL is where a shop's API lives; `{shop}` stands for its domain.
	ShopifyShopURL string
	// ShopifyAdminURL is who may frame the pages, ShopifyCDNURL where App Bridge and Polaris come from.
	ShopifyAdminURL, ShopifyCDNURL string
	// TikTokAPIURL and TikTokAuthURL are origins, TikTokAuthorizeURL is a whole address.
	TikTokAPIURL, TikTokAuthURL, TikTokAuthorizeURL string
	LoopAPIURL                                      string

	// PollInterval is how often the platforms are polled, RetryBase the first wait of a retried job.
	PollInterval, RetryBase time.Duration

	// MetricsAddr is where metrics are served; empty means nowhere.
	MetricsAddr string
	// RiverUI is `off`, or where the queue's own pages may be shown beside the
	// metrics: `loopback`, if that is where metrics are served, or `anywhere`.
	RiverUI string
	// OTLPEndpoint is the receiver of traces, without the path /v1/traces; empty means none are made.
	OTLPEndpoint string
	LogLevel     slog.Level
	// LogFormat is `json` or `text`.
	LogFormat string
}

// variables is the environment as it is written, before anything is checked.
type variables struct {
	Port           string `env:"PORT" envDefault:"8080"`
	AppURL         string `env:"APP_URL"`
	ShopifyAppURL  string `env:"SHOPIFY_APP_URL"`
	Host           string `env:"HOST"`
	TrustedProxies string `env:"TRUSTED_PROXIES"`

	DatabaseURL   string `env:"DATABASE_URL" envDefault:"sqlite:data/switchback.db"`
	EncryptionKey string `env:"ENCRYPTION_KEY"`

	ShopifyAPIKey       string `env:"SHOPIFY_API_KEY"`
	ShopifyAPISecret    string `env:"SHOPIFY_API_SECRET"`
	ShopifyAPISecretOld string `env:"SHOPIFY_API_SECRET_OLD"`
	TikTokAppKey        string `env:"TIKTOK_APP_KEY"`
	TikTokAppSecret     string `env:"TIKTOK_APP_SECRET"`
	TikTokServiceID     string `env:"TIKTOK_SERVICE_ID"`

	ShopifyShopURL  string `env:"SHOPIFY_SHOP_URL" envDefault:"https://{shop}"`
	ShopifyAdminURL string `env:"SHOPIFY_ADMIN_URL" envDefault:"https://admin.shopify.com"`
	ShopifyCDNURL   string `env:"SHOPIFY_CDN_URL" envDefault:"https://cdn.shopify.com"`

	TikTokAPIURL  string `env:"TIKTOK_API_URL" envDefault:"https://open-api.tiktokglobalshop.com"`
	TikTokAuthURL string `env:"TIKTOK_AUTH_URL" envDefault:"https://auth.tiktok-shops.com"`
	// TikTok's documents name several hosts for sellers in the US; the app's page in
	// Partner Center shows the one that holds for the app. This is everybody else's.
	TikTokAuthorizeURL string `env:"TIKTOK_AUTHORIZE_URL" envDefault:"https://services.tiktokshop.com/open/authorize"`
	LoopAPIURL         string `env:"LOOP_API_URL" envDefault:"https://api.loopreturns.com/api/v1"`

	PollInterval string `env:"POLL_INTERVAL" envDefault:"5m"`
	RetryBase    string `env:"RETRY_BASE" envDefault:"1s"`

	RiverUI      string `env:"RIVER_UI" envDefault:"off"`
	OTLPEndpoint string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`

	LogLevel  string `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat string `env:"LOG_FORMAT" envDefault:"json"`
}

// defaultMetricsAddr stands beside the table: here empty is a choice ("no
// metrics") and not the same as unset, which the tags cannot tell apart.
const (
	metricsVariable    = "METRICS_ADDR"
	defaultMetricsAddr = "127.0.0.1:9090"
)

// Need is a group of variables that have no default and that a command cannot do without.
type Need int

// The needs.
const (
	// Encryption is what sealing and opening data takes.
	Encryption Need = iota
	// ShopifyApp is the app's credentials at Shopify.
	ShopifyApp
	// TikTokApp is the app's credentials at TikTok Shop.
	TikTokApp
)

// Load reads and checks the environment, given as os.Environ gives it. The error
// joins one *VariableError for every fault; with an error the Config is not to be used.
func Load(environ []string, needs ...Need) (Config, error) {
	values := env.ToMap(environ)
	for name, value := range values {
		values[name] = strings.TrimSpace(value)
	}
	var vars variables
	if err := env.ParseWithOptions(&vars, env.Options{Environment: values}); err != nil {
		return Config{}, fmt.Errorf("read environment: %w", err)
	}
	c := checker{}
	cfg := Config{
		Port:           c.port(vars.Port),
		TrustedProxies: c.prefixes("TRUSTED_PROXIES", vars.TrustedProxies),
		DatabaseURL:    c.database(vars.DatabaseURL),
		EncryptionKey:  c.keyring(vars.EncryptionKey),

		ShopifyAPIKey: vars.ShopifyAPIKey, ShopifyAPISecret: secret.New(vars.ShopifyAPISecret),
		ShopifyAPISecretOld: secret.New(vars.ShopifyAPISecretOld),
		TikTokAppKey:        vars.TikTokAppKey, TikTokAppSecret: secret.New(vars.TikTokAppSecret),
		TikTokServiceID: vars.TikTokServiceID,

		ShopifyShopURL:     c.shopTemplate("SHOPIFY_SHOP_URL", vars.ShopifyShopURL),
		ShopifyAdminURL:    c.origin("SHOPIFY_ADMIN_URL", vars.ShopifyAdminURL),
		ShopifyCDNURL:      c.origin("SHOPIFY_CDN_URL", vars.ShopifyCDNURL),
		TikTokAPIURL:       c.origin("TIKTOK_API_URL", vars.TikTokAPIURL),
		TikTokAuthURL:      c.origin("TIKTOK_AUTH_URL", vars.TikTokAuthURL),
		TikTokAuthorizeURL: c.authorizeURL("TIKTOK_AUTHORIZE_URL", vars.TikTokAuthorizeURL),
		LoopAPIURL:         c.address("LOOP_API_URL", vars.LoopAPIURL),

		PollInterval: c.duration("POLL_INTERVAL", vars.PollInterval),
		RetryBase:    c.duration("RETRY_BASE", vars.RetryBase),
		LogLevel:     c.level(vars.LogLevel),
		LogFormat:    c.choice("LOG_FORMAT", vars.LogFormat, "json", "text"),
	}
	cfg.AppURL = c.appURL(vars, cfg.Port)
	cfg.MetricsAddr = c.metricsAddr(values)
	cfg.RiverUI = c.riverUI(vars.RiverUI, cfg.MetricsAddr)
	if vars.OTLPEndpoint != "" {
		cfg.OTLPEndpoint = c.address("OTEL_EXPORTER_OTLP_ENDPOINT", vars.OTLPEndpoint)
	}
	c.needs(values, needs)
	return cfg, errors.Join(c.faults...)
}
