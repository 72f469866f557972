package reconcile_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/reconcile"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

var update = flag.Bool("update", false, "write the golden files anew")

const shopifyOrder = "gid://shopify/Order/1"

// order is one of 40.00 with refunds; the id says what is special.
func order(id, name string, refunds ...links.Refund) reconcile.Books {
	return reconcile.Books{
		Order:   links.Order{ID: tiktok.OrderID(id), ShopifyName: name, ShopifyOrder: shopifyOrder, Total: "40.00", Currency: "USD"},
		Refunds: refunds,
	}
}

func refund(state links.RefundState, reason, amount, completed string, steps ...links.RefundStep) links.Refund {
	return links.Refund{ID: "gid://shopify/Refund/1", State: state, Reason: reason, Amount: amount, Completed: completed, Currency: "USD", Steps: steps}
}

func step(kind links.StepKind, state links.StepState, amount string) links.RefundStep {
	return links.RefundStep{Kind: kind, State: state, Amount: amount}
}

// cancelled is the cancellation of the whole order in Shopify.
func cancelled(state links.RefundState, reason, completed string, steps ...links.RefundStep) links.Refund {
	r := refund(state, reason, "", completed, steps...)
	r.ID = shopifyOrder
	return r
}

func mirrored(b reconcile.Books, state links.IntentState, amount string) reconcile.Books {
	b.Intents = append(b.Intents, links.Intent{Key: "k" + amount, Kind: links.RefundIntent, State: state, Amount: amount},
		links.Intent{Key: "c", Kind: links.CancelIntent, State: links.IntentDone, Amount: "99.00"})
	return b
}

func books() []reconcile.Books {
	yen := order("17", "#17", refund(links.RefundCompleted, "", "1500", "1500", step(links.OpenReturn, links.StepCompleted, "1500")))
	yen.Order.Total, yen.Order.Currency = "4000", "JPY"
	return []reconcile.Books{
		order("01", "no refund"),
		order("02", "paid to the cent", refund(links.RefundCompleted, "", "12.34", "12.34", step(links.OpenReturn, links.StepCompleted, "12.34"))),
		order("03", "held", refund(links.RefundHeld, "push_refunds_off", "10.00", "", step(links.OpenReturn, links.StepPlanned, "10.00"))),
		order("04", "taken, not paid", refund(links.RefundSent, "", "10.00", "", step(links.OpenReturn, links.StepAccepted, "10.00"))),
		order("05", "partly", refund(links.RefundPartlySent, "partly_sent", "20.00", "9.00",
			step(links.CancelUnits, links.StepCompleted, "9.00"), step(links.OpenReturn, links.StepRefused, "11.00"))),
		order("06", "stopped", refund(links.RefundStopped, "refund_order_completed", "10.00", "")),
		order("07", "stopped without an amount", refund(links.RefundStopped, "refund_currency", "", "")),
		order("08", "another amount", refund(links.RefundSatisfied, "refund_differs", "8.00", "10.00")),
		order("09", "paid by TikTok", refund(links.RefundSatisfied, "satisfied_by_tiktok", "10.00", "10.00")),
		order("10", "paid by TikTok in part", refund(links.RefundCompleted, "", "20.00", "20.00",
			step(links.OpenReturn, links.StepCompleted, "10.00"), step(links.GivenByTikTok, links.StepCompleted, "10.00"))),
		order("11", "cancelled, refunded", cancelled(links.RefundCompleted, "", "40.00", step(links.CancelUnits, links.StepCompleted, "40.00")),
			refund(links.RefundSatisfied, links.CancelledBefore, "40.00", "")),
		order("12", "cancelled, stopped", cancelled(links.RefundStopped, "cancel_too_late", ""), refund(links.RefundSatisfied, links.CancelledBefore, "40.00", "")),
		order("13", "cancelled, not refunded", cancelled(links.RefundCompleted, "", "40.00", step(links.CancelUnits, links.StepCompleted, "40.00"))),
		mirrored(order("14", "mirrored", refund(links.RefundIgnored, "recorded_by_switchback", "15.00", "")), links.IntentDone, "15.00"),
		mirrored(order("15", "not mirrored yet"), links.IntentOpen, "15.00"),
		mirrored(order("16", `=HYPERLINK("x")`, refund(links.RefundSending, "", "30.00", "", step(links.OpenReturn, links.StepSent, "30.00"))), links.IntentDone, "15.00"),
		yen,
		order("18", "handled", refund(links.RefundHandled, "handled", "10.00", "")),
	}
}

func rowsOf(t *testing.T, books []reconcile.Books) []reconcile.Row {
	t.Helper()
	var rows []reconcile.Row
	for _, b := range books {
		row, err := reconcile.Of(b)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	rows := rowsOf(t, books())
	totals, err := reconcile.Totals(rows)
	if err != nil {
		t.Fatal(err)
	}
	var table, file bytes.Buffer
	if err := reconcile.WriteTable(&table, rows, totals); err != nil {
		t.Fatal(err)
	}
	if err := reconcile.WriteCSV(&file, rows); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.txt", table.Bytes())
	golden(t, "testdata/report.csv", file.Bytes())
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]reconcile.Books{
		"total":    {Order: links.Order{Total: "free", Currency: "USD"}},
		"currency": {Order: links.Order{Total: "1.00", Currency: "dollars"}},
		"refund":   order("1", "", refund(links.RefundStopped, "x", "1.001", "")),
		"intent":   mirrored(order("1", ""), links.IntentDone, "much"),
	} {
		if row, err := reconcile.Of(b); err == nil {
			t.Errorf("%s: no error and %+v", name, row)
		}
	}
}

// Differences add up, in each order and in total: nothing is explained away.
func TestDifferencesAddUp(t *testing.T) {
	t.Parallel()
	amount := rapid.SampledFrom([]string{"", "0.00", "0.01", "7.50", "40.00"})
	rapid.Check(t, func(t *rapid.T) {
		var rows []reconcile.Row
		for range rapid.IntRange(1, 4).Draw(t, "orders") {
			b := order("1", "")
			for range rapid.IntRange(0, 4).Draw(t, "refunds") {
				r := refund(
					rapid.SampledFrom([]links.RefundState{links.RefundWaiting, links.RefundSent, links.RefundStopped, links.RefundCompleted, links.RefundSatisfied, links.RefundIgnored}).Draw(t, "state"),
					rapid.SampledFrom([]string{"", "a", "b", links.CancelledBefore}).Draw(t, "reason"), amount.Draw(t, "amount"), amount.Draw(t, "completed"))
				r.ID = shopify.GID(rapid.SampledFrom([]string{"gid://shopify/Refund/1", shopifyOrder}).Draw(t, "id"))
				b.Refunds = append(b.Refunds, r)
			}
			row, err := reconcile.Of(b)
			if err != nil {
				t.Fatal(err)
			}
			same(t, row.Difference, row.Differences)
			rows = append(rows, row)
		}
		totals, err := reconcile.Totals(rows)
		if err != nil || len(totals) != 1 || totals[0].Orders != len(rows) {
			t.Fatal(totals, err)
		}
		same(t, totals[0].Difference, totals[0].Differences)
	})
}

func same(t *rapid.T, whole money.Amount, parts []reconcile.Difference) {
	var sum int64
	for _, part := range parts {
		sum += part.Amount.Minor()
	}
	if sum != whole.Minor() {
		t.Fatalf("%v add up to %d of %s", parts, sum, whole)
	}
}
