package shopifysim

import "testing"

const deleteMutation = `mutation($id: ID!) { orderDelete(orderId: $id) { deletedId userErrors { code field message } } }`

func TestOnlyWhatIsOverIsDeleted(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.paid()
	order := b.sim.Orders(testShop)[0].GID
	remove := func() any {
		return b.query(deleteMutation, map[string]any{"id": order}).at("orderDelete", "deletedId")
	}
	if got := remove(); got != nil || len(b.sim.Orders(testShop)) != 1 {
		t.Errorf("a standing order was deleted: %v", got)
	}
	b.query(`mutation($id: ID!) { orderCancel(orderId: $id, reason: OTHER, restock: false) { job { id } } }`, map[string]any{"id": order})
	if got := remove(); got != order || len(b.sim.Orders(testShop)) != 0 {
		t.Errorf("a cancelled order was not deleted: %v", got)
	}
	r := b.query(deleteMutation, map[string]any{"id": order})
	if got := r.userErrors("orderDelete"); got == "" || r.at("orderDelete", "deletedId") != nil {
		t.Errorf("deleted twice: %q", got)
	}
	b.wantNoViolations()
}

func TestVariantsByStatus(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for sku, status := range map[string]string{"D": "DRAFT", "A": "", "O": "ARCHIVED"} {
		if _, err := b.sim.AddVariant(testShop, VariantSpec{SKU: sku, Status: status}); err != nil {
			t.Fatal(err)
		}
	}
	r := b.query(`{ productVariants(first: 10, query: "product_status:\"active\"") { nodes { sku product { status } } } }`, nil)
	nodes, _ := r.at("productVariants", "nodes").([]any)
	for _, node := range nodes {
		if sku := node.(map[string]any)["sku"]; sku == "D" || sku == "O" {
			t.Errorf("found %v", sku)
		}
	}
	if len(nodes) != 2 { // and the bench's own
		t.Errorf("found %v", nodes)
	}
	b.wantNoViolations()
}
