package guide_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/shops"
)

func TestReturnURLs(t *testing.T) {
	t.Parallel()
	for portal, want := range map[string]string{
		"":                                  "",
		"https://returns.example.com":       "https://returns.example.com/?order=[TT_ORDER_NUM]&zip=[TTS_ZIP_CODE]",
		"https://example.com/back?lang=en#": "https://example.com/back/?lang=en&order=[TT_ORDER_NUM]&zip=[TTS_ZIP_CODE]",
		"https://example.com/?order=1":      "https://example.com/?order=[TT_ORDER_NUM]&zip=[TTS_ZIP_CODE]",
	} {
		if got := guide.PortalURL(shops.Settings{ReturnPortalURL: portal}); got != want {
			t.Errorf("%s: %s", portal, got)
		}
	}
	named := guide.PortalURL(shops.Settings{ReturnPortalURL: "https://example.com", OrderNamePrefix: "#TT-", OrderNameSuffix: "-x"})
	if named != "https://example.com/?order=%23TT-[TT_ORDER_NUM]-x&zip=[TTS_ZIP_CODE]" {
		t.Error(named)
	}
	if got := guide.Example(named, "576461413038785752", "SW1A 1AA"); got != "https://example.com/?order=%23TT-576461413038785752-x&zip=SW1A+1AA" {
		t.Error(got)
	}
}

func TestThePastedURL(t *testing.T) {
	t.Parallel()
	plain := shops.Settings{ReturnPortalURL: "https://returns.example.com"}
	named := shops.Settings{ReturnPortalURL: "https://returns.example.com", OrderNamePrefix: "#T"}
	sandboxed := shops.Settings{ReturnPortalURL: "http://127.0.0.1:9/stoneware"}
	const end = "order=[TT_ORDER_NUM]&zip=[TTS_ZIP_CODE]"
	for name, tt := range map[string]struct {
		settings shops.Settings
		pasted   string
		wrong    string // part of the finding that is not in order
	}{
		"portal":            {plain, guide.PortalURL(plain), ""},
		"link":              {plain, guide.LinkURL(returnLink), ""},
		"portal with names": {named, guide.PortalURL(named), ""},
		"link with names":   {named, guide.LinkURL(returnLink), ""},
		"names left out":    {named, "https://returns.example.com/?" + end, "order number"},
		"http":              {plain, "http://returns.example.com/?" + end, "https"},
		"on this machine":   {sandboxed, guide.PortalURL(sandboxed), ""},
		"by a name":         {plain, "http://localhost/?" + end, "https, leads"},
		"other host":        {plain, "https://elsewhere.example.com/?" + end, "leads"},
		"user":              {plain, "https://a@returns.example.com/?" + end, "leads"},
		"other link":        {plain, returnLink + "x?" + end, "leads"},
		"no zip":            {plain, "https://returns.example.com/?order=[TT_ORDER_NUM]", "ZIP"},
		"small letters":     {plain, "https://returns.example.com/?order=[tt_order_num]&zip=[TTS_ZIP_CODE]", "order number"},
		"order twice":       {plain, "https://returns.example.com/?order=1&" + end, "order number"},
		"brackets encoded":  {plain, "https://returns.example.com/?order=%5BTT_ORDER_NUM%5D&zip=[TTS_ZIP_CODE]", "order number"},
		"no address":        {plain, "https://%zz", "address"},
		"far too long":      {plain, "https://returns.example.com/?" + end + strings.Repeat("&", 3000), "address"},
	} {
		var wrong []string
		for _, f := range guide.CheckURL(tt.pasted, tt.settings, returnLink) {
			if !f.OK {
				wrong = append(wrong, f.What)
			}
			if f.OK != (f.Fix == "") {
				t.Errorf("%s: %+v", name, f)
			}
		}
		switch {
		case tt.wrong == "" && len(wrong) > 0, tt.wrong != "" && !names(wrong, tt.wrong):
			t.Errorf("%s: %q is wrong, want %q", name, wrong, tt.wrong)
		}
	}
}

// names tells whether each finding holds its word, and none is left over.
func names(findings []string, words string) bool {
	want := strings.Split(words, ", ")
	return slices.EqualFunc(findings, want, strings.Contains)
}

// A portal at which nobody looked yet is not to be mended.
func TestAPortalNobodyAskedIsOpen(t *testing.T) {
	t.Parallel()
	for state, want := range map[guide.State]guide.Finding{
		guide.Open:  {What: "The portal answers", Open: true, Fix: "said"},
		guide.Done:  {What: "The portal answers", OK: true, Fix: "said"},
		guide.Needs: {What: "The portal answers", Fix: "said"},
	} {
		g := guide.Guide{Steps: []guide.Step{{ID: guide.PortalAnswers, State: state, Evidence: "said"}}}
		if got := g.PortalFinding(); got != want {
			t.Errorf("%s: %+v, want %+v", state, got, want)
		}
	}
}
