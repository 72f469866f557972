package routes

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
)

// bodiesBytes is what the bodies of all requests under way may have in memory
// beyond bodyRoom each, which only the number of connections bounds: large ones
// are refused while small ones, as nearly all deliveries are, go on.
const bodiesBytes = 32 << 20

// lingering is how long the rest of a body that nobody waits for may still come,
// so that who sends it reads the answer before the connection is closed.
const lingering = 500 * time.Millisecond

var errCrowded = &apiError{http.StatusServiceUnavailable, "busy", "Too much is arriving at the moment. Send it again later."}

// bodies is how much of that is taken.
type bodies struct{ held atomic.Int64 }

// weigh counts what comes of a body, not what is claimed of it, and gives it
// back when the request is over.
func (b *bodies) weigh(c *gin.Context) {
	if c.Request.Body == nil || c.Request.Body == http.NoBody {
		return
	}
	body := &weighed{ReadCloser: c.Request.Body, all: b}
	// A copy: net/http looks at its own request's body to tell whether a caller is
	// still sending, and lets that one read the answer before it closes.
	c.Request = c.Request.WithContext(c.Request.Context())
	c.Request.Body = body
	defer func() { b.held.Add(-body.held) }()
	c.Next()
	if !body.ended {
		// net/http waits for the rest of a body as long as a read may take.
		// A writer that has no connection, as in tests, has none to hold open.
		_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(lingering))
	}
}

// weighed is a body whose bytes are counted as they come.
type weighed struct {
	io.ReadCloser
	all        *bodies
	come, held int64
	ended      bool
}

func (w *weighed) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.come += int64(n)
	w.ended = w.ended || errors.Is(err, io.EOF)
	more := max(0, w.come-bodyRoom) - w.held
	w.held += more
	if w.all.held.Add(more) > bodiesBytes && more > 0 {
		return n, errCrowded
	}
	return n, err
}

// unread ends the connection after an answer that leaves a body unread: net/http
// would wait for the rest of it.
func unread(c *gin.Context) {
	if c.Request.ContentLength != 0 {
		c.Header("Connection", "close")
	}
}
