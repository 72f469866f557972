package routes_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func (w *world) OpenExceptionsOf(_ context.Context, shop shopify.Domain, code exceptions.Code, after tiktok.OrderID, limit int) ([]exceptions.Exception, error) {
	var list []exceptions.Exception
	for _, e := range w.open {
		if e.Shop == shop && e.Code == code && e.Status == exceptions.Open && e.Order > after && len(list) < limit {
			list = append(list, e)
		}
	}
	return list, nil
}

func (w *world) RetryAll(_ context.Context, shop shopify.Domain, code exceptions.Code) error {
	w.note("retry all " + string(shop) + " " + string(code))
	return nil
}

func (w *world) FindVariants(ctx context.Context, shop shopify.Domain, text string, limit int) ([]shopify.Variant, error) {
	if _, bounded := ctx.Deadline(); !bounded || limit > 50 {
		return nil, errors.New("nothing bounds the search")
	}
	if text == "down" {
		return nil, errors.New("secret detail of a platform")
	}
	w.note("search " + string(shop) + " " + text)
	return []shopify.Variant{{ID: "gid://shopify/ProductVariant/7", SKU: hostile, Title: "Blue", ProductTitle: hostile}}, nil
}

func (w *world) VariantTitles(ctx context.Context, _ shopify.Domain, ids []shopify.GID) (map[shopify.GID]shopify.Variant, error) {
	if _, bounded := ctx.Deadline(); !bounded || !slices.IsSorted(ids) || len(ids) > 200 {
		return nil, errors.New("nothing bounds the look")
	}
	if slices.Contains(ids, "gid://shopify/ProductVariant/404") {
		return nil, errors.New("secret detail of a platform")
	}
	return map[shopify.GID]shopify.Variant{"gid://shopify/ProductVariant/7": {Title: "Blue", ProductTitle: "Mug <b>"}}, nil
}

const pile = "/exceptions/sku_unmatched"

// unmapped has one order held for a product that Shopify does not have.
func unmapped() *world {
	w := newWorld()
	w.open[0].Message = `No variant. SKU "<img src=x>" (TikTok SKU id 1729).`
	return w
}

func TestExceptionsPages(t *testing.T) {
	t.Parallel()
	w := unmapped()
	holds(t, w.authed(t, http.MethodGet, "/exceptions", ""), http.StatusOK, `href="/exceptions/sku_unmatched"`, `href="/exceptions/duplicate_order"`, "1 open")
	rec := w.authed(t, http.MethodGet, pile, "")
	holds(t, rec, http.StatusOK, `href="/orders/576461413038785753"`, "&lt;img src=x&gt;", `action="/exceptions/sku_unmatched/e1/retry"`)
	if strings.Contains(rec.Body.String(), "576461413038785799") {
		t.Error("another shop's order is listed")
	}
	holds(t, w.authed(t, http.MethodGet, "/exceptions/nonsense", ""), http.StatusNotFound)
	holds(t, w.authed(t, http.MethodGet, pile+"?after=x", ""), http.StatusBadRequest, "not one that a list of your shop gave")
	w.open = nil
	holds(t, w.authed(t, http.MethodGet, "/exceptions", ""), http.StatusOK, "Nothing waits for you")
}

func TestAPileIsPaged(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.open = nil
	for n := range 26 {
		w.open = append(w.open, exception("p"+string(rune('a'+n)), demo, tiktok.OrderID("5764614130387857"+string(rune('a'+n/10))), exceptions.ZIPMasked))
		w.open[n].Order = tiktok.OrderID([]byte{'5', '7', '6', '4', '6', '1', '4', '1', '3', '0', '3', '8', '7', '8', '5', '7', byte('0' + n/10), byte('0' + n%10)})
	}
	holds(t, w.authed(t, http.MethodGet, "/exceptions/zip_masked", ""), http.StatusOK, "26 open", `href="/exceptions/zip_masked?after=576461413038785724"`)
	rec := w.authed(t, http.MethodGet, "/exceptions/zip_masked?after=576461413038785724", "")
	holds(t, rec, http.StatusOK, `href="/orders/576461413038785725"`, "From the beginning")
	if strings.Contains(rec.Body.String(), "576461413038785724</span>") {
		t.Error("the second page repeats the first")
	}
}

