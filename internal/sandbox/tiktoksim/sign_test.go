package tiktoksim

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

func readJSON[T any](t *testing.T, name string) T {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

type signingVector struct {
	AppSecret string `json:"app_secret"`
	Path      string
	Query     map[string]string
	Body      string
	Sign      string
}

func TestRequestSignMatchesTheVectors(t *testing.T) {
	t.Parallel()
	all := readJSON[struct {
		Published    []signingVector
		ComputedByUs []signingVector `json:"computed_by_us"`
	}](t, "signing_vectors.json")
	vectors := append(all.Published, all.ComputedByUs...)
	if len(all.Published) != 3 || len(vectors) < 7 {
		t.Fatalf("vectors are missing: %d", len(vectors))
	}
	for _, v := range vectors {
		q := url.Values{"sign": {"ignored"}, "access_token": {"ignored"}}
		for k, val := range v.Query {
			q.Set(k, val)
		}
		if got := requestSign(v.AppSecret, v.Path, q, []byte(v.Body)); got != v.Sign {
			t.Errorf("%s: sign = %s, want %s", v.Path, got, v.Sign)
		}
	}
}

func TestWebhookSignMatchesTheVectors(t *testing.T) {
	t.Parallel()
	published := readJSON[struct {
		PublishedWebhook []struct {
			AppKey        string `json:"app_key"`
			AppSecret     string `json:"app_secret"`
			Body          string
			Authorization string
		} `json:"published_webhook"`
	}](t, "signing_vectors.json").PublishedWebhook
	if len(published) == 0 {
		t.Fatal("no published vector")
	}
	for _, v := range published {
		if got := webhookSign(v.AppKey, v.AppSecret, []byte(v.Body)); got != v.Authorization {
			t.Errorf("authorization = %s, want %s", got, v.Authorization)
		}
	}
	files := readJSON[struct {
		AppKey        string `json:"app_key"`
		AppSecret     string `json:"app_secret"`
		Authorization map[string]string
	}](t, "webhook_signatures.json")
	for name, want := range files.Authorization {
		body, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := webhookSign(files.AppKey, files.AppSecret, body); got != want {
			t.Errorf("%s: authorization = %s, want %s", name, got, want)
		}
	}
}
