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
	ctx, cancel := context.WithTimeout(c.Request.Context(), pingWithin)
	defer cancel()
	for _, part := range s.Parts {
		if err := part.Ask(ctx); err != nil {
			s.Log.WarnContext(c, "not_ready", "part", part.Name, "error", err)
			c.AbortWithStatusJSON(http.StatusServiceUnavailable, gin.H{"error": gin.H{
				"code": "not_ready", "part": part.Name, "message": "This part cannot work now: " + part.Name + ". The log says why.",
			}})
			return
		}
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}
