package tiktoksim

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const codeTTL = 30 * time.Minute

// authCode is what the authorize page hands to the app: good once, for 30 minutes (Partner Center, "Authorization").
type authCode struct {
	seller  *seller
	expires time.Time
}

// grant is one pair of tokens.
type grant struct {
	seller         *seller
	accessToken    string
	refreshToken   string
	accessExpires  time.Time
	refreshExpires time.Time
	revoked        bool // by the seller
}

var (
	codeInvalid    = answer{status: http.StatusOK, code: 36004004, message: "auth code is invalid"}
	refreshInvalid = answer{status: http.StatusOK, code: 36004001, message: "rt has expired"}
	secretWrong    = answer{status: http.StatusOK, code: 36004002, message: "app_key or app_secret is invalid"}
)

// checkToken holds a token call against what is known of the two endpoints, which no OpenAPI document describes: a GET
// without body and with exactly these four parameters (Partner Center, "Authorization guide").
func (s *Sim) checkToken(c *call, credential, grantType string) (answer, bool) {
	names := []string{"app_key", "app_secret", credential, "grant_type"}
	for name, values := range c.query {
		if !slices.Contains(names, name) || len(values) != 1 {
			return breach(http.StatusBadRequest, 36009004, fmt.Sprintf("query parameter %s is not expected, or is repeated", name)), false
		}
	}
	for _, name := range names {
		if c.query.Get(name) == "" {
			return breach(http.StatusBadRequest, 36009004, fmt.Sprintf("param %s is missing", name)), false
		}
	}
	switch {
	case len(c.body) > 0:
		return breach(http.StatusBadRequest, 36009004, "a token call has no body"), false
	case c.query.Get("grant_type") != grantType:
		return breach(http.StatusBadRequest, 36009004, "param grant_type must be "+grantType), false
	case c.query.Get("app_key") != s.opts.AppKey || c.query.Get("app_secret") != s.opts.AppSecret:
		return secretWrong, false
	}
	return answer{}, true
}

func (s *Sim) tokenGet(c *call) answer {
	if a, ok := s.checkToken(c, "auth_code", "authorized_code"); !ok {
		return a
	}
	text := c.query.Get("auth_code")
	code, ok := s.codes[text]
	delete(s.codes, text)
	if !ok || !s.now().Before(code.expires) {
		return codeInvalid
	}
	code.seller.authorized = true
	return tokenAnswer(s.grantTo(code.seller))
}

func (s *Sim) tokenRefresh(c *call) answer {
	if a, ok := s.checkToken(c, "refresh_token", "refresh_token"); !ok {
		return a
	}
	old := s.refresh[c.query.Get("refresh_token")]
	if old == nil || old.revoked || !s.now().Before(old.refreshExpires) {
		return refreshInvalid
	}
	if !s.opts.KeepOldRefreshToken {
		delete(s.refresh, old.refreshToken)
	}
	if s.opts.RevokeOldAccess {
		delete(s.access, old.accessToken)
	}
	return tokenAnswer(s.grantTo(old.seller))
}

func (s *Sim) grantTo(to *seller) *grant {
	now, n := s.now(), s.next()
	g := &grant{
		seller:         to,
		accessToken:    fmt.Sprintf("TTP_SIM_ACCESS_%06d", n),
		refreshToken:   fmt.Sprintf("TTP_SIM_REFRESH_%06d", n),
		accessExpires:  now.Add(s.opts.AccessTTL),
		refreshExpires: now.Add(s.opts.RefreshTTL),
	}
	s.access[g.accessToken], s.refresh[g.refreshToken] = g, g
	return g
}

// tokenAnswer carries absolute unix seconds in the fields called expire_in, as TikTok does.
func tokenAnswer(g *grant) answer {
	return success(map[string]any{
		"access_token":            g.accessToken,
		"access_token_expire_in":  g.accessExpires.Unix(),
		"refresh_token":           g.refreshToken,
		"refresh_token_expire_in": g.refreshExpires.Unix(),
		"open_id":                 g.seller.openID,
		"seller_name":             g.seller.name,
		"seller_base_region":      g.seller.region,
		"user_type":               0,
		"granted_scopes":          g.seller.scopes,
	})
}

// authorizePage is GET /open/authorize?service_id=…&state=…: what the seller sees at TikTok. The sandbox asks nobody: it
// sends the browser straight back to the app, as ChooseSeller and DenyAuthorization decided.
func (s *Sim) authorizePage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("service_id") != s.opts.ServiceID {
		http.Error(w, "This service does not exist.", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	params, err := s.decide(q.Get("state"))
	s.mu.Unlock()
	back, parseErr := url.Parse(s.opts.RedirectURL)
	if err != nil || parseErr != nil || s.opts.RedirectURL == "" {
		http.Error(w, "The app has no redirect URL, or no seller exists.", http.StatusInternalServerError)
		return
	}
	merged := back.Query()
	for k, v := range params {
		merged[k] = v
	}
	back.RawQuery = merged.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// decide is the seller's answer. The parameters beside code and state are seen on some callbacks only; an app must not
// mind them.
func (s *Sim) decide(state string) (url.Values, error) {
	who := s.chosen
	if who == nil && len(s.sellers) > 0 {
		who = s.sellers[0]
	}
	switch {
	case who == nil:
		return nil, fmt.Errorf("authorize: no seller")
	case s.denying:
		return url.Values{"code": {"null"}, "error": {"auth_denied"}, "state": {state}}, nil
	}
	return url.Values{
		"code": {s.mintCode(who)}, "state": {state},
		"app_key": {s.opts.AppKey}, "locale": {"en"}, "shop_region": {who.region},
	}, nil
}

func (s *Sim) mintCode(to *seller) string {
	code := fmt.Sprintf("TTP_SIM_CODE_%06d", s.next())
	s.codes[code] = &authCode{seller: to, expires: s.now().Add(codeTTL)}
	return code
}
