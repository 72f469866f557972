package store_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/store/storetest"
)

// BenchmarkReceive is a webhook's way into the database, with its job, durable:
// 64 senders at a time, as a platform's burst has.
func BenchmarkReceive(b *testing.B) {
	s := open(b, "sqlite:"+filepath.Join(b.TempDir(), "x.db"), store.Options{})
	body := bytes.Repeat([]byte("0123456789abcdef"), 274) // the size of a refund's payload
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id := fmt.Sprint(n.Add(1))
			e := inbox.Event{Source: inbox.FromShopify, Account: "demo.myshopify.com", Topic: "refunds/create", DeliveryID: id, EventID: id, Body: body}
			if _, err := s.ReceiveEvent(b.Context(), e, storetest.Job{Name: id}); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkOrder is the ledger's most frequent read.
func BenchmarkOrder(b *testing.B) {
	s := open(b, "sqlite:"+filepath.Join(b.TempDir(), "x.db"), store.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.HasZIP(b.Context(), "demo.myshopify.com", "1", "90210"); err == nil {
			b.Fatal("found an order that was never kept")
		}
	}
}
