package sandbox_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// post sends a form as a page would.
func post(t *testing.T, address string, form url.Values) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("post %s %v: %s", address, form, answer.Status)
	}
}

// linked are the addresses that a page leads to. The program is not there, nor what shows it in a frame.
func linked(t *testing.T, address string) []string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, found := range regexp.MustCompile(`href="(http://[^"]+)"`).FindAllStringSubmatch(string(body), -1) {
		if !strings.HasPrefix(found[1], "http://127.0.0.1:1/") && !strings.Contains(found[1], "/apps/") && !slices.Contains(all, found[1]) {
			all = append(all, found[1])
		}
	}
	if len(all) < 5 {
		t.Fatalf("%s leads to %v", address, all)
	}
	return all
}

// Every page of the simulated platforms is wide enough for a phone, without a word on the console and without a barrier.
func TestThePagesAreFitToBeSeen(t *testing.T) {
	t.Parallel()
	world, err := sandbox.Start(t.Context(), sandbox.Options{AppURL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close(t.Context()) })
	seller := world.URL.TikTok + "/sandbox/tiktok"
	for _, key := range []string{"lines", "hostile", "tiktok-shipping", "hold"} {
		post(t, seller+"/orders", url.Values{"shop": {sandbox.TikTokShop}, "case": {key}})
	}
	delivered, err := world.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Status: "DELIVERED", Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}})
	if err != nil {
		t.Fatal(err)
	}
	post(t, seller+"/orders/"+delivered+"/ask", url.Values{"kind": {"RETURN_AND_REFUND"}})

	addresses := []string{
		world.URL.Index + "/", seller, seller + "?status=UNPAID", seller + "/new", seller + "/cases", seller + "/notifications", seller + "/calls", seller + "/return-app",
		world.URL.Loop + "/" + sandbox.Portal, world.URL.Loop + "/" + sandbox.Portal + "?order=1&zip=1",
	}
	for _, id := range world.TikTok.OrderIDs() {
		addresses = append(addresses, seller+"/orders/"+id)
	}
	addresses = append(addresses, linked(t, world.URL.Index+"/")...)
	axe := browsertest.Axe(t)
	tab := browsertest.Open(t, browsertest.Desktop)
	for _, size := range []browsertest.Size{browsertest.Desktop, {Width: 360, Height: 740}} {
		tab.Resize(t, size)
		for _, address := range addresses {
			view := tab.Visit(t, address)
			tab.Inspect(t, axe, strings.NewReplacer("/", "_", ":", "_").Replace(address), []*browsertest.View{view})
		}
	}
}
