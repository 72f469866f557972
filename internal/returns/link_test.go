package returns

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestWhatAVisitAsksFor(t *testing.T) {
	t.Parallel()
	settings := shops.DefaultSettings()
	settings.OrderNamePrefix, settings.OrderNameSuffix = "TT-", ".x"
	const id = tiktok.OrderID("576461413038785752")
	for order, want := range map[string]tiktok.OrderID{
		"576461413038785752": id, "#576461413038785752": id, " 576461413038785752\u00a0": id, "5764 6141 3038 785752": id, "5764-61413038785752": id,
		"\u200b576461413038785752": id, "TT-576461413038785752.x": id, "# tt-576461413038785752.X": id, "1001": "1001",
		"#A1001": "", "TT-.x": "", "../../x": "", "order\u0130": "",
	} {
		ask, ok := Read(order, " 73301-0042 ", settings)
		if !ok || ask.Number != want || ask.Order != strings.TrimSpace(order) || ask.ZIP != "73301-0042" {
			t.Errorf("%q: %+v, %v", order, ask, ok)
		}
	}
	for _, bad := range []string{"", "  ", "[TT_ORDER_NUM]", "5764[", "5\r\nLocation: x", "5\x00", "\xff", "<script>", strings.Repeat("5", 101)} {
		if ask, ok := Read(bad, "73301", settings); ok {
			t.Errorf("%q is taken: %+v", bad, ask)
		}
	}
	for _, bad := range []string{"", "\t", "[TTS_ZIP_CODE]", strings.Repeat("7", 41)} {
		if ask, ok := Read(string(id), bad, settings); ok {
			t.Errorf("ZIP %q is taken: %+v", bad, ask)
		}
	}
}

func TestWhereTheBuyerGoes(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]string{
		{"https://demo.loopreturns.com", "5764", "SW1A 2AA", "https://demo.loopreturns.com/?order=5764&zip=SW1A+2AA"},
		{"https://demo.loopreturns.com/", "", "1", "https://demo.loopreturns.com/"},
		{"https://portal.example/returns?lang=en&order=1", "5764", "73301", "https://portal.example/returns/?lang=en&order=5764&zip=73301"},
		{"https://portal.example/#/find", "5764", "73301", "https://portal.example/?order=5764&zip=73301#/find"},
	} {
		if got, err := Address(c[0], c[1], c[2]); err != nil || got != c[3] {
			t.Errorf("%v: %s, %v", c, got, err)
		}
	}
}

// Whatever a visitor writes, the buyer goes to the portal and nowhere else, and the values arrive as they were given.
func TestNobodyIsSentElsewhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ask, ok := Read(rapid.String().Draw(t, "order"), rapid.String().Draw(t, "zip"), shops.DefaultSettings())
		if !ok && ask != (Ask{}) {
			t.Fatalf("refused, and still %+v", ask)
		}
		to, err := Address("https://portal.example/r", ask.Order, ask.ZIP)
		u, wrong := url.Parse(to)
		if err != nil || wrong != nil || u.Scheme+"://"+u.Host+u.Path != "https://portal.example/r/" || strings.ContainsAny(to, "\r\n") {
			t.Fatalf("%q, %v, %v", to, err, wrong)
		}
		if q := u.Query(); q.Get("order") != ask.Order || q.Get("zip") != ask.ZIP || len(q) > 2 {
			t.Fatalf("%q carries %v, not %+v", to, q, ask)
		}
	})
}