func TestWhatIsDoneAboutExceptions(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{pile + "/retry", nil},
		{pile + "/e1/retry", nil},
		{"/exceptions/duplicate_order/e2/resolve", url.Values{"action": {"adopt"}, "note": {hostile}}},
	} {
		rec := w.send(t, step.path, step.form)
		if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/exceptions/") {
			t.Errorf("%s: %d to %s", step.path, rec.Code, to)
		}
	}
	want := []string{"retry all demo.myshopify.com sku_unmatched", "retry e1", "resolve e2 adopt " + hostile}
	if got := without(w.did, "ensure "); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	w.did = nil
	holds(t, w.send(t, "/exceptions/duplicate_order/e2/resolve", url.Values{"action": {"handled"}}), http.StatusUnprocessableEntity, "want one of adopt")
	holds(t, w.send(t, "/exceptions/zip_masked/e1/retry", nil), http.StatusNotFound)
	holds(t, w.send(t, pile+"/e9/retry", nil), http.StatusNotFound) // another shop's
	holds(t, w.send(t, "/exceptions/nonsense/retry", nil), http.StatusNotFound)
	w.open[0].Status = exceptions.Resolved
	holds(t, w.send(t, pile+"/e1/retry", nil), http.StatusConflict, "resolved already") // the form came twice
	if got := without(w.did, "ensure "); len(got) > 0 {
		t.Errorf("did %v", got)
	}
}

