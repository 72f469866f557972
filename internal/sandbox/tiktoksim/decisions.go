package tiktoksim

import (
	"slices"
	"strings"
)

// reasonText is what a person reads for a reason's name.
func reasonText(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// rejectNames are the reasons that TikTok takes for saying no to a case.
func rejectNames(a *aftersale) []string {
	if a.cancel {
		return []string{"seller_reject_apply_product_has_been_packed"}
	}
	return []string{"reverse_reject_request_reason_1", "seller_reject_apply_product_not_damaged"}
}

func rejectDocuments(a *aftersale) []any {
	rows := []any{}
	for _, name := range rejectNames(a) {
		rows = append(rows, map[string]any{"name": name, "text": reasonText(name)})
	}
	return rows
}

func (s *Sim) rejectReasons(c *call) answer {
	a := s.cases[c.query.Get("return_or_cancel_id")]
	if a == nil || a.order.shop != c.shop {
		return noSuchOrder
	}
	return frozen(map[string]any{"reasons": rejectDocuments(a)})
}

// decisionEligibility says of each decision asked about whether it can be taken now (202601).
func (s *Sim) decisionEligibility(c *call) answer {
	a := s.cases[c.query.Get("return_or_cancel_id")]
	if a == nil || a.order.shop != c.shop {
		return noSuchOrder
	}
	rows := []any{}
	for _, name := range strings.Split(c.query.Get("check_decisions"), ",") {
		row := map[string]any{"decision": name, "eligible": slices.Contains(a.possible(), name)}
		if row["eligible"] == false {
			no := a.decided(decision{Decision: name})
			row["ineligible_code"], row["ineligible_reason"] = no.code, no.message
		} else if strings.HasPrefix(name, "REJECT") {
			row["available_reject_reasons"] = rejectDocuments(a)
		}
		rows = append(rows, row)
	}
	return frozen(map[string]any{"decisions": rows})
}

func (s *Sim) returnRecords(c *call) answer {
	a := s.caseAt(c, c.vars["return_id"], false)
	if a == nil {
		return noSuchOrder
	}
	rows := []any{}
	for _, r := range a.records {
		rows = append(rows, map[string]any{"event": r.event, "role": r.role, "create_time": r.at,
			"description": reasonText(strings.ToLower(r.event))})
	}
	return frozen(map[string]any{"records": rows})
}
