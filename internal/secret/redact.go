package secret

import (
	"net/url"
	"strings"
)

// shortest is the least length of what is cut out: a shorter text stands in
// others by chance, and no platform's secret is that short.
const shortest = 8

// Redact cuts secrets out of a text that came from outside: a platform, or a
// proxy before it, may quote what it was sent.
func Redact(text string, secrets ...String) string {
	for _, s := range secrets {
		if len(s.value) < shortest {
			continue
		}
		for _, form := range []string{s.value, url.QueryEscape(s.value)} {
			text = strings.ReplaceAll(text, form, redacted)
		}
	}
	return text
}
