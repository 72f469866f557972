package routes

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

const pingWithin = 2 * time.Second

// healthz says that the process runs.
func (s *server) healthz(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) }

// readyz says that it can work, or names the first part that cannot. The log
// has the reason, which may name a host.
func (s *server) readyz(c *gin.Context) {
	// All who ask at once are told the same: anybody may ask, and the database has other work.
	answer, _, _ := s.asked.Do("ready", func() (any, error) { return s.missing(context.WithoutCancel(c.Request.Context())), nil })
	if part, _ := answer.(string); part != "" {
		c.AbortWithStatusJSON(http.StatusServiceUnavailable, gin.H{"error": gin.H{
			"code": "not_ready", "part": part, "message": "This part cannot work now: " + part + ". The log says why.",
		}})
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}

// missing is the name of the first part that cannot work.
func (s *server) missing(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	for _, part := range s.Parts {
		if err := part.Ask(ctx); err != nil {
			s.Log.WarnContext(ctx, "not_ready", "part", part.Name, "error", err)
			return part.Name
		}
	}
	return ""
}
