package routes

import (
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/shopify"
)

// mostOfOneShop is how many requests of one shop may be under way; a merchant's
// whole staff needs fewer.
const mostOfOneShop = 32

var errTooMany = &apiError{http.StatusTooManyRequests, "too_many", "Too many requests of this shop are under way. Try again in a moment."}

// turns keeps one shop, or who has its token, from taking all there is.
type turns struct {
	mu    sync.Mutex
	under map[shopify.Domain]int
}

// take gives the shop a turn, which ends with done, if one is free.
func (t *turns) take(shop shopify.Domain) (done func(), free bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.under[shop] == mostOfOneShop {
		return nil, false
	}
	if t.under == nil {
		t.under = map[shopify.Domain]int{}
	}
	t.under[shop]++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.under[shop]--; t.under[shop] == 0 {
			delete(t.under, shop)
		}
	}, true
}

// inTurn goes on as the shop whose token was found good, or refuses.
func (s *server) inTurn(c *gin.Context, shop shopify.Domain, next func()) {
	done, free := s.turns.take(shop)
	if !free {
		unread(c)
		c.Header("Retry-After", "1")
		s.fail(c, errTooMany)
		return
	}
	defer done()
	next()
}
