package config_test

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/config"
)

const (
	goodKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	oldKey  = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA="
)

func complete() map[string]string {
	return map[string]string{
		"ENCRYPTION_KEY":  goodKey,
		"SHOPIFY_API_KEY": "client-id", "SHOPIFY_API_SECRET": "hush-shopify",
		"TIKTOK_APP_KEY": "app-key", "TIKTOK_APP_SECRET": "hush-tiktok", "TIKTOK_SERVICE_ID": "7",
	}
}

func environ(sets ...map[string]string) []string {
	var list []string
	for _, set := range sets {
		for name, value := range set {
			list = append(list, name+"="+value)
		}
	}
	return list
}

func load(t *testing.T, extra map[string]string) (config.Config, error) {
	t.Helper()
	return config.Load(environ(complete(), extra), config.Encryption, config.ShopifyApp, config.TikTokApp)
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%d %s %s %s %s %s %s %s %s %s %v %v %s %v %s", cfg.Port, cfg.AppURL, cfg.DatabaseURL.Reveal(),
		cfg.ShopifyShopURL, cfg.ShopifyAdminURL, cfg.ShopifyCDNURL, cfg.TikTokAPIURL, cfg.TikTokAuthURL, cfg.TikTokAuthorizeURL,
		cfg.LoopAPIURL, cfg.PollInterval, cfg.RetryBase, cfg.MetricsAddr, cfg.LogLevel, cfg.LogFormat)
	want := "8080 http://localhost:8080 sqlite:data/switchback.db https://{shop} https://admin.shopify.com " +
		"https://cdn.shopify.com https://open-api.tiktokglobalshop.com https://auth.tiktok-shops.com " +
		"https://services.tiktokshop.com/open/authorize https://api.loopreturns.com/api/v1 5m0s 1s 127.0.0.1:9090 INFO json"
	if got != want {
		t.Errorf("defaults\n got %s\nwant %s", got, want)
	}
	if len(cfg.TrustedProxies) != 0 {
		t.Errorf("trusted proxies by default: %v", cfg.TrustedProxies)
	}
}

func TestAppURL(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		env  map[string]string
		want string
	}{
		"port":             {map[string]string{"PORT": "3001"}, "http://localhost:3001"},
		"APP_URL first":    {map[string]string{"APP_URL": "https://a.example/", "SHOPIFY_APP_URL": "https://b.example", "HOST": "https://c.example"}, "https://a.example"},
		"then SHOPIFY_...": {map[string]string{"SHOPIFY_APP_URL": "https://b.example", "HOST": "https://c.example"}, "https://b.example"},
		"then HOST":        {map[string]string{"HOST": "https://c.example"}, "https://c.example"},
		"machine's name":   {map[string]string{"HOST": "buildbox"}, "http://localhost:8080"},
		"plain http, IP":   {map[string]string{"APP_URL": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"},
		"empty is unset":   {map[string]string{"APP_URL": "", "SHOPIFY_APP_URL": " https://b.example "}, "https://b.example"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, err := load(t, c.env)
			if err != nil || cfg.AppURL != c.want {
				t.Errorf("app url %q, %v; want %q", cfg.AppURL, err, c.want)
			}
		})
	}
}

