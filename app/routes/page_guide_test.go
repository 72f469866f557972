package routes_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/testorders"
)

// guideBook keeps the guide's marks in the world.
type guideBook struct{ *world }

func (b guideBook) desk() *guide.Desk {
	return &guide.Desk{Shops: b.world, Work: b, Book: b, Visits: b, Loop: b, Portal: b, Now: func() time.Time { return b.now }}
}

func (b guideBook) LastTestOrder(ctx context.Context, shop shopify.Domain) (testorders.Run, error) {
	return testOrderDesk{b.world}.Last(ctx, shop)
}

func (b guideBook) FirstOrder(context.Context, shopify.Domain) (time.Time, error) {
	return time.Time{}, nil
}

func (b guideBook) FoundInLoop(context.Context, shopify.Domain) (time.Time, error) {
	return time.Time{}, nil
}

func (b guideBook) FirstVisit(context.Context, shopify.Domain) (time.Time, bool, error) {
	return time.Time{}, false, nil
}

func (b guideBook) GuideMarks(context.Context, shopify.Domain) (guide.Marks, error) {
	return b.marks, nil
}

func (b guideBook) SaveGuideMark(_ context.Context, shop shopify.Domain, m guide.Mark) error {
	b.note("mark " + string(shop) + " " + string(m.ID))
	b.marks[m.ID] = m
	return nil
}

func (b guideBook) DeleteGuideMark(_ context.Context, _ shopify.Domain, m guide.MarkID) error {
	delete(b.marks, m)
	return nil
}

func (b guideBook) Ask(_ context.Context, portal string) guide.Answer {
	b.note("ask " + portal)
	return guide.Answered
}

// read is a request for a page.
func (w *world) read(t *testing.T, target string) *http.Request {
	t.Helper()
	r := request(t, http.MethodGet, target, "")
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	return r
}

func TestTheGuideIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld()
	settings := w.settings[demo]
	settings.ReturnPortalURL = "https://returns.example.com"
	w.settings[demo] = settings
	holds(t, w.call(t, w.read(t, "/guide")), http.StatusOK,
		"0 of 14 steps are done", "1. Ask TikTok for H5 Redirect", "Sunny, shop id 7, US", `action="/guide/h5_redirect/tick"`,
		`https://app.example/returns/demoslug?order=[TT_ORDER_NUM]&amp;zip=[TTS_ZIP_CODE]`, "Turn on Pull orders", "3 refunds, 41.10 USD in all, held",
		"What TikTok makes of it for order 576461413038785752",
		`https://app.example/returns/demoslug?order=576461413038785752&amp;zip=10001`, `href="https://returns.example.com/?order=576461413038785752&amp;zip=10001"`)
	holds(t, w.call(t, w.read(t, "/guide?step=return_url&zip=90210&url="+url.QueryEscape("http://evil.example/?order=1&x=<img>"))), http.StatusOK,
		"Begin it with https://", "Use your portal&#39;s host", "exactly so")
	holds(t, w.call(t, w.read(t, "/guide/print")), http.StatusOK, "data-print", "0 of 14 steps are done", "shop id", "Enter the return URL", "https://returns.example.com")
}

// What is not good is no link: somebody may have prepared the address.
func TestTheGuideLinksNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, pasted := range []string{"https://evil.example/?order=[TT_ORDER_NUM]&zip=[TTS_ZIP_CODE]", "javascript:alert(1)//[TT_ORDER_NUM]", "//evil.example"} {
		rec := w.call(t, w.read(t, "/guide?url="+url.QueryEscape(pasted)))
		if body := rec.Body.String(); rec.Code != http.StatusOK || strings.Contains(body, `href="https://evil`) || strings.Contains(body, `href="javascript`) || strings.Contains(body, `href="//`) {
			t.Errorf("%s became a link", pasted)
		}
	}
}

