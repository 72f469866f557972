package routes

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
)

// bouncePath is the page that only fetches a session token.
const bouncePath = "/auth/session-token"

// openInAdmin is what a person reads who came to a page from elsewhere.
const openInAdmin = "Open Switchback in your Shopify admin, under Apps."

// embedded lets a request for a page inside the admin through. The browser
// fetches pages with App Bridge's session token in the header; only the first
// document has none, and Shopify puts the token into its address. What changes
// anything takes the header alone: no other site can send it, and there are no
// cookies, so that nobody else can send a form in the merchant's name.
func (s *server) embedded(c *gin.Context) {
	if raw, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer "); ok {
		claims, err := s.verifyToken(raw)
		if shop, named := c.GetQuery("shop"); err != nil || named && shop != string(claims.Shop) {
			s.refuseToken(c, "The session token is not valid.")
			return
		}
		s.inTurn(c, claims.Shop, func() { s.admit(c, claims, raw) })
		return
	}
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		s.refuseToken(c, "A session token is needed: Authorization: Bearer …")
		return
	}
	s.document(c)
}

// document lets the first document through, or has it fetch a token.
func (s *server) document(c *gin.Context) {
	query := c.Request.URL.Query()
	named, shopErr := shopify.ParseDomain(query.Get("shop"))
	token := query.Get("id_token")
	if shopErr == nil {
		s.frame(c, named) // also a refusal is read inside the shop's admin, and nowhere else
	}
	switch {
	case token == "" && !query.Has("shop"):
		s.reopen(c)
		return
	case query.Has("shop") && shopErr != nil:
		s.fail(c, badRequest("invalid_shop", "The shop parameter is no shop's domain."))
		return
	case named != "" && s.strangeHost(query, named):
		s.fail(c, errStrangeHost)
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
	case s.strangeHost(query, claims.Shop):
		s.frame(c, claims.Shop)
		s.fail(c, errStrangeHost)
	default:
		s.inTurn(c, claims.Shop, func() { s.admit(c, claims, token) })
	}
}

var errStrangeHost = badRequest("invalid_host", "The host parameter is not this shop's admin.")

// strangeHost tells whether the parameter that App Bridge takes for the admin's
// address is anything but the shop's own admin. None is none.
func (s *server) strangeHost(query url.Values, shop shopify.Domain) bool {
	if !query.Has("host") {
		return false
	}
	_, err := shopify.ParseHost(query.Get("host"), s.AdminURL, shop)
	return err != nil || len(query["host"]) > 1
}

