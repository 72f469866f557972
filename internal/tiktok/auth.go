package tiktok

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/secret"
)

// Grant is what a seller's yes is worth: two tokens, when each ends, and what
// the app may do with them.
type Grant struct {
	Access, Refresh secret.String
	// AccessExpiresAt and RefreshExpiresAt are zero where TikTok gave no time.
	AccessExpiresAt, RefreshExpiresAt time.Time
	OpenID                            OpenID
	SellerName                        string
	// Region is the seller's base region, for example US.
	Region   string
	UserType int
	Scopes   []string
}

// SellerUser is the UserType of a seller; creators (1) and partners (3) have no orders.
const SellerUser = 0

// AuthorizedShop is one shop that a seller's authorization covers.
type AuthorizedShop struct {
	ID     ShopID `json:"id"`
	Name   string `json:"name"`
	Region string `json:"region"`
	// SellerType is LOCAL or CROSS_BORDER.
	SellerType string `json:"seller_type"`
	Cipher     string `json:"cipher"`
	Code       string `json:"code"`
}

// AuthorizeLink is where a seller's browser goes to authorize the app. TikTok
// sends it back to the redirect address of the app's settings with code and state.
func (c *Client) AuthorizeLink(state string) (string, error) {
	link, err := url.Parse(c.AuthorizeURL)
	if err != nil {
		return "", fmt.Errorf("parse tiktok authorize url: %w", err)
	}
	query := link.Query()
	query.Set("service_id", c.ServiceID)
	query.Set("state", state)
	link.RawQuery = query.Encode()
	return link.String(), nil
}

// ExchangeCode trades the code of a callback, which lives 30 minutes and works
// once, for a grant. ErrGrantRefused says that it does not any more.
func (c *Client) ExchangeCode(ctx context.Context, code string) (Grant, error) {
	const longestCode = 1024
	if code == "" || len(code) > longestCode {
		return Grant{}, fmt.Errorf("tiktok %s: code of %d bytes: %w", tokenGet.op, len(code), ErrGrantRefused)
	}
	return c.grant(ctx, tokenGet, "auth_code", secret.New(code), "authorized_code")
}

// RefreshGrant trades a refresh token for a new grant. The answer brings a new
// refresh token and the old one may be dead from then on, so the grant must be
// kept before it is used. ErrGrantRefused says that the seller must authorize again.
func (c *Client) RefreshGrant(ctx context.Context, refresh secret.String) (Grant, error) {
	return c.grant(ctx, tokenRefresh, "refresh_token", refresh, "refresh_token")
}

// wireGrant is `data` of both calls. In spite of their names the two `_expire_in`
// are moments in unix seconds, not durations (Partner Center, "Authorization overview").
type wireGrant struct {
	AccessToken          string   `json:"access_token"`
	AccessTokenExpireIn  int64    `json:"access_token_expire_in"`
	RefreshToken         string   `json:"refresh_token"`
	RefreshTokenExpireIn int64    `json:"refresh_token_expire_in"`
	OpenID               OpenID   `json:"open_id"`
	SellerName           string   `json:"seller_name"`
	SellerBaseRegion     string   `json:"seller_base_region"`
	UserType             int      `json:"user_type"`
	GrantedScopes        []string `json:"granted_scopes"`
}

func (c *Client) grant(ctx context.Context, ep endpoint, name string, value secret.String, grantType string) (Grant, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	query := map[string]string{"app_key": c.AppKey, "app_secret": c.AppSecret.Reveal(), name: value.Reveal(), "grant_type": grantType}
	req, err := http.NewRequestWithContext(ctx, ep.method, c.AuthURL+ep.path+"?"+encode(query), nil)
	if err != nil {
		return Grant{}, fmt.Errorf("tiktok %s: build request: %w", ep.op, withoutURL(err))
	}
	sendOnce(req)
	var wire wireGrant
	if _, err := c.exchange(req, ep.op, &wire, value); err != nil {
		return Grant{}, refusedGrant(err)
	}
	if wire.AccessToken == "" || wire.RefreshToken == "" || wire.OpenID == "" {
		return Grant{}, fmt.Errorf("tiktok %s: %w: a token or the open id is missing", ep.op, ErrMalformed)
	}
	return wire.grant(), nil
}

// sendOnce keeps net/http from repeating a GET by itself when a kept connection
// turns out to be closed: both calls use up what they are given, and the second
// would be refused. A body that cannot be rewound tells it so; nothing is sent of it.
func sendOnce(req *http.Request) { req.Body = io.NopCloser(strings.NewReader("")) }

func (w wireGrant) grant() Grant {
	return Grant{
		Access: secret.New(w.AccessToken), Refresh: secret.New(w.RefreshToken),
		AccessExpiresAt: moment(w.AccessTokenExpireIn), RefreshExpiresAt: moment(w.RefreshTokenExpireIn),
		OpenID: w.OpenID, SellerName: w.SellerName, Region: w.SellerBaseRegion,
		UserType: w.UserType, Scopes: w.GrantedScopes,
	}
}

func moment(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// refusedGrant marks those refusals that concern the code or the refresh token.
// A wrong app key or secret is the operator's to mend and would be no better
// after another authorization.
func refusedGrant(err error) error {
	if !said(err, (*Error).refusesGrant) {
		return err
	}
	return fault.NeedsMerchant(askReconnect, "TikTok refused to renew the connection.", errors.Join(ErrGrantRefused, err))
}

// refusesGrant: 36004xxx are the authorization host's own codes, 36004004 for a
// code and 36004001 for a refresh token that is used, unknown or expired. No
// list of them is published, so the others count too unless they speak of the
// app. That 105xxx and 36009004 come here as well is a precaution.
func (e *Error) refusesGrant() bool {
	const ownCodes, tokenCodes = 36004, 105
	switch e.Code / 1000 {
	case ownCodes:
		return !strings.Contains(e.Message, "app_key") && !strings.Contains(e.Message, "app_secret")
	case tokenCodes:
		return e.Code != codeScopeMissing
	}
	return e.names("auth_code") || e.names("refresh_token")
}

// AuthorizedShops lists the shops that an access token covers.
func (c *Client) AuthorizedShops(ctx context.Context, token secret.String) ([]AuthorizedShop, error) {
	var data struct {
		Shops []AuthorizedShop `json:"shops"`
	}
	requestID, err := c.send(ctx, Seat{}, token, authorizedShops, request{}, &data)
	if err != nil {
		return nil, err
	}
	for _, shop := range data.Shops {
		if _, err := ParseShopID(string(shop.ID)); err != nil || shop.Cipher == "" {
			return nil, fmt.Errorf("tiktok %s: request %s: %w: a shop without id or cipher", authorizedShops.op, requestID, ErrMalformed)
		}
	}
	return data.Shops, nil
}
