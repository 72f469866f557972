package tiktok

import (
	"reflect"
	"testing"
)

// The names that are decoded are those of TikTok's own documents, or of what stands in for the one that is missing.
func TestAftersaleFieldsAreDocumented(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		document string
		endpoint endpoint
		method   string
		list     string
		typ      reflect.Type
	}{
		"return":       {"return_refund.json", searchReturns, "post", "return_orders", reflect.TypeFor[Return]()},
		"cancellation": {"return_refund.json", searchCancellations, "post", "cancellations", reflect.TypeFor[Cancellation]()},
		"record":       {"return_refund.json", returnRecords, "get", "records", reflect.TypeFor[ReturnRecord]()},
		"reason":       {"return_refund.json", rejectReasons, "get", "reasons", reflect.TypeFor[Reason]()},
		"decision":     {"supplement.json", decisionEligibility, "get", "decisions", reflect.TypeFor[Decidable]()},
	} {
		var document struct {
			Paths map[string]map[string]any `json:"paths"`
		}
		readJSON(t, "../sandbox/tiktoksim/contract/"+c.document, &document)
		schema := dig(t, document.Paths[c.endpoint.path][c.method], "responses", "200", "content", "application/json", "schema",
			"properties", "data", "properties", c.list, "items")
		checkFields(t, name, c.typ, schema)
	}
}

func TestPhases(t *testing.T) {
	t.Parallel()
	returns := map[ReturnStatus]Phase{
		ReturnPending: PhaseOpen, ReturnAwaitsBuyerShip: PhaseOpen, ReturnBuyerShipped: PhaseOpen, ReturnPackageRejected: PhaseOpen,
		ReturnAwaitsBuyer: PhaseOpen, ReplacementPending: PhaseOpen, ReturnSuccess: PhaseApproved, ReplacementRefundSuccess: PhaseApproved,
		ReturnComplete: PhasePaid, ReturnRejected: PhaseClosed, ReturnWithdrawn: PhaseClosed, ReplacementRejected: PhaseClosed,
		ReplacementWithdrawn: PhaseClosed, ReplacementRequestComplete: PhaseClosed, "EXCHANGE_REQUEST_PENDING": PhaseUnknown,
	}
	for status, want := range returns {
		if got := status.Phase(); got != want {
			t.Errorf("%s is %s, want %s", status, got, want)
		}
	}
	for status, want := range map[string]Phase{
		"CANCELLATION_REQUEST_PENDING": PhaseOpen, "CANCELLATION_REQUEST_SUCCESS": PhaseApproved, "CANCELLATION_REQUEST_COMPLETE": PhasePaid,
		"CANCELLATION_REQUEST_CANCEL": PhaseClosed, "CANCELLATION_REQUEST_CANCELLED": PhaseClosed, "": PhaseUnknown,
	} {
		if got := ParseCancelStatus(status).Phase(); got != want {
			t.Errorf("%s is %s, want %s", status, got, want)
		}
	}
}
