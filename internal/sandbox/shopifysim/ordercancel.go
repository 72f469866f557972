package shopifysim

import (
	"slices"
	"time"
)

// job is asynchronous work that was accepted.
type job struct {
	gid  string
	done bool
}

func (j *job) object() object {
	return object{typ: "Job", of: j, fields: map[string]any{"id": j.gid, "done": j.done}}
}

// orderCancel is Mutation.orderCancel: it accepts or refuses at once, and the work is done Options.CancelTakes later.
func orderCancel(x *execution, _ any, args input) (any, error) {
	r := x.shop.orderByID(args.text("orderId"))
	refuse := func(code, message string, field ...string) (any, error) {
		return cancelPayload(nil, refusal{code, message, field}), nil
	}
	switch {
	case r == nil:
		return refuse("NOT_FOUND", "Order not found", "orderId")
	case args.has("refund"):
		x.drift = append(x.drift, "orderCancel's argument refund is deprecated")
	case args.object("refundMethod") != nil:
		x.drift = append(x.drift, "orderCancel's refundMethod is not simulated")
	}
	if message := r.uncancellable(); message != "" {
		return refuse("INVALID", message, "orderId")
	}
	const longestNote = 255
	if len([]rune(args.text("staffNote"))) > longestNote {
		return refuse("INVALID", "Staff note is too long", "staffNote")
	}
	j := &job{gid: x.sim.nextGID("Job")}
	x.shop.jobs = append(x.shop.jobs, j)
	sh, sim := x.shop, x.sim
	sim.late = append(sim.late, lateCommit{x.now.Add(sim.opts.CancelTakes), func(now time.Time) {
		j.done = true
		if r.uncancellable() == "" {
			(&execution{sim: sim, shop: sh, now: now.UTC().Truncate(time.Millisecond)}).cancel(r, args)
		}
	}})
	if args.truth("notifyCustomer") {
		sim.emails = append(sim.emails, Email{sh.spec.Domain, r.Email, "order cancelled", r.GID})
	}
	return cancelPayload(j), nil
}

// uncancellable says why an order cannot be cancelled, "" when it can.
func (r *orderRecord) uncancellable() string {
	switch {
	case !r.Canceled.IsZero():
		return "Order has already been cancelled"
	case r.FulfillmentStatus == "FULFILLED", r.FulfillmentStatus == "PARTIALLY_FULFILLED":
		return "Cannot cancel an order that has been fulfilled"
	}
	return ""
}

func cancelPayload(j *job, bad ...refusal) object {
	out := payload("OrderCancelPayload", "job", nil, "OrderCancelUserError", bad...)
	out.fields["orderCancelUserErrors"], out.fields["userErrors"] = out.fields["userErrors"], []object{}
	out.fields["jobResult"] = nil
	if j != nil {
		out.fields["job"] = j.object()
	}
	return out
}

func (x *execution) cancel(r *orderRecord, args input) {
	r.Canceled, r.ClosedAt, r.CancelReason = x.now, x.now, args.text("reason")
	for i := range r.Lines {
		line := &r.Lines[i]
		if left := line.Quantity - line.Removed; left > 0 && args.truth("restock") {
			x.restock(line.VariantGID, left)
		}
		line.Dropped += line.unfulfilled()
		line.Removed = line.Quantity
	}
	for i := range r.FulfillmentOrders {
		o := &r.FulfillmentOrders[i]
		o.Status, o.UpdatedAt = "CANCELLED", x.now
		for j := range o.Lines {
			o.Lines[j].Total, o.Lines[j].Remaining = 0, 0
		}
	}
	if r.Received == 0 && r.Total > 0 {
		r.FinancialStatus = "VOIDED"
	}
	x.sim.send(x.shop, "orders/cancelled", orderWebhook(r))
	x.changed(r)
}

// queryJob answers null for a job that nobody knows.
func queryJob(x *execution, _ any, args input) (any, error) {
	i := slices.IndexFunc(x.shop.jobs, func(j *job) bool { return j.gid == args.text("id") })
	if i < 0 {
		return nil, nil
	}
	return x.shop.jobs[i].object(), nil
}
