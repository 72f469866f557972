package admin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/switchbackhq/switchback/internal/browsertest"
)

// The page of an app that is nobody's: every kind of component, a form, a link.
const appPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>App</title><meta name="viewport" content="width=device-width">
<script src="%[1]s/shopifycloud/app-bridge.js"></script><script src="%[1]s/shopifycloud/polaris-1.js"></script><script src="/app.js" defer></script></head><body>
<s-app-nav><s-link href="/" rel="home">Home</s-link><s-link href="/second">Second</s-link></s-app-nav>
<s-page heading="%[2]s"><s-button slot="primary-action" variant="primary" data-toast>Say hello</s-button>
<s-banner tone="critical" heading="Something is wrong">Read on.<s-button slot="secondary-actions">Try</s-button></s-banner>
<s-section heading="Form"><form method="post" action="/"><s-stack gap="base">
<s-text-field name="city" label="City" value="Boston" details="Where it goes" required></s-text-field>
<s-text-field name="zip" label="ZIP" error="Too short"></s-text-field>
<s-search-field name="q" label="Search"></s-search-field><s-url-field name="url" label="Address"></s-url-field><s-text-area name="note" label="Note"></s-text-area>
<s-select name="size" label="Size" value="l"><s-option value="s">Small</s-option><s-option value="l">Large</s-option></s-select>
<s-checkbox name="keep" label="Keep" value="yes" checked></s-checkbox><s-switch name="on" label="Pull orders"></s-switch>
<s-choice-list name="pick" label="Pick"><s-choice value="a" selected>Alpha</s-choice><s-choice value="b">Beta</s-choice></s-choice-list>
<s-button type="submit" variant="primary">Save</s-button> <s-button type="reset">Undo</s-button> <s-button disabled>Never</s-button></s-stack></form></s-section>
<s-section heading="Table" padding="none"><s-table><s-table-header-row><s-table-header listslot="primary">Order</s-table-header><s-table-header>State</s-table-header><s-table-header format="currency">Total</s-table-header></s-table-header-row>
<s-table-body><s-table-row><s-table-cell><s-link href="/second">Order one</s-link></s-table-cell><s-table-cell><s-badge tone="success">Done</s-badge> <s-badge tone="warning" icon="alert">Held</s-badge> <s-badge tone="info">On its way</s-badge> <s-badge tone="critical">Bad</s-badge> <s-badge tone="caution">Hm</s-badge> <s-badge>None</s-badge></s-table-cell><s-table-cell>12.00</s-table-cell></s-table-row></s-table-body></s-table></s-section>
<s-section heading="Words"><s-heading>Below</s-heading><s-paragraph color="subdued">Soft words</s-paragraph><s-text type="strong">Bold</s-text><s-text tone="critical">Bad</s-text>
<s-unordered-list><s-list-item>One</s-list-item></s-unordered-list><s-divider></s-divider><s-icon type="order"></s-icon><s-spinner accessibilitylabel="Busy"></s-spinner>
<s-button commandfor="more" command="--show">More</s-button><s-modal id="more" heading="Details of it"><s-paragraph>Inside</s-paragraph><s-button slot="primary-action" commandfor="more" command="--hide">Enough</s-button></s-modal></s-section>
</s-page><output></output></body></html>`

const appScript = `document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("/", { method: "POST", body: new URLSearchParams(new FormData(event.target)) });
  document.querySelector("output").textContent = answer.status + " " + await answer.text();
});
document.querySelector("[data-toast]").addEventListener("click", () => shopify.toast.show("Hello there"));
const framework = Object.assign(document.createElement("s-banner"), { heading: "Not yet", tone: "info" });
document.querySelector("s-page").append(framework);
framework.heading = "Set as a property";
`

// stage is the admin with an app inside, on two addresses as in life.
func stage(t *testing.T) (adminURL string, o office, posts *atomic.Int32) {
	t.Helper()
	posts = new(atomic.Int32)
	var desk *httptest.Server
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cdn := desk.URL
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' "+cdn+"; connect-src 'self'; img-src data:; style-src 'none'; frame-ancestors "+cdn)
		switch {
		case r.URL.Path == "/app.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = fmt.Fprint(w, appScript)
		case r.Method == http.MethodPost:
			posts.Add(1)
			if token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); !expiry(t, token).After(time.Now()) {
				w.Header().Set("X-Shopify-Retry-Invalid-Session-Request", "1")
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			_ = r.ParseForm()
			_, _ = fmt.Fprint(w, r.PostForm.Encode())
		case r.URL.Query().Has("shopify-reload"):
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, `<!doctype html><title>Wait</title><script src="%s/shopifycloud/app-bridge.js"></script>`, cdn)
		case r.URL.Query().Has("id_token") && !expiry(t, r.URL.Query().Get("id_token")).After(time.Now()):
			http.Redirect(w, r, "/bounce?shop="+shop+"&shopify-reload="+"http://"+r.Host+r.URL.Path, http.StatusFound)
		default:
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, appPage, cdn, map[string]string{"/": "First page", "/second": "Second page"}[r.URL.Path])
		}
	}))
	t.Cleanup(app.Close)
	o = open(t, app.URL)
	desk = httptest.NewServer(o.Handler())
	t.Cleanup(desk.Close)
	return desk.URL, o, posts
}

func TestAnAppIsUsedInTheAdmin(t *testing.T) {
	t.Parallel()
	at, o, posts := stage(t)
	tab := browsertest.Open(t, browsertest.Desktop)
	shell := tab.Visit(t, at+store+"/apps/switchback")
	app := tab.View(o.AppURL)
	app.See(t, "First page", "Set as a property")

	// Fields are filled by name, and give their values to the form.
	app.Fill(t, "City", "Lyon")
	app.Choose(t, "Size", "Small")
	app.Click(t, "switch", "Pull orders")
	app.Click(t, "radio", "Beta")
	o.StaleTokens(1)
	app.Click(t, "button", "Save")
	app.See(t, "200 city=Lyon&keep=yes&note=&on=on&pick=b&q=&size=s&url=&zip=")
	if n := posts.Load(); n != 2 {
		t.Errorf("the form was sent %d times, want once with a stale token and once again", n)
	}
	app.Click(t, "button", "Undo")
	app.Click(t, "button", "Save")
	app.See(t, "200 city=Boston&keep=yes&note=&pick=a&q=&size=l&url=&zip=")

	// Enter in a field sends the form; a dialog opens and closes.
	app.Fill(t, "ZIP", "73301")
	tab.Press(t, kb.Enter)
	app.See(t, "zip=73301")
	app.Click(t, "button", "More")
	app.See(t, "Inside")
	app.Click(t, "button", "Enough")

	app.Click(t, "button", "Say hello")
	shell.See(t, "Hello there")

	// The admin's navigation and its address follow the app, and lead it.
	shell.Click(t, "link", "Second")
	app.See(t, "Second page")
	await(t, "the address follows", func() bool { return strings.HasSuffix(tab.Address(t), store+"/apps/switchback/second") })
	shell.Click(t, "link", "Home")
	app.See(t, "First page")
	app.Click(t, "link", "Order one")
	app.See(t, "Second page")

	// An old tab: the token in the address has expired, and the page that fetches another one leads back.
	tab.Visit(t, at+store+"/apps/switchback/second?stale-token=1")
	tab.View(o.AppURL).See(t, "Second page")
	if troubles := tab.Troubles("401"); len(troubles) > 0 {
		t.Errorf("troubles: %v", troubles)
	}
}

// await asks again until it holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx := t.Context()
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	end := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatal(what)
		case <-end:
			t.Fatalf("it does not hold: %s", what)
		case <-ticks.C:
		}
	}
}

func TestNothingIsInTheWay(t *testing.T) {
	t.Parallel()
	axe := browsertest.Axe(t)
	at, o, _ := stage(t)
	tab := browsertest.Open(t, browsertest.Desktop)
	for name, size := range map[string]browsertest.Size{"desktop": browsertest.Desktop, "phone": browsertest.Phone, "small phone": {Width: 360, Height: 740}} {
		tab.Resize(t, size)
		for path, see := range map[string]string{"/orders": "Orders", "/orders/" + o.order: "Timeline", "/apps/switchback": ""} {
			views := []*browsertest.View{tab.Visit(t, at+store+path)}
			if see == "" {
				app := tab.View(o.AppURL)
				app.See(t, "First page")
				views = append(views, app)
			} else {
				views[0].See(t, see)
				await(t, "the block fits into its frame", func() (fits bool) {
					views[0].Eval(t, `[...document.querySelectorAll("iframe.block")].every((f) => Math.abs(f.contentDocument.body.offsetHeight + 2 - f.offsetHeight) < 3)`, &fits)
					return fits
				})
			}
			tab.Inspect(t, axe, name+strings.ReplaceAll(path, "/", "_"), views, o.AppURL+"/api/block")
		}
	}
}
