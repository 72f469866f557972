package orders_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// manyOpen holds exceptions of one code and the jobs that were asked for.
type manyOpen struct {
	orders.Files
	open []exceptions.Exception
	jobs []orders.Job
}

func (m *manyOpen) OpenExceptionsOf(_ context.Context, _ shopify.Domain, _ exceptions.Code, after tiktok.OrderID, limit int) ([]exceptions.Exception, error) {
	var page []exceptions.Exception
	for _, e := range m.open {
		if (e.Order > after || after == "") && len(page) < limit {
			page = append(page, e)
		}
	}
	return page, nil
}

func (m *manyOpen) Enqueue(_ context.Context, jobs ...orders.Job) error {
	m.jobs = append(m.jobs, jobs...)
	return nil
}

// Everything of a code is tried again once, a page at a time.
func TestRetryAll(t *testing.T) {
	t.Parallel()
	m := &manyOpen{}
	for n := range 450 {
		m.open = append(m.open, exceptions.Exception{ID: fmt.Sprint("e", n), Shop: "demo.myshopify.com", Order: tiktok.OrderID(fmt.Sprintf("5764614130387%05d", n)), Code: exceptions.ZIPMasked})
	}
	desk := &orders.Desk{Files: m, Open: m}
	if err := desk.RetryAll(t.Context(), "demo.myshopify.com", exceptions.ZIPMasked); err != nil {
		t.Fatal(err)
	}
	tried, pages := map[tiktok.OrderID]int{}, 0
	for len(m.jobs) > 0 {
		job := m.jobs[0]
		m.jobs = m.jobs[1:]
		switch args := job.(type) {
		case orders.RetryAllArgs:
			pages++
			before := len(m.jobs)
			if err := desk.RetryPage(t.Context(), args); err != nil {
				t.Fatal(err)
			}
			if len(m.jobs)-before > 201 {
				t.Errorf("%d jobs at once", len(m.jobs)-before)
			}
		case orders.ImportArgs:
			tried[args.Order]++
		}
	}
	if len(tried) != 450 || pages != 3 {
		t.Errorf("tried %d orders in %d pages", len(tried), pages)
	}
	for order, times := range tried {
		if times != 1 {
			t.Errorf("order %s was tried %d times", order, times)
		}
	}
}
