package routes

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
)

const (
	requestIDKey     = "request_id"
	requestIDHeader  = "X-Request-Id"
	claimsKey        = "claims"
	installedShopKey = "shop"
	// toldKey marks a request whose outcome the log has.
	toldKey = "told"
	// retryHeader asks App Bridge to fetch a new session token and repeat the request.
	retryHeader = "X-Shopify-Retry-Invalid-Session-Request"
	// closedPolicy lets a document load and do nothing, and nobody frame it.
	closedPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

func trustProxies(engine *gin.Engine, proxies []netip.Prefix) {
	networks := make([]string, 0, len(proxies))
	for _, prefix := range proxies {
		networks = append(networks, prefix.String())
	}
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := engine.SetTrustedProxies(networks); err != nil {
		panic(fmt.Errorf("a netip.Prefix that is no CIDR: %w", err))
	}
}

func (s *server) requestID(c *gin.Context) {
	id := rand.Text()
	c.Set(requestIDKey, id)
	c.Header(requestIDHeader, id)
	c.Next()
}

// traced begins the trace of a request. What a stranger's request says of traces counts for nothing.
func (s *server) traced(c *gin.Context) {
	if s.Trace == nil {
		return
	}
	ctx, end := s.Trace(c.Request.Context(), method(c.Request.Method))
	c.Request = c.Request.WithContext(ctx)
	defer func() { end(c.FullPath(), c.Writer.Status()) }()
	c.Next()
}

// accessLog writes one line for a request that has none yet. Route and status
// say enough: a path may hold ids, a query tokens and codes, an address is a
// person's.
func (s *server) accessLog(c *gin.Context) {
	start := time.Now()
	c.Next()
	if c.GetBool(toldKey) {
		return
	}
	s.Log.InfoContext(c, "http.request", "request_id", c.GetString(requestIDKey), "method", method(c.Request.Method),
		"route", c.FullPath(), "status", c.Writer.Status(), "bytes", max(c.Writer.Size(), 0), "took", time.Since(start))
}

// method keeps a stranger's invention out of the log.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// recovery turns a panic into a 500. The request is not logged: it may hold tokens and buyers' data.
func (s *server) recovery(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(cause)
		}
		s.Log.ErrorContext(c, "http.panic", "request_id", c.GetString(requestIDKey), "route", c.FullPath(),
			"panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
		if c.Writer.Written() {
			c.Abort()
			return
		}
		s.fail(c, errInternal)
	}()
	c.Next()
}

// securityHeaders stand on every answer, errors and redirects too. Nobody may
// frame what does not say otherwise, and pages say what else they may do.
func securityHeaders(c *gin.Context) {
	c.Header("Content-Security-Policy", closedPolicy)
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Cache-Control", "no-store")
	c.Next()
}

// session lets a request through that carries a valid session token of an
// installed shop. The token's shop is the only one it may see.
func (s *server) session(c *gin.Context) {
	raw, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !ok {
		s.refuseToken(c, "A session token is needed: Authorization: Bearer …")
		return
	}
	claims, err := s.verifyToken(raw)
	if err != nil {
		s.refuseToken(c, "The session token is not valid.")
		return
	}
	if shop, given := c.GetQuery("shop"); given && shop != string(claims.Shop) {
		s.refuseToken(c, "The session token is another shop's.")
		return
	}
	s.inTurn(c, claims.Shop, func() { s.enter(c, claims) })
}

// enter goes on as the token's shop, if it is installed.
func (s *server) enter(c *gin.Context, claims shopify.Claims) {
	shop, err := s.Shops.Shop(c.Request.Context(), claims.Shop)
	switch {
	case errors.Is(err, shops.ErrNotFound) || err == nil && !shop.Installed():
		s.fail(c, &apiError{http.StatusUnauthorized, "not_installed", "Switchback is not installed in this shop. Open it in the Shopify admin."})
	case err != nil:
		s.fail(c, err)
	default:
		c.Set(claimsKey, claims)
		c.Set(installedShopKey, shop)
		c.Next()
	}
}

func (s *server) refuseToken(c *gin.Context, message string) {
	unread(c)
	c.Header(retryHeader, "1")
	s.fail(c, &apiError{http.StatusUnauthorized, "invalid_session_token", message})
}

func (s *server) verifyToken(raw string) (shopify.Claims, error) {
	return shopify.VerifySessionToken(raw, shopify.SessionTokens{APIKey: s.APIKey, Secrets: s.Secrets, Now: s.Now})
}

// shopOf is the shop that session let through.
func shopOf(c *gin.Context) shops.Shop { return c.MustGet(installedShopKey).(shops.Shop) }

func userOf(c *gin.Context) string { return c.MustGet(claimsKey).(shopify.Claims).UserID }
