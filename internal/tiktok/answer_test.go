package tiktok

import "testing"

// What looks like a buyer's is taken out of TikTok's words.
func TestMessagesShowNobody(t *testing.T) {
	t.Parallel()
	got := clipMessage("call (+1)512-555-0177 or zephyrine.q@mail.example about order 576900000000010001")
	if want := "call … or … about order 576900000000010001"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
