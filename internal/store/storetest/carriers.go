package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/mappings"
)

func carriers(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	row := func(company, provider string) mappings.Carrier {
		return mappings.Carrier{Company: company, Provider: provider, Note: "n"}
	}
	must(t, b.ChangeCarriers(ctx, demo, []mappings.Carrier{row("Zippy", "USPS"), row("Own van", "7117")}, Job{Name: "resume"}))
	must(t, b.ChangeCarriers(ctx, other, []mappings.Carrier{row("Zippy", "UPS")}))
	must(t, b.ChangeCarriers(ctx, demo, []mappings.Carrier{row("OWN-VAN", ""), row("zippy!", "FedEx"), row("never there", "")}))
	if diff := cmp.Diff([]string{"resume"}, Jobs(t, b.Store)); diff != "" {
		t.Error(diff)
	}
	if err := b.ChangeCarriers(ctx, demo, []mappings.Carrier{row("zippy", "UPS")}, Job{Broken: func() {}}); err == nil {
		t.Error("a job that cannot be kept was taken")
	}
	list, err := b.Carriers(ctx, demo)
	want := []mappings.Carrier{{Company: "zippy!", Provider: "FedEx", Note: "n", UpdatedAt: b.Now()}}
	if diff := cmp.Diff(want, list); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for key, want := range map[string]string{"zippy": "FedEx", "ownvan": "", "' OR 1=1": ""} {
		if got, err := b.CarrierProvider(ctx, demo, key); err != nil || got != want {
			t.Errorf("%q: %q, %v", key, got, err)
		}
	}
	_, err = b.UninstallShop(ctx, demo, b.Now())
	must(t, err)
	must(t, b.EraseShop(ctx, demo))
	if left, err := b.Carriers(ctx, demo); err != nil || len(left) != 0 {
		t.Errorf("left after the erasure: %v, %v", left, err)
	}
	if kept, err := b.Carriers(ctx, other); err != nil || len(kept) != 1 {
		t.Errorf("another shop's: %v, %v", kept, err)
	}
}
