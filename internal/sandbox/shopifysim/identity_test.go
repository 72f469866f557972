package shopifysim

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

const byCustomID = `query($v: String!) {
  orderByIdentifier(identifier: {customId: {key: "tiktok_order_id", value: $v}}) { id metafield(key: "tiktok_order_id") { value } }
}`

func identified(b *bench, id string) map[string]any {
	return b.simple(map[string]any{
		"name": id, "sourceIdentifier": id, "tags": []any{"tiktok-shop"},
		"metafields": []any{map[string]any{"key": "tiktok_order_id", "value": id}}, // type and namespace as defined
	})
}

func (b *bench) found(id string) bool {
	b.t.Helper()
	r := b.query(byCustomID, map[string]any{"v": id})
	return r.at("orderByIdentifier", "metafield", "value") == id
}

func TestDuplicateIsRefusedWhole(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Duplicate: RefuseDuplicate})
	b.mustCreate(identified(b, "577"))
	r := b.create(identified(b, "577"))
	if r.at("orderCreate", "order") != nil || r.at("orderCreate", "userErrors", 0, "message") != "Value has already been taken" {
		t.Errorf("answer = %v %s", r.Data, r.text())
	}
	if n := len(b.sim.Orders(testShop)); n != 1 {
		t.Errorf("orders = %d", n)
	}
	b.wantNoViolations()
}

func TestDuplicateLosesItsMetafield(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Duplicate: DropDuplicateMetafield})
	first := b.mustCreate(identified(b, "577"))
	r := b.create(identified(b, "577"))
	if r.at("orderCreate", "order", "id") == nil || r.at("orderCreate", "userErrors", 0, "code") != "INVALID" {
		t.Errorf("answer = %v %s", r.Data, r.text())
	}
	orders := b.sim.Orders(testShop)
	if len(orders) != 2 || len(orders[1].Metafields) != 0 {
		t.Errorf("orders = %+v", orders)
	}
	if got := b.query(byCustomID, map[string]any{"v": "577"}).at("orderByIdentifier", "id"); got != first {
		t.Errorf("the identifier finds %v, want the first order", got)
	}
	b.wantNoViolations()
}

func TestCustomIDNeedsADefinition(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for _, id := range []string{`{key: "other_id", value: "1"}`, `{namespace: "custom", key: "tiktok_order_id", value: "1"}`} {
		r := b.query(`{ orderByIdentifier(identifier: {customId: `+id+`}) { id } }`, nil)
		if r.code() != "NOT_FOUND" {
			t.Errorf("%s: %v %s", id, r.Data, r.text())
		}
	}
	if b.found("577") {
		t.Error("an order that is not there was found")
	}
}

func TestSearchLagsAndIdentifierDoesNot(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{IndexLag: 30 * time.Second})
	gid := b.mustCreate(identified(b, "577"))
	count := func(query string) int {
		r := b.query(`query($q: String) { orders(first: 5, query: $q) { nodes { id } } }`, map[string]any{"q": query})
		list, _ := r.at("orders", "nodes").([]any)
		return len(list)
	}
	if count("source_identifier:577") != 0 {
		t.Error("the index knows the order at once")
	}
	if !b.found("577") || count("") != 1 {
		t.Error("the order itself cannot be read at once")
	}
	b.clock.pass(30 * time.Second)
	if count("source_identifier:577") != 1 {
		t.Error("the index never learns of the order")
	}
	b.query(`mutation($id: ID!) { tagsAdd(id: $id, tags: ["late"]) { userErrors { message } } }`, map[string]any{"id": gid})
	if count("tag:late") != 0 || count("tag:tiktok-shop") != 1 {
		t.Error("a change does not lag by itself")
	}
	b.clock.pass(30 * time.Second)
	if count("tag:late") != 1 {
		t.Error("the index never learns of the change")
	}
}

func TestCutsAndCommits(t *testing.T) {
	t.Parallel()
	for kind, committed := range map[chaos.Kind]bool{
		chaos.CutBefore: false, chaos.CutAfter: true, chaos.Malformed: true, chaos.ServerError: false, chaos.TokenExpired: false,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			var script chaos.Script
			script.Add("orderCreate", chaos.Fault{Kind: kind}, 1)
			b := setup(t, Options{Script: &script})
			if r := b.create(identified(b, "577")); r.status == http.StatusOK {
				t.Errorf("the caller got an answer: %v", r.Data)
			}
			if b.found("577") != committed {
				t.Errorf("committed = %v, want %v", !committed, committed)
			}
			if calls := b.sim.Requests(); len(calls) != 2 || calls[0].Fault != kind || !calls[0].Mutation {
				t.Errorf("requests = %+v", calls)
			}
		})
	}
}

func TestLateCommitByTheSimulatorsClock(t *testing.T) {
	t.Parallel()
	var script chaos.Script
	script.Add("orderCreate", chaos.Fault{Kind: chaos.LateCommit, After: 20 * time.Second}, 1)
	b := setup(t, Options{Script: &script})
	start := b.clock.now()
	if r := b.create(identified(b, "577")); r.status != 0 {
		t.Errorf("the caller got an answer: %d", r.status)
	}
	b.clock.pass(19 * time.Second)
	if b.found("577") {
		t.Error("the order came early")
	}
	b.clock.pass(time.Second)
	if !b.found("577") {
		t.Error("the order never came")
	}
	if at := b.sim.Orders(testShop)[0].CreatedAt; !at.Equal(start.Add(20 * time.Second)) {
		t.Errorf("created at %s", at)
	}
}

// With a clock that runs by itself nobody has to ask for the late commit to happen.
func TestLateCommitHappensByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{APIKey: "key", APISecret: "secret"})
		if err := s.AddShop(ShopSpec{Domain: testShop}); err != nil {
			t.Fatal(err)
		}
		done, cancel := context.WithCancel(t.Context())
		s.commitLater(20*time.Second, func(time.Time) { cancel() })
		begin := time.Now()
		<-done.Done()
		if d := time.Since(begin); d != 20*time.Second {
			t.Errorf("committed after %s", d)
		}
	})
}

func TestMetafieldsSetIsAtomic(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	first, second := b.mustCreate(identified(b, "1111")), b.mustCreate(b.simple(nil))
	const set = `mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {
		metafields { id value compareDigest } userErrors { code field elementIndex message } } }`
	entry := func(owner, value string) map[string]any {
		return map[string]any{"ownerId": owner, "namespace": "$app", "key": "tiktok_order_id", "type": "id", "value": value}
	}
	r := b.query(set, map[string]any{"m": []any{entry(first, "2222"), entry(second, "1111")}})
	if r.at("metafieldsSet", "userErrors", 0, "code") != "TAKEN" || r.at("metafieldsSet", "metafields") != nil {
		t.Errorf("answer = %v %s", r.Data, r.text())
	}
	if !b.found("1111") || b.found("2222") {
		t.Error("a refused call changed something")
	}
	r = b.query(set, map[string]any{"m": []any{entry(second, "3333")}})
	if !b.found("3333") || r.at("metafieldsSet", "metafields", 0, "value") != "3333" {
		t.Errorf("answer = %v %s", r.Data, r.text())
	}
	stale := entry(second, "4444")
	stale["compareDigest"] = "0"
	if r = b.query(set, map[string]any{"m": []any{stale}}); r.at("metafieldsSet", "userErrors", 0, "code") != "STALE_OBJECT" {
		t.Errorf("stale digest: %v", r.Data)
	}
	b.wantNoViolations()
}