func TestValuesAreTaken(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, map[string]string{
		"TRUSTED_PROXIES": "10.1.2.3/8, 2001:db8::/32", "ENCRYPTION_KEY": goodKey + "," + oldKey,
		"SHOPIFY_SHOP_URL": "http://127.0.0.1:4000/{shop}/", "METRICS_ADDR": "", "RETRY_BASE": "20ms",
		"DATABASE_URL": "postgres://me:hush@db.example/switchback", "LOG_LEVEL": "DEBUG", "LOG_FORMAT": "text",
		"TIKTOK_AUTHORIZE_URL": "https://services.us.tiktokshop.com/open/authorize?service_id=7",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(cfg.TrustedProxies); got != "[10.0.0.0/8 2001:db8::/32]" {
		t.Errorf("proxies %s", got)
	}
	if cfg.ShopifyShopURL != "http://127.0.0.1:4000/{shop}" || cfg.MetricsAddr != "" || cfg.RetryBase != 20*time.Millisecond {
		t.Errorf("config %+v", cfg)
	}
	if !strings.HasSuffix(cfg.TikTokAuthorizeURL, "?service_id=7") {
		t.Errorf("authorize url %s lost its query", cfg.TikTokAuthorizeURL)
	}
}

// Everything that can be wrong at once: each fault names its variable and how to mend it, and no secret is shown.
func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	wrong := map[string]string{
		"PORT": "eighty", "APP_URL": "switchback.example.com", "TRUSTED_PROXIES": "10.0.0.0/8,everyone",
		"DATABASE_URL": "mysql://me:hush-db@db.example/x", "ENCRYPTION_KEY": "hush-short," + goodKey,
		"SHOPIFY_SHOP_URL": "{shop}", "SHOPIFY_ADMIN_URL": "ftp://admin", "SHOPIFY_CDN_URL": "https://cdn.shopify.com/path",
		"TIKTOK_API_URL": "https://me:hush-url@api.example", "TIKTOK_AUTH_URL": "https://auth.example?x=1",
		"TIKTOK_AUTHORIZE_URL": "authorize", "LOOP_API_URL": "api",
		"POLL_INTERVAL": "5", "RETRY_BASE": "-1s", "METRICS_ADDR": "9090", "RIVER_UI": "on", "OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml",
	}
	_, err := config.Load(environ(wrong), config.Encryption, config.ShopifyApp, config.TikTokApp)
	faulty := map[string]bool{}
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		t.Fatalf("not joined: %v", err)
	}
	for _, e := range joined.Unwrap() {
		var fault *config.VariableError
		if !errors.As(e, &fault) {
			t.Errorf("%v is no VariableError", e)
			continue
		}
		if fault.Problem == "" || fault.Fix == "" {
			t.Errorf("%s lacks a problem or a fix", e)
		}
		faulty[fault.Variable] = true
	}
	want := slices.Sorted(maps.Keys(wrong))
	want = append(want, "SHOPIFY_API_KEY", "SHOPIFY_API_SECRET", "TIKTOK_APP_KEY", "TIKTOK_APP_SECRET", "TIKTOK_SERVICE_ID")
	for _, variable := range want {
		if !faulty[variable] {
			t.Errorf("%s is wrong and not reported", variable)
		}
		delete(faulty, variable)
	}
	if len(faulty) > 0 {
		t.Errorf("reported without need: %v", faulty)
	}
	if strings.Contains(err.Error(), "hush") {
		t.Errorf("the report shows a secret:\n%v", err)
	}
	if !strings.Contains(err.Error(), "PORT=eighty: is no port; set it to a number") {
		t.Errorf("the report reads differently:\n%v", err)
	}
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	if _, err := config.Load(nil); err != nil {
		t.Errorf("without needs an empty environment is good: %v", err)
	}
	_, err := config.Load([]string{"ENCRYPTION_KEY=  "}, config.Encryption)
	var fault *config.VariableError
	if !errors.As(err, &fault) || fault.Variable != "ENCRYPTION_KEY" || !strings.Contains(fault.Fix, "openssl rand") {
		t.Errorf("missing key: %v", err)
	}
}

func TestErrorsAreBounded(t *testing.T) {
	t.Parallel()
	_, err := config.Load([]string{"PORT=" + strings.Repeat("x\n", 5000)})
	if err == nil || len(err.Error()) > 300 || strings.Contains(err.Error(), "\n") {
		t.Errorf("error of %d bytes", len(fmt.Sprint(err)))
	}
}

func TestSummaryShowsNoSecret(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, map[string]string{
		"DATABASE_URL": "postgres://me:hush-db@db.example:5432/switchback?password=hush-param", "SHOPIFY_API_SECRET_OLD": "hush-old",
	})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	slog.New(slog.NewJSONHandler(&out, nil)).Info("start", "config", cfg)
	fmt.Fprintf(&out, "%v %+v %#v", cfg, cfg, cfg)
	if strings.Contains(out.String(), "hush") || strings.Contains(out.String(), goodKey) {
		t.Errorf("a secret is shown: %s", out.String())
	}
	for _, want := range []string{`"database":"postgres://db.example:5432/switchback"`, `"shopify_api_secret_old":"set"`, `"shopify_api_key":"client-id"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("summary lacks %s", want)
		}
	}
}
