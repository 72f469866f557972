package shopify

import (
	"errors"
	"testing"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

func TestAnActiveVariant(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	if v, err := b.client.ActiveVariant(t.Context(), testShop); err != nil || v != nil {
		t.Errorf("a shop without products: %+v, %v", v, err)
	}
	for _, spec := range []shopifysim.VariantSpec{{SKU: "DRAFT", Status: "DRAFT"}, {SKU: "MUG", ProductTitle: "Mug"}} {
		if _, err := b.sim.AddVariant(string(testShop), spec); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := b.client.ActiveVariant(t.Context(), testShop); err != nil || v == nil || v.SKU != "MUG" || v.ProductTitle != "Mug" {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestAnOrderIsDeletedOnceItIsCancelled(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	created, err := b.create(t, tiktokID)
	if err != nil {
		t.Fatal(err)
	}
	order := created.Order.ID
	var refused UserErrors
	if err := b.client.DeleteOrder(t.Context(), testShop, order); !errors.As(err, &refused) || !refused.Has("INVALID") {
		t.Errorf("a standing order: %v", err)
	}
	if _, err := b.client.CancelOrder(t.Context(), testShop, order, admin.OrderCancelReasonOther, false, ""); err != nil {
		t.Fatal(err)
	}
	if err := b.client.DeleteOrder(t.Context(), testShop, order); err != nil {
		t.Fatal(err)
	}
	if found, err := b.client.OrderByID(t.Context(), testShop, order); err != nil || found != nil {
		t.Errorf("still there: %+v, %v", found, err)
	}
	if err := b.client.DeleteOrder(t.Context(), testShop, order); !errors.As(err, &refused) || !refused.Has("NOT_FOUND") {
		t.Errorf("deleted twice: %v", err)
	}
}
