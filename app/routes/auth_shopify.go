package routes

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/shopify"
)

const (
	// stateCookie holds the state of the authorization code grant in the browser
	// that began it. It is kept nowhere else, so that a stranger who asks for
	// many begins leaves nothing behind; the code that comes with it works once.
	stateCookie = "switchback_state"
	stateLife   = 15 * time.Minute
	callback    = "/auth/callback"
)

// shopifyAuth begins the authorization code grant, the way in where Shopify
// does not manage the installation.
func (s *server) shopifyAuth(c *gin.Context) {
	query := c.Request.URL.Query()
	shop, err := shopify.ParseDomain(query.Get("shop"))
	if err != nil {
		s.fail(c, badRequest("invalid_shop", "Name the shop: /auth?shop=name.myshopify.com"))
		return
	}
	if query.Has("hmac") {
		if err := shopify.VerifyQuery(query, s.Now(), s.Secrets...); err != nil {
			s.fail(c, &apiError{http.StatusUnauthorized, "invalid_signature", "The query is signed, and not as Shopify signs it."})
			return
		}
	}
	state := rand.Text() + rand.Text()
	s.setState(c, state, stateLife)
	c.Redirect(http.StatusFound, s.OAuth.AuthorizeURL(shop, s.AppURL+callback, state))
}

// setState keeps the state in the browser; an age below zero takes it away.
func (s *server) setState(c *gin.Context, state string, age time.Duration) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Secure follows the app's address: plain http is a machine of one's own
		Name: stateCookie, Value: state, Path: callback, MaxAge: int(age.Seconds()), HttpOnly: true,
		// Shopify's redirect is a top-level navigation, which Lax lets the cookie through on.
		SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(s.AppURL, "https://"),
	})
}

// shopifyCallback ends it: the shop is installed when the answer goes out.
func (s *server) shopifyCallback(c *gin.Context) {
	query := c.Request.URL.Query()
	shop, home, err := s.checkCallback(c, query)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.setState(c, "", -time.Second)
	_, err = s.Installer.Finish(c.Request.Context(), shop, query.Get("code"))
	switch {
	case errors.Is(err, shopify.ErrGrantRefused):
		s.fail(c, badRequest("code_refused", "Shopify does not take this code any more. Begin the installation again."))
	case err != nil:
		s.Log.ErrorContext(c, "shop.install_failed", "request_id", c.GetString(requestIDKey), "shop", shop, "error", err)
		s.fail(c, errUnavailable)
	default:
		c.Redirect(http.StatusFound, home)
	}
}

// checkCallback believes a callback that Shopify signed just now, that answers
// a request this very browser began, and that leads back to the shop's own admin.
func (s *server) checkCallback(c *gin.Context, query url.Values) (shop shopify.Domain, home string, err error) {
	if err := shopify.VerifyQuery(query, s.Now(), s.Secrets...); err != nil {
		return "", "", &apiError{http.StatusUnauthorized, "invalid_signature", "The query is not as Shopify signs it, or too old."}
	}
	shop, err = shopify.ParseDomain(query.Get("shop"))
	if err != nil {
		return "", "", badRequest("invalid_shop", "The query names no shop.")
	}
	begun, err := c.Request.Cookie(stateCookie)
	if err != nil || begun.Value == "" || subtle.ConstantTimeCompare([]byte(begun.Value), []byte(query.Get("state"))) != 1 {
		return "", "", &apiError{http.StatusUnauthorized, "invalid_state", "This installation was not begun in this browser, or took too long. Begin again."}
	}
	host, err := shopify.ParseHost(query.Get("host"), s.AdminURL, shop)
	if err != nil {
		return "", "", badRequest("invalid_host", "The host parameter does not lead to the shop's admin.")
	}
	if query.Get("code") == "" {
		return "", "", badRequest("invalid_code", "The query has no code.")
	}
	return shop, s.adminScheme(host) + host + "/apps/" + url.PathEscape(s.APIKey), nil
}

// adminScheme is https, but for an admin that is configured to live elsewhere.
func (s *server) adminScheme(host string) string {
	if admin, err := url.Parse(s.AdminURL); err == nil && strings.HasPrefix(host, admin.Host+"/") {
		return admin.Scheme + "://"
	}
	return "https://"
}

// notice answers with a page that stands on its own, outside the admin.
func (s *server) notice(c *gin.Context, status int, page pages.Notice) {
	c.Header("Content-Security-Policy", closedPolicy)
	s.render(c, status, page)
}