// admit goes on as the token's shop, which is installed first where it is not.
func (s *server) admit(c *gin.Context, claims shopify.Claims, token string) {
	s.frame(c, claims.Shop)
	shop, err := s.Installer.Ensure(c.Request.Context(), claims.Shop, token)
	switch {
	case errors.Is(err, shopify.ErrGrantRefused):
		s.refuseToken(c, "Shopify does not take the session token any more. Reload the page.")
	case err != nil:
		id := c.GetString(requestIDKey)
		s.Log.ErrorContext(c, "page.failed", "request_id", id, "route", c.FullPath(), "shop", claims.Shop, "error", err)
		s.render(c, http.StatusServiceUnavailable, pages.Notice{
			Title: "Switchback cannot be opened",
			Text:  "Reload the page in a minute. If it stays like this, tell support the request id " + id + ".",
		})
		c.Abort()
	default:
		c.Set(claimsKey, claims)
		c.Set(installedShopKey, shop)
		c.Next()
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

// reopen answers a document that names no shop: somebody typed the address, or
// the admin's frame was reloaded by itself and has to be opened as the admin
// opened it, which the page's script remembers. It tells and does nothing, so
// any admin may frame it.
func (s *server) reopen(c *gin.Context) {
	c.Header("Content-Security-Policy",
		"frame-ancestors https://*.myshopify.com "+s.AdminURL+"; default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'")
	s.render(c, http.StatusOK, pages.Notice{Title: "Switchback", Text: openInAdmin, Reopen: true})
	c.Abort()
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
	c.Abort()
}

// bounce is that page. App Bridge reads where to go from the address, and goes
// there with a session token; we only let it be an address of ours.
func (s *server) bounce(c *gin.Context) {
	query, err := readOnce(c.Request.URL.RawQuery)
	if err != nil || !strings.HasPrefix(query.Get("shopify-reload"), s.AppURL+"/") {
		s.fail(c, badRequest("invalid_bounce", openInAdmin))
		return
	}
	shop, err := shopify.ParseDomain(query.Get("shop"))
	if err != nil || s.strangeHost(query, shop) {
		s.fail(c, badRequest("invalid_bounce", openInAdmin))
		return
	}
	s.frame(c, shop)
	s.render(c, http.StatusOK, pages.Bounce{Head: s.head()})
}

// readOnce reads a query that the browser's scripts read too, and takes only
// what both understand alike: a browser keeps what url.URL.Query drops, pairs
// with a bad escape or a semicolon, and of several values each may take another.
// What the page itself was asked for may come more than once.
func readOnce(raw string) (url.Values, error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"shop", "host", "shopify-reload"} {
		if n := len(query[name]); n > 1 {
			return nil, fmt.Errorf("parameter %s comes %d times", name, n)
		}
	}
	return query, nil
}

// frame lets the shop's own admin, and nobody else, frame the document, and the
// document load nothing but our own files and Shopify's. Styles may stand in the
// document, since Polaris' components and Turbo's progress bar put some there;
// scripts may not. App Bridge reports how fast pages are to the last address.
func (s *server) frame(c *gin.Context, shop shopify.Domain) {
	admin := "https://" + string(shop) + " " + s.AdminURL
	c.Header("Content-Security-Policy", strings.Join([]string{
		"frame-ancestors " + admin,
		"default-src 'none'",
		"script-src 'self' " + s.CDNURL,
		"style-src 'self' 'unsafe-inline' " + s.CDNURL,
		"img-src 'self' data: " + s.CDNURL,
		"font-src " + s.CDNURL,
		"connect-src 'self' " + admin + " https://monorail-edge.shopifysvc.com",
		"form-action 'self'",
		"base-uri 'none'",
	}, "; "))
	c.Header("Link", "<"+s.CDNURL+">; rel=\"preconnect\", "+
		"<"+s.CDNURL+"/shopifycloud/app-bridge.js>; rel=\"preload\"; as=\"script\", "+
		"<"+s.CDNURL+"/shopifycloud/polaris-1.js>; rel=\"preload\"; as=\"script\"")
}

// around is the frame of a page at the request's path, with the banner that a
// redirect asked for.
func (s *server) around(c *gin.Context, title string) pages.Frame {
	return pages.Frame{
		Head: s.head(), Shop: shopOf(c), Title: title, Path: c.Request.URL.Path, Banner: pages.Said(c.Query("said")),
	}
}

func (s *server) head() pages.Head {
	return pages.Head{APIKey: s.APIKey, CDNURL: s.CDNURL, Version: s.static.version}
}

// back leads the browser to a page of ours after an action; said is the key of
// what the page says about it. The answer is a redirect, so that reading the
// page again does not act again.
func (s *server) back(c *gin.Context, path, said string) {
	at := url.URL{Path: path, RawQuery: url.Values{"said": {said}}.Encode()}
	c.Redirect(http.StatusSeeOther, at.String())
}

// failPage is fail for a page: what went wrong, in the page's frame.
func (s *server) failPage(c *gin.Context, err error) {
	p, unexpected := problemOf(err)
	id := c.GetString(requestIDKey)
	if unexpected && c.Request.Context().Err() == nil {
		s.Log.ErrorContext(c, "page.failed", "request_id", id, "route", c.FullPath(), "shop", shopOf(c).Domain, "error", err)
	}
	page := pages.Trouble{Frame: s.around(c, "Switchback")}
	page.Banner = &pages.Banner{Tone: "critical", Heading: "This page cannot be shown", Text: p.Message}
	if p.Status == http.StatusNotFound {
		page.Banner = &pages.Banner{Tone: "warning", Heading: "Not found", Text: p.Message}
	}
	if p.Status >= http.StatusInternalServerError {
		page.RequestID = id
	}
	s.render(c, p.Status, page)
}

// returnLink is what the merchant gives to TikTok's return proxy app.
func (s *server) returnLink(shop shops.Shop) string { return s.AppURL + "/returns/" + shop.Slug }

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
