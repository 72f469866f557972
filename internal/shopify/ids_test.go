package shopify

import "testing"

func TestParseDomain(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Domain{"acme.myshopify.com": "acme.myshopify.com", "ACME-2.myshopify.com": "acme-2.myshopify.com"} {
		if got, err := ParseDomain(raw); err != nil || got != want {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
	for _, raw := range []string{
		"", "acme", "myshopify.com", ".myshopify.com", "-a.myshopify.com", "acme.myshopify.com.evil.example", "evil.example/acme.myshopify.com",
		"acme.myshopify.com/", "acme.myshopify.com:443", "u@acme.myshopify.com", "a b.myshopify.com", "acme.myshopify.com\n", "á.myshopify.com",
	} {
		if got, err := ParseDomain(raw); err == nil || got != "" {
			t.Errorf("%q: %q", raw, got)
		}
	}
}

func TestParseGID(t *testing.T) {
	t.Parallel()
	got, err := ParseGID("Order", "gid://shopify/Order/9007199254740993")
	if err != nil || got.LegacyID() != "9007199254740993" {
		t.Errorf("%q, %v", got, err)
	}
	for _, raw := range []string{"", "1", "gid://shopify/LineItem/1", "gid://shopify/Order/", "gid://shopify/Order/1?x=1", "gid://shopify/Order/1\n"} {
		if got, err := ParseGID("Order", raw); err == nil || got.LegacyID() != "" {
			t.Errorf("%q: %q", raw, got)
		}
	}
}
