package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

// querySkew is how far a signed query's timestamp may be from now, as in Shopify's own libraries.
const querySkew = 90 * time.Second

// ErrBadQuery is wrapped by every refusal of VerifyQuery.
var ErrBadQuery = errors.New("the query is not Shopify's")

// VerifyQuery checks a query that Shopify signed (install, first load, OAuth
// callback): its hmac by one of the app's secrets, and its age. A parameter that
// comes twice is refused, as the signature could then cover another value than
// the one that is read.
func VerifyQuery(q url.Values, now time.Time, secrets ...secret.String) error {
	for name, values := range q {
		if len(values) != 1 {
			return fmt.Errorf("%w: %q comes %d times", ErrBadQuery, clip(name), len(values))
		}
	}
	given, err := hex.DecodeString(q.Get("hmac"))
	if err != nil || len(given) != sha256.Size {
		return fmt.Errorf("%w: its hmac is missing or malformed", ErrBadQuery)
	}
	if !slices.ContainsFunc(queryMessages(q), func(m string) bool { return signed([]byte(m), given, secrets) }) {
		return fmt.Errorf("%w: its hmac is wrong", ErrBadQuery)
	}
	seconds, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	if err != nil {
		return fmt.Errorf("%w: its timestamp is missing or malformed", ErrBadQuery)
	}
	if age := now.Sub(time.Unix(seconds, 0)).Abs(); age > querySkew {
		return fmt.Errorf("%w: its timestamp is %v off", ErrBadQuery, age.Round(time.Second))
	}
	return nil
}

// queryMessages are the texts that the signature may cover: the parameters by
// name, without the signature itself. Shopify's library escapes names and
// values, its documentation shows them as they are, and both have been signed.
// The plain form counts only where it cannot be read in two ways.
func queryMessages(q url.Values) []string {
	var plain, escaped []string
	ambiguous := false
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if name == "hmac" || name == "signature" {
			continue
		}
		value := q.Get(name)
		ambiguous = ambiguous || strings.ContainsAny(name+value, "&=%")
		plain = append(plain, name+"="+value)
		escaped = append(escaped, escapeComponent(name)+"="+escapeComponent(value))
	}
	messages := []string{strings.Join(escaped, "&")}
	if !ambiguous {
		messages = append(messages, strings.Join(plain, "&"))
	}
	return messages
}

// escapeComponent escapes as JavaScript's encodeURIComponent does, which Shopify's library uses.
func escapeComponent(s string) string { return componentMarks.Replace(url.QueryEscape(s)) }

var componentMarks = strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*")

// signed tells whether given is the HMAC-SHA256 of message by one of the secrets.
// An unset secret signs nothing: anybody can compute that one.
func signed(message, given []byte, secrets []secret.String) bool {
	for _, s := range secrets {
		if s.Empty() {
			continue
		}
		mac := hmac.New(sha256.New, []byte(s.Reveal()))
		mac.Write(message)
		if hmac.Equal(mac.Sum(nil), given) {
			return true
		}
	}
	return false
}