func TestVariantsAreSearched(t *testing.T) {
	t.Parallel()
	w := unmapped()
	holds(t, w.authed(t, http.MethodGet, pile+"?sku_id=1729&variant_query=+blue+mug+", ""), http.StatusOK,
		`name="variant_id" value="gid://shopify/ProductVariant/7"`, `value="blue mug"`, "&lt;img src=x onerror")
	rec := w.authed(t, http.MethodGet, pile+"?sku_id=1729&variant_query=down", "")
	holds(t, rec, http.StatusOK, "Shopify could not be asked")
	if strings.Contains(rec.Body.String(), "secret detail") {
		t.Error("the page tells what a platform said")
	}
	holds(t, w.authed(t, http.MethodGet, pile+"?sku_id=1729&variant_query="+strings.Repeat("x", 101), ""), http.StatusOK, "at most 100 characters")
	if got, want := without(w.did, "ensure "), []string{"search demo.myshopify.com blue mug"}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// The same row twice is the same table.
func TestMappingsAreSaved(t *testing.T) {
	t.Parallel()
	w := unmapped()
	for range 2 {
		rec := w.send(t, "/mappings/skus", url.Values{"code": {"sku_unmatched"}, "sku_id": {"1729"}, "seller_sku": {hostile}, "variant_id": {"gid://shopify/ProductVariant/7"}})
		if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || !strings.HasPrefix(to, pile+"?") {
			t.Errorf("%d to %s", rec.Code, to)
		}
	}
	rows, _ := skuTable{w}.SKUMappings(t.Context(), demo, "", 10)
	if len(rows) != 1 || rows[0].Variant != "gid://shopify/ProductVariant/7" || rows[0].SellerSKU != hostile {
		t.Errorf("kept %+v", rows)
	}
	holds(t, w.authed(t, http.MethodGet, "/mappings/skus", ""), http.StatusOK, "1729", "&lt;img", "Download CSV")
	holds(t, w.authed(t, http.MethodGet, "/mappings/skus?cursor=x", ""), http.StatusBadRequest)
	holds(t, w.send(t, "/mappings/skus", url.Values{"sku_id": {"<img>"}, "variant_id": {"7"}}), http.StatusUnprocessableEntity, "want the digits of a TikTok SKU id", `value="&lt;img&gt;"`)
	holds(t, w.send(t, "/mappings/skus", url.Values{"code": {"sku_unmatched"}, "sku_id": {"1729"}, "variant_id": {""}}), http.StatusUnprocessableEntity, "variant_id", "Choose the Shopify variant")
	w.send(t, "/mappings/skus", url.Values{"sku_id": {"1729"}, "remove": {"true"}})
	if rows, _ := (skuTable{w}).SKUMappings(t.Context(), demo, "", 10); slices.ContainsFunc(rows, func(r mappings.SKU) bool { return r.SKUID == "1729" && r.Variant != "" }) {
		t.Errorf("still there: %+v", rows)
	}
	holds(t, w.send(t, "/mappings/skus/csv", url.Values{"csv": {"sku_id\n1"}}), http.StatusUnprocessableEntity, "want the header", "sku_id\n1")
	if rec := w.send(t, "/mappings/skus/csv", url.Values{"csv": {"sku_id,variant_id\n5,9\n"}}); rec.Header().Get("Location") != "/mappings/skus?said=saved" {
		t.Errorf("%d: %s", rec.Code, rec.Body)
	}
}

func TestCarriersAndReasonsAreSaved(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.send(t, "/mappings/carriers", url.Values{"company": {"Pony"}, "provider": {"USPS"}})
	w.send(t, "/mappings/reasons", url.Values{"shopify_reason": {"*"}, "tiktok_reason": {"ecom_other"}})
	holds(t, w.authed(t, http.MethodGet, "/mappings/carriers", ""), http.StatusOK, "Pony", "USPS")
	holds(t, w.authed(t, http.MethodGet, "/mappings/reasons", ""), http.StatusOK, "ecom_other")
	holds(t, w.send(t, "/mappings/carriers", url.Values{"company": {"Pony"}}), http.StatusUnprocessableEntity, "want the name or the id")
	holds(t, w.send(t, "/mappings/reasons", url.Values{"shopify_reason": {hostile}, "tiktok_reason": {"x"}}), http.StatusUnprocessableEntity, "&lt;img")
}

// The table of SKUs says what its variants are called, and finds others.
func TestVariantsInTheTableOfSKUs(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.send(t, "/mappings/skus", url.Values{"sku_id": {"1729"}, "variant_id": {"7"}})
	w.send(t, "/mappings/skus", url.Values{"sku_id": {"1730"}, "variant_id": {"8"}})
	holds(t, w.authed(t, http.MethodGet, "/mappings/skus", ""), http.StatusOK, "Mug &lt;b&gt; · Blue", `<span class="literal">8</span>`, "Search a variant")
	holds(t, w.authed(t, http.MethodGet, "/mappings/skus?sku_id=1731&variant_query=blue+mug", ""), http.StatusOK,
		"Use this variant", `name="sku_id" value="1731"`, `name="variant_id" value="gid://shopify/ProductVariant/7"`)
	down := w.authed(t, http.MethodGet, "/mappings/skus?sku_id=1731&variant_query=down", "")
	holds(t, down, http.StatusOK, "Shopify could not be asked")
	w.send(t, "/mappings/skus", url.Values{"sku_id": {"1732"}, "variant_id": {"404"}})
	mute := w.authed(t, http.MethodGet, "/mappings/skus", "")
	holds(t, mute, http.StatusOK, `<span class="literal">404</span>`, `<span class="literal">7</span>`)
	if strings.Contains(mute.Body.String()+down.Body.String(), "secret detail") {
		t.Error("the page tells what a platform said")
	}
	if rec := w.authed(t, http.MethodGet, "/mappings/carriers", ""); strings.Contains(rec.Body.String(), "Search a variant") {
		t.Error("carriers have no variants")
	}
}
