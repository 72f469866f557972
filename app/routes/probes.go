package routes

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Probes is the handler of a process that runs jobs and takes no requests:
// whether it lives and whether it can work, and nothing else.
func Probes(d Deps) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ContextWithFallback = true
	engine.HandleMethodNotAllowed = true
	s := &server{Deps: d}
	engine.Use(s.requestID, s.accessLog, s.recovery, securityHeaders, s.bodies.weigh)
	engine.NoRoute(s.notFound)
	engine.NoMethod(s.methodNotAllowed)
	engine.GET("/healthz", s.healthz)
	engine.GET("/readyz", s.readyz)
	return engine
}
