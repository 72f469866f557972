package tiktoksim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// requestSign is the `sign` parameter of a request: secret + path + sorted key and decoded value pairs + body + secret,
// under HMAC-SHA256 with the secret, in lower-case hex (Partner Center, "Sign your API request"). `sign` and
// `access_token` are left out of the text; a multipart body is too, so its caller passes none.
func requestSign(secret, path string, query url.Values, body []byte) string {
	var text strings.Builder
	text.WriteString(secret + path)
	for _, key := range slices.Sorted(maps.Keys(query)) {
		if key != "sign" && key != "access_token" {
			text.WriteString(key + query.Get(key))
		}
	}
	text.Write(body)
	text.WriteString(secret)
	return hexMAC(secret, text.String())
}

// webhookSign is the Authorization header of a webhook: HMAC-SHA256 of app key + raw body (Partner Center, "Webhooks
// overview").
func webhookSign(key, secret string, body []byte) string {
	return hexMAC(secret, key+string(body))
}

func hexMAC(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}
