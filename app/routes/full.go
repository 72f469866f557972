package routes

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Full is the handler of a process that has no connection left for who comes: it
// reads no body, keeps nothing, and says so at once, so that the platforms deliver
// again. Whoever asks whether the process lives is still told.
func Full(d Deps) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ContextWithFallback = true
	s := &server{Deps: d}
	engine.Use(s.requestID, s.accessLog, s.recovery, securityHeaders)
	engine.NoRoute(s.full)
	engine.GET("/healthz", s.healthz)
	engine.POST(shopifyHook, s.fullForDeliveries)
	engine.POST(tiktokHook, s.fullForDeliveries)
	return engine
}

func (s *server) full(c *gin.Context) {
	crowded(c)
	s.fail(c, errCrowded)
}

func (s *server) fullForDeliveries(c *gin.Context) {
	crowded(c)
	s.reject(c, errCrowded)
}

// crowded says when to come again, and ends the connection.
func crowded(c *gin.Context) {
	c.Header("Connection", "close")
	c.Header("Retry-After", "30")
}
