package orders_test

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// askJob stands for the job that asks Loop.
type askJob struct {
	Shop  shopify.Domain
	Order tiktok.OrderID
}

func (askJob) Kind() string { return "ask_loop" }

func TestLoopIsAskedAboutAWrittenOrderWhereThereIsAKey(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Importer.LoopCheck = func(shop shopify.Domain, id tiktok.OrderID) orders.Job { return askJob{shop, id} }

	s.written(s.Place(tiktoksim.OrderSpec{}))
	if jobs := s.Jobs.Take("ask_loop"); len(jobs) != 0 {
		t.Errorf("asked without a key: %v", jobs)
	}

	s.Set(func(settings *shops.Settings) { key := secret.New("loop-key"); settings.LoopKey = &key })
	waiting := s.Place(tiktoksim.OrderSpec{Status: "ON_HOLD"})
	s.Bring(waiting)
	if jobs := s.Jobs.Take("ask_loop"); len(jobs) != 0 {
		t.Errorf("asked about an order that is not written: %v", jobs)
	}
	id := s.Place(tiktoksim.OrderSpec{})
	s.written(id)
	s.written(id) // once is enough
	if jobs := s.Jobs.Take("ask_loop"); len(jobs) != 1 || jobs[0] != orders.Job(askJob{shop, id}) {
		t.Errorf("jobs %v, want one for order %s", jobs, id)
	}
}
