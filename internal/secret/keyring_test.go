package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/secret"
)

// The bytes 0…31 and 32…63.
const (
	firstKey  = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	secondKey = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
)

func ring(t testing.TB, list string) *secret.Keyring {
	t.Helper()
	keys, err := secret.ParseKeyring(list)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// The vectors were made with another implementation (Python's cryptography):
// what a database holds must open in every later version of the program.
func TestVectors(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ sealed, context, plain string }{
		"token under the first key": {
			"djEuYmZmMDIwMTcuZGVmZ2hpamtsbW5vfqk9ROPHl6sewjbedohFNVpq0hiAh58A0DreRA==",
			"token|shopify|demo.myshopify.com||access", "shpat_vector",
		},
		"empty body under the second key": {
			"djEuNTVjNmQ4Y2EuAAECAwQFBgcICQoLPqd0VnAOWmDSjBjSV7uZyA==", "event|tiktok|7495|1|d1", "",
		},
	}
	keys := ring(t, firstKey+", "+secondKey)
	for name, c := range cases {
		sealed, err := base64.StdEncoding.DecodeString(c.sealed)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := keys.Open(c.context, sealed)
		if err != nil || string(plain) != c.plain {
			t.Errorf("%s: got %q, %v, want %q", name, plain, err, c.plain)
		}
		for _, context := range []string{"", c.context + " ", strings.ToUpper(c.context), "token|shopify|demo.myshopify.com||refresh"} {
			if _, err := keys.Open(context, sealed); !errors.Is(err, secret.ErrBroken) {
				t.Errorf("%s at %q: got %v, want ErrBroken", name, context, err)
			}
		}
		// The other key of the ring, named in place of the one that sealed it.
		first, second := "bff02017", "55c6d8ca"
		if id, ok := secret.SealedWith(sealed); !ok || id != first && id != second {
			t.Errorf("%s: sealed with %q", name, id)
		}
		for _, id := range []string{first, second} {
			other := bytes.Replace(sealed, []byte(id), []byte(map[string]string{first: second, second: first}[id]), 1)
			if _, err := keys.Open(c.context, other); !bytes.Equal(other, sealed) && !errors.Is(err, secret.ErrBroken) {
				t.Errorf("%s under the other key's id: got %v, want ErrBroken", name, err)
			}
		}
	}
	want := []string{
		"277c2c68cd8cf7e7785051ea75de1d1ad5fc6f4f639ed3f80ad8b020c5f7f832",
		"f572dd5ad50387c1a87e1bb664288c5c52e16a737a80696b3bfc9e07dc1cd677",
	}
	if diff := cmp.Diff(want, keys.Hashes("zip|demo.myshopify.com", "90210")); diff != "" {
		t.Error(diff)
	}
	if keys.Hash("zip|demo.myshopify.com", "90210") != want[0] {
		t.Error("Hash is not the first of Hashes")
	}
}

func TestEntriesThatAreNoKeysAreNamedAndNotShown(t *testing.T) {
	t.Parallel()
	short := base64.StdEncoding.EncodeToString([]byte("too short"))
	cases := map[string]struct{ list, want string }{
		"nothing":        {"", "key 1: empty"},
		"a last comma":   {firstKey + ",", "key 2: empty"},
		"not base64":     {firstKey + ",correct horse battery staple", "key 2: no base64"},
		"too short":      {short, "key 1: 9 bytes"},
		"twice":          {firstKey + "," + secondKey + "," + firstKey, "key 3: the same as key 1"},
		"url alphabet":   {strings.Repeat("_", 43) + "=", "key 1: no base64"},
		"33 bytes":       {base64.StdEncoding.EncodeToString(make([]byte, 33)), "key 1: 33 bytes"},
		"without filler": {strings.TrimRight(firstKey, "="), "key 1: no base64"},
	}
	for name, c := range cases {
		_, err := secret.ParseKeyring(c.list)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
			continue
		}
		for _, entry := range strings.Split(c.list, ",") {
			if entry != "" && strings.Contains(err.Error(), entry) {
				t.Errorf("%s: the error shows the entry", name)
			}
		}
	}
}

func TestWhatWasSealedOpensOnlyWhereItBelongs(t *testing.T) {
	t.Parallel()
	keys := ring(t, firstKey)
	rapid.Check(t, func(t *rapid.T) {
		context, plain := rapid.String().Draw(t, "context"), rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed := keys.Seal(context, plain)
		opened, err := keys.Open(context, sealed)
		if err != nil || !bytes.Equal(opened, plain) {
			t.Fatalf("got %x, %v", opened, err)
		}
		if bytes.Equal(sealed, keys.Seal(context, plain)) {
			t.Fatal("two seals of one value are equal: the nonce repeats")
		}
		if _, err := keys.Open(context+"x", sealed); !errors.Is(err, secret.ErrBroken) {
			t.Fatalf("elsewhere: got %v", err)
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		bent := bytes.Clone(sealed)
		bent[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := keys.Open(context, bent); !errors.Is(err, secret.ErrBroken) && !errors.Is(err, secret.ErrUnknownKey) {
			t.Fatalf("one bit changed: got %v", err)
		}
		if _, err := keys.Open(context, sealed[:at]); err == nil {
			t.Fatal("cut short and opened all the same")
		}
	})
}

func TestRotation(t *testing.T) {
	t.Parallel()
	old := ring(t, firstKey).Seal("here", []byte("kept"))
	rotated := ring(t, secondKey+","+firstKey)
	if plain, err := rotated.Open("here", old); err != nil || string(plain) != "kept" {
		t.Errorf("after rotation: got %q, %v", plain, err)
	}
	if _, err := ring(t, secondKey).Open("here", old); !errors.Is(err, secret.ErrUnknownKey) {
		t.Errorf("after removal: got %v, want ErrUnknownKey", err)
	}
	if _, err := ring(t, secondKey).Open("here", rotated.Seal("here", nil)); err != nil {
		t.Errorf("the first key does not seal: %v", err)
	}
}

func TestHashKeepsPurposesApart(t *testing.T) {
	t.Parallel()
	keys := ring(t, firstKey)
	if keys.Hash("ab", "c") == keys.Hash("a", "bc") {
		t.Error("purpose and value run into each other")
	}
	if keys.Hash("zip", "90210") == ring(t, secondKey).Hash("zip", "90210") {
		t.Error("the hash does not depend on the key")
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	token := secret.New("shpat_123")
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", token, "in", struct{ T secret.String }{token})
	encoded, err := json.Marshal(map[string]any{"token": token})
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{
		fmt.Sprint(token), fmt.Sprintf("%#v %+v %q %x", token, struct{ T secret.String }{token}, token, token), log.String(), string(encoded),
	} {
		if strings.Contains(shown, "123") || strings.Contains(shown, "73687061745f") {
			t.Errorf("shown: %s", shown)
		}
	}
	if token.Reveal() != "shpat_123" || token.Empty() || !secret.New("").Empty() {
		t.Error("the secret itself is lost")
	}
}
