package tiktok

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/switchbackhq/switchback/internal/secret"
)

// sign computes the `sign` parameter as Partner Center's page "Sign your API
// request" describes: lower-case hex HMAC-SHA256, keyed with the app secret, of
//
//	secret + path + key1 + value1 + key2 + value2 … + body + secret
//
// with the query's keys in byte order and its values as they are before
// percent-encoding. The keys `sign` and `access_token` stay out. Body is the
// very bytes that are sent: other white space gives another signature.
func sign(appSecret secret.String, path string, query map[string]string, body []byte) string {
	key := []byte(appSecret.Reveal())
	mac := hmac.New(sha256.New, key)
	mac.Write(key)
	mac.Write([]byte(path))
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name == "sign" || name == "access_token" {
			continue
		}
		mac.Write([]byte(name))
		mac.Write([]byte(query[name]))
	}
	mac.Write(body)
	mac.Write(key)
	return hex.EncodeToString(mac.Sum(nil))
}
