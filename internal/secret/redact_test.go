package secret_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/secret"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"no access with shpat_1/2+3":        "no access with [redacted]",
		"at /x?t=shpat_1%2F2%2B3, shpat_1/": "at /x?t=[redacted], shpat_1/",
		"nothing to see":                    "nothing to see",
	} {
		// Neither an absent secret nor one that is too short for one takes letters out.
		if got := secret.Redact(text, secret.New(""), secret.New("e"), secret.New("shpat_1/2+3")); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
