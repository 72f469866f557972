package refunds_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

var update = flag.Bool("update", false, "write the golden files anew")

func situationIn(t *testing.T, text string) situation {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	var c situation
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestPlans(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/plans/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := situationIn(t, string(raw))
			truth, steps, halt := c.planned()
			if halt == nil {
				wholesome(t, c, truth, steps)
			}
			golden(t, strings.TrimSuffix(file, ".json")+".plan", told(steps, halt))
		})
	}
}

// shapes are what a refund may be about, of an order of two mugs at 10.00, a shirt
// at 15.50 and 4.50 shipping; %[1]s is the status of every unit.
var shapes = []struct{ name, text string }{
	{"full line", `{"Lines":{"mug":2},"Transactions":[{"Amount":"20.00"}]}`},
	{"one of several units", `{"Lines":{"mug":1},"Transactions":[{"Amount":"10.00"}]}`},
	{"partial, less a fee", `{"Lines":{"mug":1},"Transactions":[{"Amount":"7.51"}]}`},
	{"two packages", `{"Lines":{"mug":2},"Transactions":[{"Amount":"19.99"}]}`},
	{"two packages, whole", `{"Lines":{"mug":2},"Transactions":[{"Amount":"20.00"}]}`},
	{"shipping included", `{"Lines":{"mug":1},"Transactions":[{"Amount":"14.50"}]}`},
	{"whole order", `{"Lines":{"mug":2,"tee":1},"Transactions":[{"Amount":"40.00"}]}`},
	{"whole order, shipping kept", `{"Lines":{"mug":2,"tee":1},"Transactions":[{"Amount":"35.50"}]}`},
	{"cancelled in Shopify", `null`},
}

// The matrix: what is done with each kind of refund by where its units are.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, status := range []tiktok.OrderStatus{
		tiktok.Unpaid, tiktok.OnHold, tiktok.AwaitingShipment, tiktok.PartiallyShipping, tiktok.AwaitingCollection,
		tiktok.InTransit, tiktok.Delivered, tiktok.Completed, tiktok.CancelledStatus, "SOMETHING_NEW",
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, shape := range shapes {
				second := "P1"
				if strings.HasPrefix(shape.name, "two packages") {
					second = "P2"
				}
				c := situationIn(t, fmt.Sprintf(`{"Paid":"40.00","Shipping":"4.50","Units":[
					{"ID":"1","Line":"mug","Most":"10.00","Status":%[1]q,"Package":"P1"},{"ID":"2","Line":"mug","Most":"10.00","Status":%[1]q,"Package":%[2]q},
					{"ID":"3","Line":"tee","Most":"15.50","Status":%[1]q,"Package":"P1"}],"Refund":%[3]s}`, status, second, shape.text))
				truth, steps, halt := c.planned()
				if halt == nil {
					wholesome(t, c, truth, steps)
				}
				fmt.Fprintf(&b, "## %s\n%s\n", shape.name, told(steps, halt))
			}
			golden(t, filepath.Join("testdata/matrix", strings.ToLower(string(status))+".plan"), b.String())
		})
	}
}

// notPlanned are codes that a plan cannot open: they tell of what happens after it.
var notPlanned = []exceptions.Code{
	exceptions.RefundAmountRefused, exceptions.RefundRefused, exceptions.PartlySent, exceptions.RefundNotMirrored, exceptions.MirrorRefused,
}

func TestEveryCodeHasAPlan(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*/*.plan")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	for _, code := range exceptions.OfRefunds() {
		if !slices.Contains(notPlanned, code) && !strings.Contains(all.String(), "code="+string(code)+" ") {
			t.Errorf("no case ends with %s", code)
		}
	}
}
