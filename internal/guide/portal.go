package guide

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Answer is what came of asking the return portal.
type Answer string

// Values of Answer; an HTTP status stands as "status " and the number.
const (
	Answered    Answer = "answered"
	Unreachable Answer = "unreachable"
	// NotPublic is a host that is none of the public internet: it is not asked.
	NotPublic Answer = "not_public"
	// Elsewhere is a redirect to another host, which is not followed.
	Elsewhere Answer = "elsewhere"
)

// Sentence says it to the merchant.
func (a Answer) Sentence() string {
	switch a {
	case Answered:
		return "The portal answers."
	case NotPublic:
		return "The portal's host is not on the public internet. Correct the address in the settings."
	case Elsewhere:
		return "The portal leads to another host. Enter the address where it ends in the settings."
	}
	if status, ok := strings.CutPrefix(string(a), "status "); ok {
		return "The portal answers with the error " + status + ". Open it in your browser and correct the address in the settings."
	}
	return "The portal did not answer. Open it in your browser and correct the address in the settings."
}

const (
	portalPatience = 5 * time.Second
	mostRedirects  = 3
)

var errNotPublic = errors.New("not a public address")

// Prober asks the return portal whether it is there. The merchant chose the
// address, so only public ones are connected to, whatever its name stands for
// at that moment; no more than the head of the answer is read.
type Prober struct {
	// Sandbox is set where the app's own address is on this machine: then the
	// portal may be too, and is asked without https. Elsewhere a merchant would
	// reach into the machine that Switchback runs on.
	Sandbox bool
}

// Ask calls portal, an address that the settings took.
func (p Prober) Ask(ctx context.Context, portal string) Answer {
	u, err := url.Parse(portal)
	if err != nil {
		return Unreachable
	}
	ctx, cancel := context.WithTimeout(ctx, portalPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, portal, nil)
	if err != nil {
		return Unreachable
	}
	request.Header.Set("User-Agent", "Switchback")
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Control: guard(p.Sandbox && u.Scheme == "http")}).DialContext,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: 64 << 10,
	}
	client := &http.Client{Transport: transport, CheckRedirect: sameHost(u)}
	response, err := client.Do(request)
	switch {
	case errors.Is(err, errNotPublic):
		return NotPublic
	case err != nil:
		return Unreachable
	}
	defer func() { _ = response.Body.Close() }()
	return answerOf(response.StatusCode)
}

func answerOf(status int) Answer {
	switch {
	case status >= 300 && status < 400:
		return Elsewhere
	case status >= 400:
		return Answer("status " + strconv.Itoa(status))
	}
	return Answered
}

// sameHost follows a few redirects that stay where they began; another one is
// the answer.
func sameHost(portal *url.URL) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, before []*http.Request) error {
		if next.URL.Scheme != portal.Scheme || next.URL.Host != portal.Host || len(before) > mostRedirects {
			return http.ErrUseLastResponse
		}
		return nil
	}
}

// guard sees the address after the name was resolved, so a name cannot lead
// elsewhere than where it was checked. On this machine it lets through the
// loopback addresses and nothing else.
func guard(sandbox bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return errNotPublic
		}
		if sandbox && at.Addr().IsLoopback() || !sandbox && public(at.Addr()) {
			return nil
		}
		return errNotPublic
	}
}

// reserved are networks that count as global unicast and are nobody's on the
// internet, or carry another address inside (RFC 6890 and its successors).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, network := range reserved {
		if network.Contains(ip) {
			return false
		}
	}
	return true
}
