package tiktoksim

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// answer is TikTok's envelope with the HTTP status around it. Success is code 0; TikTok publishes no statuses but a few.
type answer struct {
	status    int
	code      int
	message   string
	data      any
	violation string // why the request breaks the contract; empty when it does not
}

func success(data any) answer {
	return answer{status: http.StatusOK, message: "Success", data: data}
}

// breach refuses a request that the contract does not allow.
func breach(status, code int, why string) answer {
	return answer{status: status, code: code, message: why, violation: why}
}

// The refusals that a correct caller can meet. The codes are those of Partner Center's common error table; the wording
// is approximate, so callers must not depend on it beyond a keyword.
var (
	tokenExpired   = answer{status: http.StatusUnauthorized, code: 105002, message: "Expired credentials."}
	tokenRevoked   = answer{status: http.StatusUnauthorized, code: 105001, message: "The authorization was removed."}
	tokenInvalid   = answer{status: http.StatusUnauthorized, code: 36009004, message: "Invalid credentials. The 'x-tts-access-token' header is invalid."}
	scopeDenied    = answer{status: http.StatusForbidden, code: 105005, message: "Access denied."}
	otherShop      = answer{status: http.StatusUnauthorized, code: 101000, message: "Invalid query or header parameters."}
	cipherUnknown  = answer{status: http.StatusBadRequest, code: 106013, message: "Invalid 'shop_cipher'."}
	signWrong      = answer{status: http.StatusUnauthorized, code: 106001, message: "Invalid credentials. The 'sign' query parameter is invalid."}
	appKeyWrong    = answer{status: http.StatusBadRequest, code: 36009004, message: "Invalid credentials. The 'app_key' query parameter is invalid."}
	timestampWrong = answer{status: http.StatusBadRequest, code: 36009004, message: "Invalid 'timestamp' query parameter."}
	pathUnknown    = answer{status: http.StatusNotFound, code: 36009009, message: "Invalid path."}
	tooFast        = answer{status: http.StatusTooManyRequests, code: 36009002, message: "Too many requests."}
	gatewayTimeout = answer{status: http.StatusGatewayTimeout, code: 36009007, message: "Request timeout."}
	internalError  = answer{status: http.StatusInternalServerError, code: 36009003, message: "Internal error. Please try again."}
)

func (s *Sim) encode(a answer) []byte {
	s.mu.Lock()
	id := fmt.Sprintf("SIM%s%08d", s.now().UTC().Format("20060102150405"), s.next())
	s.mu.Unlock()
	body, err := json.Marshal(struct {
		Code      int    `json:"code"`
		Message   string `json:"message"`
		RequestID string `json:"request_id"`
		Data      any    `json:"data"`
	}{a.code, a.message, id, a.data})
	if err != nil { // our own values only; a failure is a bug of the simulator and must not look like an answer
		panic(fmt.Sprintf("tiktoksim: encode answer: %v", err))
	}
	return body
}

// write sends the answer, or what the fault leaves of it.
func (s *Sim) write(w http.ResponseWriter, a answer, f chaos.Fault) {
	body := s.encode(a)
	switch f.Kind {
	case chaos.CutBefore, chaos.CutAfter, chaos.LateCommit:
		chaos.Cut(w)
	case chaos.Malformed:
		body = body[:len(body)/2]
	case chaos.Throttled:
		f.SetRetryAfter(w.Header())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // the caller has gone: nothing to tell it
}

// faulted is the answer of a call that the script stops before any work; false lets the call go on.
func faulted(f chaos.Fault) (answer, bool) {
	switch f.Kind {
	case chaos.CutBefore:
		return answer{}, true
	case chaos.ServerError:
		a := internalError
		a.status = f.HTTPStatus()
		return a, true
	case chaos.Throttled:
		a := tooFast
		a.status = f.HTTPStatus()
		return a, true
	case chaos.TokenExpired:
		return tokenExpired, true
	}
	return answer{}, false
}
