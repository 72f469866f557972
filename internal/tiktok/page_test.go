package tiktok_test

import (
	"net/http"
	"testing"

	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestIsPageRefused(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"code":36009004,"message":"param page_token is invalid"}`: true,
		`{"code":36009004,"message":"param page_size is invalid"}`:  false,
		`{"code":105002,"message":"expired page_token"}`:            false,
	} {
		client := against(t, answering(http.StatusBadRequest, body))
		_, err := client.SearchOrders(t.Context(), tiktok.Seat{Shop: "7494000000000010001", Cipher: "C"}, tiktok.OrderSearch{}, "page 2")
		if err == nil || tiktok.IsPageRefused(err) != want {
			t.Errorf("%s: refused is %v, want %v: %v", body, !want, want, err)
		}
	}
}
