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

// readyz says that it can work: the database is there and migrated.
func (s *server) readyz(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), pingWithin)
	defer cancel()
	if err := s.Health.Ping(ctx); err != nil {
		s.fail(c, &apiError{http.StatusServiceUnavailable, "not_ready", "The database cannot be reached or is not migrated yet."})
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}
