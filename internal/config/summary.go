package config

import (
	"log/slog"
	"net/url"
	"strings"

	"github.com/switchbackhq/switchback/internal/secret"
)

// Summary is the configuration for the start-up log: what is set and to what,
// secrets as "set" or "not set".
func (c Config) Summary() []slog.Attr {
	proxies := make([]string, 0, len(c.TrustedProxies))
	for _, prefix := range c.TrustedProxies {
		proxies = append(proxies, prefix.String())
	}
	return []slog.Attr{
		slog.Int("port", c.Port),
		slog.String("app_url", c.AppURL),
		slog.String("trusted_proxies", strings.Join(proxies, ",")),
		slog.String("database", database(c.DatabaseURL)),
		slog.String("encryption_key", presence(c.EncryptionKey)),
		slog.String("shopify_api_key", c.ShopifyAPIKey),
		slog.String("shopify_api_secret", presence(c.ShopifyAPISecret)),
		slog.String("shopify_api_secret_old", presence(c.ShopifyAPISecretOld)),
		slog.String("tiktok_app_key", c.TikTokAppKey),
		slog.String("tiktok_app_secret", presence(c.TikTokAppSecret)),
		slog.String("tiktok_service_id", c.TikTokServiceID),
		slog.String("shopify_shop_url", c.ShopifyShopURL),
		slog.String("shopify_admin_url", c.ShopifyAdminURL),
		slog.String("shopify_cdn_url", c.ShopifyCDNURL),
		slog.String("tiktok_api_url", c.TikTokAPIURL),
		slog.String("tiktok_auth_url", c.TikTokAuthURL),
		slog.String("tiktok_authorize_url", c.TikTokAuthorizeURL),
		slog.String("loop_api_url", c.LoopAPIURL),
		slog.Duration("poll_interval", c.PollInterval),
		slog.Duration("retry_base", c.RetryBase),
		slog.String("metrics_addr", c.MetricsAddr),
		slog.String("river_ui", c.RiverUI),
		slog.String("otlp_endpoint", c.OTLPEndpoint),
		slog.String("log_level", c.LogLevel.String()),
		slog.String("log_format", c.LogFormat),
	}
}

// LogValue makes a logged Config its summary.
func (c Config) LogValue() slog.Value { return slog.GroupValue(c.Summary()...) }

func presence(s secret.String) string {
	if s.Empty() {
		return "not set"
	}
	return "set"
}

// database shows where the data is without the password, which PostgreSQL also
// takes as a parameter.
func database(s secret.String) string {
	value := s.Reveal()
	if strings.HasPrefix(value, "sqlite:") {
		return value
	}
	u, err := url.Parse(value)
	if err != nil {
		return "set"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
