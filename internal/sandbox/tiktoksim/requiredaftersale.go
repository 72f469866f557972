package tiktoksim

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// aftersaleDemands are the demands of returns and cancellations.
var aftersaleDemands = map[string]demand{
	OpEligibility: {
		check: checkEligibility,
		why:   "aftersale eligibility 202512: who asks, and for which of the request types",
	},
	OpCalculate: {
		body:  []string{"order_id", "request_type", "reason_name"},
		check: checkUnits,
		why:   "calculate refund 202309: order, request type and reason are required",
	},
	OpReturnCreate: {
		body:  []string{"order_id", "return_type", "return_reason"},
		check: both(checkUnits, checkReturnCreate),
		why:   "create return 202309: order, type and reason are required; an amount comes with its currency; a key has at most 255 characters",
	},
	OpReturnSearch: {
		check: func(c *call) error { return checkAftersaleSearch(c, 10) },
		why:   "search returns 202309: page_size 10 to 50",
	},
	OpReturnApprove: {
		body:  []string{"decision"},
		check: checkKey,
		why:   "approve return 202309: a decision is required",
	},
	OpReturnReject: {
		body:  []string{"decision", "reject_reason"},
		check: checkKey,
		why:   "reject return 202309: a decision and a reason are required",
	},
	OpCancelCreate: {
		body:  []string{"order_id", "cancel_reason"},
		check: checkUnits,
		why:   "cancel order 202309: order and reason are required",
	},
	OpCancelSearch: {
		check: func(c *call) error { return checkAftersaleSearch(c, 1) },
		why:   "search cancellations 202309: page_size 1 to 50",
	},
	OpCancelApprove: {check: checkKey, why: "approve cancellation 202309: a key has at most 255 characters"},
	OpCancelReject: {
		body:  []string{"reject_reason"},
		check: checkKey,
		why:   "reject cancellation 202309: a reason is required",
	},
	OpDecisions: {
		check: checkDecisions,
		why:   "decision eligibility 202601: known decisions, comma-joined",
	},
}

func both(checks ...func(*call) error) func(*call) error {
	return func(c *call) error {
		for _, check := range checks {
			if err := check(c); err != nil {
				return err
			}
		}
		return nil
	}
}

func checkEligibility(c *call) error {
	if who := c.query.Get("initiate_aftersale_user"); who != "SELLER" && who != "BUYER" {
		return errors.New("param initiate_aftersale_user is not SELLER or BUYER")
	}
	for _, name := range strings.Split(c.query.Get("request_types"), ",") {
		if name != "" && !slices.Contains(aftersaleRequests, name) {
			return errors.New("param request_types holds an unknown type")
		}
	}
	return nil
}

// checkUnits holds a body to one way of naming units.
func checkUnits(c *call) error {
	body, err := decodeBody[aftersaleAsk](c)
	if err != nil {
		return err
	}
	if len(body.LineIDs) > 0 && len(body.SKUs) > 0 {
		return errors.New("param body names units by line and by sku")
	}
	return nil
}

func checkReturnCreate(c *call) error {
	body, err := decodeBody[aftersaleAsk](c)
	if err != nil {
		return err
	}
	if (body.RefundTotal == "") != (body.Currency == "") {
		return errors.New("param body.refund_total and body.currency come together")
	}
	return checkKey(c)
}

func checkKey(c *call) error {
	if len(c.query.Get("idempotency_key")) > 255 {
		return errors.New("param idempotency_key is longer than 255 characters")
	}
	return nil
}

func checkAftersaleSearch(c *call, least int) error {
	if text := c.query.Get("page_size"); text != "" {
		if size, err := strconv.Atoi(text); err != nil || size < least || size > 50 {
			return fmt.Errorf("param page_size is not %d to 50", least)
		}
	}
	if f := c.query.Get("sort_field"); f != "" && f != "create_time" && f != "update_time" {
		return errors.New("param sort_field is not create_time or update_time")
	}
	if o := c.query.Get("sort_order"); o != "" && o != "ASC" && o != "DESC" {
		return errors.New("param sort_order is not ASC or DESC")
	}
	return nil
}

// everyDecision is what decision eligibility can be asked about.
var everyDecision = []string{"APPROVE_REQUEST_CANCEL", "APPROVE_REFUND", "APPROVE_RETURN", "APPROVE_RECEIVED_PACKAGE",
	"APPROVE_REPLACEMENT", "ISSUE_REPLACEMENT_REFUND", "OFFER_PARTIAL_REFUND", "DIRECT_REFUND", "REJECT_REQUEST_CANCEL", "REJECT_REFUND", "REJECT_RETURN",
	"REJECT_RECEIVED_PACKAGE", "REJECT_REPLACEMENT"}

func checkDecisions(c *call) error {
	for _, name := range strings.Split(c.query.Get("check_decisions"), ",") {
		if !slices.Contains(everyDecision, name) {
			return errors.New("param check_decisions holds no or an unknown decision")
		}
	}
	return nil
}
