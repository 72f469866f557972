package main

import (
	"strings"
	"testing"
)

// wrong is an environment with something wrong in every variable it names, and
// without the credentials.
func wrong() (environ, names []string) {
	for name, value := range map[string]string{
		"PORT": "eighty", "APP_URL": "switchback.example.com", "TRUSTED_PROXIES": "everyone", "DATABASE_URL": "mysql://me:hush-database@db/x",
		"ENCRYPTION_KEY": "hush-short", "SHOPIFY_SHOP_URL": "shop", "SHOPIFY_ADMIN_URL": "ftp://admin", "SHOPIFY_CDN_URL": "cdn",
		"TIKTOK_API_URL": "https://me:hush-url@api.example", "TIKTOK_AUTH_URL": "auth", "TIKTOK_AUTHORIZE_URL": "authorize", "LOOP_API_URL": "loop",
		"POLL_INTERVAL": "5", "RETRY_BASE": "-1s", "METRICS_ADDR": "9090", "RIVER_UI": "on", "OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml",
	} {
		environ, names = append(environ, name+"="+value), append(names, name)
	}
	return environ, append(names, "SHOPIFY_API_KEY", "SHOPIFY_API_SECRET", "TIKTOK_APP_KEY", "TIKTOK_APP_SECRET", "TIKTOK_SERVICE_ID")
}

// TestWrongConfiguration names every fault at once, each with its fix, and shows no secret.
func TestWrongConfiguration(t *testing.T) {
	t.Parallel()
	environ, names := wrong()
	for _, name := range []string{"serve", "check"} {
		code, out, errs := command(t, environ, name)
		text := out + errs
		has(t, name, code, 1, text, names...)
		has(t, name, code, 1, text, "set it to", "openssl rand -base64 32", "Dev Dashboard", "Partner Center")
		if strings.Contains(text, "hush") {
			t.Errorf("%s shows a secret:\n%s", name, text)
		}
		for _, variable := range names {
			if n := faults(text, variable); n != 1 {
				t.Errorf("%s names %s %d times:\n%s", name, variable, n, text)
			}
		}
	}
}

// faults counts the lines that are about a variable.
func faults(text, variable string) (n int) {
	for line := range strings.Lines(text) {
		for word := range strings.FieldsSeq(line) {
			if word, _, _ = strings.Cut(word, "="); strings.TrimSuffix(word, ":") == variable {
				n++
				break
			}
		}
	}
	return n
}

// A taken port for metrics is a warning; a taken port for the program ends it with a reason.
func TestTakenPorts(t *testing.T) {
	t.Parallel()
	busy := play(t, scenery{})
	address := strings.TrimPrefix(busy.app, "http://")
	s := play(t, scenery{environ: []string{"METRICS_ADDR=" + address}})
	s.until(t, s.ready)
	code, _, errs := command(t, append(s.environ, "PORT="+address[strings.LastIndex(address, ":")+1:]), "serve")
	has(t, "serve on a taken port", code, 1, errs, "listen on port")
}
