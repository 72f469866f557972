package routes

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
)

// bouncePath is the page that only fetches a session token.
const bouncePath = "/auth/session-token"

// home is the app's first page in the admin. Shopify puts a session token into
// the address of a document; with it the shop is installed on its first visit.
func (s *server) home(c *gin.Context) {
	query := c.Request.URL.Query()
	named, shopErr := shopify.ParseDomain(query.Get("shop"))
	token := query.Get("id_token")
	switch {
	case token == "" && !query.Has("shop"):
		s.notice(c, http.StatusOK, pages.Notice{Title: "Switchback", Text: "Open Switchback in your Shopify admin, under Apps."})
		return
	case query.Has("shop") && shopErr != nil:
		s.fail(c, badRequest("invalid_shop", "The shop parameter is no shop's domain."))
		return
	case token == "":
		s.toBounce(c, named)
		return
	}
	claims, err := s.verifyToken(token)
	switch {
	case err != nil && named != "" && s.expired(token):
		s.toBounce(c, named)
	case err != nil:
		s.refuseToken(c, "The session token is not valid.")
	case query.Has("shop") && named != claims.Shop:
		s.refuseToken(c, "The session token is another shop's.")
	default:
		s.embedded(c, claims.Shop, token)
	}
}

// expired tells whether a token that was refused had been good in its time.
func (s *server) expired(raw string) bool {
	_, rest, _ := strings.Cut(raw, ".")
	payload, _, _ := strings.Cut(rest, ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return false
	}
	var claims struct {
		Exp float64 `json:"exp"`
	}
	if json.Unmarshal(text, &claims) != nil {
		return false
	}
	end := time.Unix(int64(claims.Exp), 0)
	if end.After(s.Now()) {
		return false
	}
	accept := shopify.SessionTokens{APIKey: s.APIKey, Secrets: s.Secrets, Now: func() time.Time { return end.Add(-time.Second) }}
	_, err = shopify.VerifySessionToken(raw, accept)
	return err == nil
}

// toBounce sends the browser to fetch a session token and to come back.
func (s *server) toBounce(c *gin.Context, shop shopify.Domain) {
	query := c.Request.URL.Query()
	query.Del("id_token")
	query.Del("shopify-reload")
	query.Set("shop", string(shop))
	back := s.AppURL + c.Request.URL.Path + "?" + query.Encode()
	query.Set("shopify-reload", back)
	c.Redirect(http.StatusFound, bouncePath+"?"+query.Encode())
}

// bounce is that page. App Bridge reads where to go from the address; we only
// let it be an address of ours.
func (s *server) bounce(c *gin.Context) {
	shop, err := shopify.ParseDomain(c.Query("shop"))
	if err != nil || !strings.HasPrefix(c.Query("shopify-reload"), s.AppURL+"/") {
		s.fail(c, badRequest("invalid_bounce", "Open Switchback in your Shopify admin, under Apps."))
		return
	}
	s.frame(c, shop)
	s.render(c, http.StatusOK, pages.Bounce{Head: s.head()})
}

// embedded shows the page to a shop, which it installs first where needed.
func (s *server) embedded(c *gin.Context, domain shopify.Domain, token string) {
	s.frame(c, domain)
	ctx := c.Request.Context()
	shop, err := s.Installer.Ensure(ctx, domain, token)
	if errors.Is(err, shopify.ErrGrantRefused) {
		s.refuseToken(c, "Shopify does not take the session token any more. Reload the page.")
		return
	}
	if err != nil {
		s.pageFailed(c, domain, err)
		return
	}
	page, err := s.homePage(ctx, shop)
	if err != nil {
		s.pageFailed(c, domain, err)
		return
	}
	s.render(c, http.StatusOK, page)
}

// pageFailed is what a person sees in the admin when a page cannot be shown.
func (s *server) pageFailed(c *gin.Context, shop shopify.Domain, err error) {
	id := c.GetString(requestIDKey)
	s.Log.ErrorContext(c, "page.failed", "request_id", id, "route", c.FullPath(), "shop", shop, "error", err)
	s.render(c, http.StatusServiceUnavailable, pages.Notice{
		Title: "Switchback cannot show this page",
		Text:  "Reload the page in a minute. If it stays like this, tell support the request id " + id + ".",
	})
}

func (s *server) homePage(ctx context.Context, shop shops.Shop) (pages.Home, error) {
	page := pages.Home{Head: s.head(), Shop: shop}
	var errs [4]error
	page.Connections, errs[0] = s.Overview.Connections(ctx, shop.Domain)
	page.Settings, errs[1] = s.Settings.Settings(ctx, shop.Domain)
	page.Counts, errs[2] = s.Overview.OrderCounts(ctx, shop.Domain)
	page.Exceptions, errs[3] = s.Overview.CountExceptions(ctx, shop.Domain)
	return page, errors.Join(errs[:]...)
}

func (s *server) head() pages.Head { return pages.Head{APIKey: s.APIKey, CDNURL: s.CDNURL} }

// returnLink is what the merchant gives to TikTok's return proxy app.
func (s *server) returnLink(shop shops.Shop) string { return s.AppURL + "/returns/" + shop.Slug }

// frame lets the shop's own admin, and nobody else, frame the document.
func (s *server) frame(c *gin.Context, shop shopify.Domain) {
	c.Header("Content-Security-Policy", "frame-ancestors https://"+string(shop)+" "+s.AdminURL+"; base-uri 'self'; object-src 'none'")
	c.Header("Link", "<"+s.CDNURL+">; rel=\"preconnect\", "+
		"<"+s.CDNURL+"/shopifycloud/app-bridge.js>; rel=\"preload\"; as=\"script\", "+
		"<"+s.CDNURL+"/shopifycloud/polaris-1.js>; rel=\"preload\"; as=\"script\"")
}

type page interface{ Render(w io.Writer) error }

// render draws into memory first, so that a page is either whole or an error.
func (s *server) render(c *gin.Context, status int, p page) {
	var out bytes.Buffer
	if err := p.Render(&out); err != nil {
		s.fail(c, err)
		return
	}
	c.Data(status, "text/html; charset=utf-8", out.Bytes())
}
