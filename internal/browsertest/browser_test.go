package browsertest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/browsertest"
)

const inner = `<!doctype html><html lang="en"><title>Inner</title><body><main><h1>Inner page</h1>
<label>City <input id="city" value="Boston"></label>
<label>Size <select id="size"><option>Small</option><option>Large</option></select></label>
<x-card></x-card><output></output></main><script>
customElements.define("x-card", class extends HTMLElement {
	connectedCallback() {
		this.attachShadow({ mode: "open" }).innerHTML = "<button>Send</button>";
		this.shadowRoot.querySelector("button").onclick = () => {
			document.querySelector("output").textContent = city.value + ", " + document.querySelector("#size").value;
		};
	}
});
</script></body></html>`

// A page in a frame of another origin, with a button in a shadow tree, is used as one that is not.
func TestAPageInAFrameIsUsed(t *testing.T) {
	t.Parallel()
	framed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, inner)
	}))
	defer framed.Close()
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/" {
			w.Header().Set("Content-Security-Policy", "script-src 'self'")
			_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Outer</title><body><iframe title="app" src="%s/x" width="600" height="400"></iframe>
				<img src="/no.png"><script>document.title = "ran"</script></body></html>`, framed.URL)
			return
		}
		http.NotFound(w, r)
	}))
	defer outer.Close()

	tab := browsertest.Open(t, browsertest.Desktop)
	tab.Visit(t, outer.URL)
	view := tab.View(framed.URL)
	view.See(t, "Inner page")
	view.Fill(t, "City", "Lyon")
	view.Choose(t, "Size", "Large")
	view.Click(t, "button", "Send")
	view.See(t, "Lyon, Large")
	view.Gone(t, "Boston")
	if view.Has(t, "button", "Nothing of the kind") {
		t.Error("it finds what is not there")
	}
	troubles := strings.Join(tab.Troubles("favicon"), "\n")
	if !strings.Contains(troubles, "no.png") || !strings.Contains(troubles, "Content Security Policy") {
		t.Errorf("troubles:\n%s", troubles)
	}
	if left := tab.Troubles(); len(left) > 0 {
		t.Errorf("troubles are told twice: %v", left)
	}
	if p := view.Paint(t); p.LargestMS <= 0 {
		t.Errorf("paint %+v", p)
	}
}
