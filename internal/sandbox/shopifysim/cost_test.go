package shopifysim

import (
	"net/http"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

const tenOrders = `{ orders(first: 10) { nodes { id lineItems(first: 3) { nodes { id } } } } }`

func TestCostIsTakenAndGivenBack(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	r := b.query(tenOrders, nil) // 10 × (1 order + 3 lines); the shop has no order
	cost := r.Ext.Cost
	if cost.RequestedQueryCost != 40 || cost.ActualQueryCost == nil || *cost.ActualQueryCost != 1 {
		t.Errorf("cost = %+v", cost)
	}
	if s := cost.ThrottleStatus; s.MaximumAvailable != 2000 || s.RestoreRate != 100 || s.CurrentlyAvailable != 1999 {
		t.Errorf("throttleStatus = %+v", s)
	}
	b.mustCreate(b.simple(nil))
	if r = b.query(tenOrders, nil); *r.Ext.Cost.ActualQueryCost != 2 {
		t.Errorf("one order with one line cost %v", *r.Ext.Cost.ActualQueryCost)
	}
}

func TestEmptyBucketThrottles(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusTooManyRequests} {
		b := setup(t, Options{BucketSize: 41, RestoreRate: 1, ThrottleStatus: status})
		b.query(tenOrders, nil)
		b.query(tenOrders, nil)
		r := b.query(tenOrders, nil)
		if r.status != status || r.code() != "THROTTLED" || r.Data != nil {
			t.Errorf("answer = %d %s", r.status, r.text())
		}
		if c := r.Ext.Cost; c.ActualQueryCost != nil || c.RequestedQueryCost != 40 || c.ThrottleStatus.CurrentlyAvailable != 39 {
			t.Errorf("cost = %+v", c)
		}
		b.clock.pass(time.Second)
		if r := b.query(tenOrders, nil); r.status != http.StatusOK || r.Errors != nil {
			t.Errorf("a second later: %d %s", r.status, r.text())
		}
	}
}

func TestScriptedThrottleDoesNothing(t *testing.T) {
	t.Parallel()
	var script chaos.Script
	script.Add("orderCreate", chaos.Fault{Kind: chaos.Throttled, Status: http.StatusTooManyRequests}, 1)
	b := setup(t, Options{Script: &script})
	if r := b.create(b.simple(nil)); r.status != http.StatusTooManyRequests || r.code() != "THROTTLED" {
		t.Errorf("answer = %d %s", r.status, r.text())
	}
	if n := len(b.sim.Orders(testShop)); n != 0 {
		t.Errorf("orders = %d", n)
	}
}

func TestDevelopmentShopTakesFiveOrdersAMinute(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{}, ShopSpec{Domain: testShop, DevelopmentShop: true})
	for range 5 {
		b.mustCreate(b.simple(nil))
		b.clock.pass(10 * time.Second)
	}
	r := b.create(b.simple(nil))
	if r.code() != "THROTTLED" || r.at("orderCreate") != nil || r.status != http.StatusOK {
		t.Errorf("sixth order: %d %v %s", r.status, r.Data, r.text())
	}
	b.clock.pass(10 * time.Second)
	b.mustCreate(b.simple(nil))
	if n := len(b.sim.Orders(testShop)); n != 6 {
		t.Errorf("orders = %d", n)
	}
}
