package routes

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/singleflight"

	"github.com/switchbackhq/switchback/app/pages"
)

type server struct {
	Deps
	static *static
	bodies bodies
	turns  turns
	asked  singleflight.Group
}

// New is the app's handler.
func New(d Deps) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ContextWithFallback = true
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	trustProxies(engine, d.TrustedProxies)

	s := &server{Deps: d, static: ours()}
	engine.Use(s.requestID, s.traced, s.accessLog, s.recovery, securityHeaders, s.bodies.weigh)
	engine.NoRoute(s.notFound)
	engine.NoMethod(s.methodNotAllowed)

	s.public(engine)
	s.pages(engine)
	s.api(engine)
	return engine
}

// public are the addresses that platforms, buyers and operators ask, and the ways in.
func (s *server) public(engine *gin.Engine) {
	engine.GET("/healthz", s.healthz)
	engine.GET("/readyz", s.readyz)

	engine.GET("/auth", s.shopifyAuth)
	engine.GET("/auth/callback", s.shopifyCallback)
	engine.GET(bouncePath, s.bounce)
	engine.GET("/tiktok/callback", s.tiktokCallback)
	engine.GET("/static/:name", s.static.serve)
	engine.GET("/returns/:slug", s.visitReturns)
	engine.GET("/returns/:slug/", s.visitReturns)

	engine.POST(shopifyHook, s.shopifyWebhook)
	engine.POST(tiktokHook, s.tiktokWebhook)
}

// pages are the admin's.
func (s *server) pages(engine *gin.Engine) {
	admin := engine.Group("", s.embedded)
	admin.GET("/", s.home)
	admin.GET("/guide", s.guidePage)
	admin.GET("/guide/print", s.guideSheet)
	admin.POST("/guide/:step/:deed", s.doInGuide)
	admin.GET("/orders", s.ordersPage)
	admin.POST("/orders/import", s.importNumber)
	admin.GET("/orders/backfills", s.backfillsPage)
	admin.POST("/orders/backfills", s.beginBackfill)
	admin.POST("/orders/backfills/:backfill/stop", s.stopOnPage)
	admin.POST("/orders/backfills/:backfill/resume", s.resumeOnPage)
	admin.GET("/orders/:id", s.orderPage)
	admin.POST("/orders/:id/import", s.importNow)
	admin.POST("/orders/:id/loop-check", s.checkInLoop)
	admin.POST("/orders/:id/refunds/:refund/approve", s.sendRefund)
	admin.POST("/orders/:id/exceptions/:exception/retry", s.retryOnOrder)
	admin.POST("/orders/:id/exceptions/:exception/resolve", s.resolveOnOrder)

	admin.GET("/exceptions", s.exceptionsOverview)
	admin.GET("/exceptions/:code", s.exceptionsOfCode)
	admin.POST("/exceptions/:code/retry", s.retryPile)
	admin.POST("/exceptions/:code/:exception/retry", s.retryInPile)
	admin.POST("/exceptions/:code/:exception/resolve", s.resolveInPile)
	admin.POST("/mappings/skus/csv", s.importSKUs)
	for _, kind := range []mappingKind{s.skuKind(), s.carrierKind(), s.reasonKind()} {
		admin.GET(kind.table.Path, s.mappingsPage(kind))
		admin.POST(kind.table.Path, s.saveMapping(kind))
	}

	admin.GET("/reconciliation", s.reconciliationPage)

	admin.GET("/settings", s.settingsPage)
	admin.GET(pages.PrivacyPath, s.privacyPage)
	admin.POST("/settings/:section", s.saveSettings)
	admin.POST("/settings/tiktok/:id/:wish", s.switchTikTok)
}

// api is what the pages' script, the block and the merchant's own programs ask.
func (s *server) api(engine *gin.Engine) {
	// The one address that is asked from another origin.
	engine.OPTIONS("/api/block", crossOrigin, preflight)
	engine.GET("/api/block", crossOrigin, s.session, s.readBlock)

	api := engine.Group("/api", s.session)
	api.POST("/tiktok/connect", s.connectTikTok)
	api.POST("/tiktok/disconnect", s.disconnectTikTok)
	api.GET("/settings", s.readSettings)
	api.PUT("/settings", s.changeSettings)
	api.GET("/orders", s.listOrders)
	api.GET("/orders/:id", s.readOrder)
	api.POST("/orders/:id/import", s.importOrder)
	api.POST("/orders/:id/loop-check", s.testInLoop)
	api.GET("/backfills", s.listBackfills)
	api.POST("/backfills", s.startBackfill)
	api.POST("/backfills/:id/stop", s.stopBackfill)
	api.POST("/backfills/:id/resume", s.resumeBackfill)
	api.GET("/test-order", s.readTestOrder)
	api.POST("/test-order", s.sendTestOrder)
	api.GET("/mappings/skus", s.listSKUs)
	api.PUT("/mappings/skus", s.changeSKUs)
	api.GET("/mappings/carriers", s.listCarriers)
	api.PUT("/mappings/carriers", s.changeCarriers)
	api.GET("/mappings/reasons", s.listReasons)
	api.PUT("/mappings/reasons", s.changeReasons)
	api.GET("/refunds", s.listRefunds)
	api.POST("/refunds/approve", s.approveRefunds)
	api.POST("/refunds/:id/approve", s.approveRefund)
	api.GET("/reconciliation", s.reconciliation)
	api.GET("/privacy/requests", s.listPrivacyRequests)
	api.GET("/privacy/requests/:id/report", s.privacyReport)
	api.GET("/exceptions", s.listExceptions)
	api.POST("/exceptions/:id/retry", s.retryException)
	api.POST("/exceptions/:id/resolve", s.resolveException)
}
