package tiktoksim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	body := `{"event_type":"ORDER_STATUS_CHANGE","address":"http://a.test/"}`
	for name, tc := range map[string]struct {
		fault        chaos.Fault
		cut, done    bool
		status, code int
		retryAfter   string
	}{
		"cut before":       {fault: chaos.Fault{Kind: chaos.CutBefore}, cut: true},
		"cut after":        {fault: chaos.Fault{Kind: chaos.CutAfter}, cut: true, done: true},
		"late commit":      {fault: chaos.Fault{Kind: chaos.LateCommit}, cut: true, done: true},
		"server error":     {fault: chaos.Fault{Kind: chaos.ServerError, Status: 502}, status: 502, code: 36009003},
		"throttled":        {fault: chaos.Fault{Kind: chaos.Throttled, RetryAfter: 2 * time.Second}, status: 429, code: 36009002, retryAfter: "2"},
		"throttled in 200": {fault: chaos.Fault{Kind: chaos.Throttled, Status: 200}, status: 200, code: 36009002},
		"token expired":    {fault: chaos.Fault{Kind: chaos.TokenExpired}, status: 401, code: 105002},
		"malformed":        {fault: chaos.Fault{Kind: chaos.Malformed}, status: 200, done: true},
		"timed out":        {fault: chaos.Fault{Kind: chaos.TimedOut}, status: 504, code: 36009007, done: true},
		"slow":             {fault: chaos.Fault{Kind: chaos.Slow, After: time.Millisecond}, status: 200, done: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.script.Add(OpWebhookPut, tc.fault, 1)
			req := r.api(http.MethodPut, "/event/202309/webhooks", url.Values{"shop_cipher": {usCipher}}, body)
			rep, err := r.try(req)
			if (err != nil) != tc.cut {
				t.Fatalf("cut = %v, want %v", err, tc.cut)
			}
			if rep.Status != tc.status || rep.Code != tc.code || rep.Header.Get("Retry-After") != tc.retryAfter {
				t.Errorf("answer = %d, code %d, %v", rep.Status, rep.Code, rep.Header)
			}
			if name == "malformed" && json.Valid(rep.Raw) {
				t.Error("the malformed answer is good JSON")
			}
			if done := len(r.Subscriptions(usShop)) == 1; done != tc.done {
				t.Errorf("work done = %v, want %v", done, tc.done)
			}
			log := r.Requests()
			if last := log[len(log)-1]; last.Fault != tc.fault.Kind || last.Op != OpWebhookPut {
				t.Errorf("log = %+v", last)
			}
			if r.script.Pending() != 0 {
				t.Error("the fault was not used up")
			}
			r.clean()
		})
	}
}