func TestWhatIsDoneInTheGuide(t *testing.T) {
	t.Parallel()
	w := newWorld()
	settings := w.settings[demo]
	settings.ReturnPortalURL = "https://returns.example.com"
	w.settings[demo] = settings
	for _, deed := range []struct {
		path string
		form url.Values
		said string
	}{
		{"h5_redirect/tick", url.Values{"mark": {"h5_asked"}}, "saved"},
		{"outcomes/tick", url.Values{"mark": {"outcomes"}}, "saved"},
		{"outcomes/untick", url.Values{"mark": {"outcomes"}}, "saved"},
		{"outcomes/note", url.Values{"note": {"<img src=x>"}}, "saved"},
		{"tiktok/switch", url.Values{"setting": {"pull_orders"}}, "saved"},
		{"portal_answers/check", url.Values{}, "portal_asked"},
		{"test_order/send", url.Values{}, "test_order_sent"},
	} {
		for range 2 { // a form that comes twice comes to the same
			rec := w.send(t, "/guide/"+deed.path, deed.form)
			step, _, _ := strings.Cut(deed.path, "/")
			if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || to != "/guide?said="+deed.said+"&step="+step {
				t.Errorf("%s: %d to %s", deed.path, rec.Code, to)
			}
		}
	}
	if got := w.settings[demo]; !got.PullOrders || got.PushOrders || got.PushRefunds {
		t.Errorf("switched %+v", got)
	}
	if w.marks[guide.H5Asked].At != w.now || !w.marks["outcomes"].At.IsZero() || w.marks[guide.PortalAsked].Note != "https://returns.example.com\nanswered" {
		t.Errorf("marks %v", w.marks)
	}
	holds(t, w.call(t, w.read(t, "/guide")), http.StatusOK, "&lt;img src=x&gt;", "The portal answers.", "A test order is under way")
}

func TestWhatTheGuideRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for path, want := range map[string]struct {
		form   url.Values
		status int
	}{
		"nothing/tick":         {url.Values{"mark": {"nothing"}}, http.StatusNotFound},
		"outcomes/tick":        {url.Values{"mark": {"portal_asked"}}, http.StatusNotFound},
		"outcomes/leap":        {url.Values{}, http.StatusNotFound},
		"outcomes/check":       {url.Values{}, http.StatusNotFound},
		"shopify/switch":       {url.Values{"setting": {"push_refunds"}}, http.StatusNotFound},
		"portal_answers/check": {url.Values{}, http.StatusConflict},
		"outcomes/note":        {url.Values{"note": {strings.Repeat("n", 501)}}, http.StatusUnprocessableEntity},
		"test_return/loop":     {url.Values{"order": {"<img>"}}, http.StatusUnprocessableEntity},
	} {
		holds(t, w.send(t, "/guide/"+path, want.form), want.status)
	}
	if len(w.marks) != 0 {
		t.Errorf("marks %v", w.marks)
	}
}

// An order that Loop finds is the proof, with its number for a note.
func TestAReturnIsTriedInLoop(t *testing.T) {
	t.Parallel()
	w := newWorld()
	key := secret.New(findingKey)
	settings := w.settings[demo]
	settings.LoopKey, settings.LoopKeySet = &key, true
	w.settings[demo] = settings
	rec := w.send(t, "/guide/test_return/loop", url.Values{"order": {" " + string(w.orders[0].ID) + " "}})
	if to := rec.Header().Get("Location"); to != "/guide?said=loop_found&step=test_return" {
		t.Errorf("%d to %s: %s", rec.Code, to, rec.Body)
	}
	if w.marks["test_return"].At != w.now || w.marks["note:test_return"].Note != string(w.orders[0].ID) {
		t.Errorf("marks %v", w.marks)
	}
	rec = w.send(t, "/guide/test_return/loop", url.Values{"order": {string(w.orders[1].ID)}})
	if w.orders[1].State == links.Written || rec.Code < 400 {
		t.Errorf("an order that is not in Shopify: %d", rec.Code)
	}
}
