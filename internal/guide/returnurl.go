package guide

import (
	"net/url"
	"strings"

	"github.com/switchbackhq/switchback/internal/shops"
)

// What TikTok's Return Proxy App puts the buyer's order number and ZIP in place of.
const (
	OrderPlaceholder = "[TT_ORDER_NUM]"
	ZIPPlaceholder   = "[TTS_ZIP_CODE]"
)

// PortalURL is the return URL that leads straight to the portal, empty without
// one. The order is asked for under the name that it has in Shopify, so what
// the settings put around TikTok's number stands around the placeholder.
func PortalURL(s shops.Settings) string {
	u, err := url.Parse(s.ReturnPortalURL)
	if s.ReturnPortalURL == "" || err != nil {
		return ""
	}
	if !strings.HasSuffix(u.Path, "/") {
		u = u.JoinPath("/")
	}
	return withPlaceholders(u, url.QueryEscape(s.OrderNamePrefix), url.QueryEscape(s.OrderNameSuffix))
}

// LinkURL is the return URL through Switchback; link is the shop's return link.
func LinkURL(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return withPlaceholders(u, "", "")
}

func withPlaceholders(u *url.URL, prefix, suffix string) string {
	query := u.Query()
	query.Del("order")
	query.Del("zip")
	rest := query.Encode()
	if rest != "" {
		rest += "&"
	}
	u.Fragment = ""
	u.RawQuery = rest + "order=" + prefix + OrderPlaceholder + suffix + "&zip=" + ZIPPlaceholder
	return u.String()
}

// Finding is one thing that the validator looked at.
type Finding struct {
	What string
	OK   bool
	// Open: nobody looked yet, so nothing is wrong either.
	Open bool
	// Fix is what to do, empty when nothing is.
	Fix string
}

// CheckURL looks at a return URL as the merchant pasted it, for the settings
// and the return link of the shop. It asks nobody.
func CheckURL(pasted string, s shops.Settings, link string) []Finding {
	u, err := url.Parse(pasted)
	if err != nil || len(pasted) > 2048 {
		return []Finding{{What: "It is an address", Fix: "Copy one of the two addresses above, whole."}}
	}
	findings := []Finding{
		safe(u),
		{What: "It leads to your return portal or to your return link", OK: leadsRight(u, s.ReturnPortalURL, link), Fix: "Use your portal's host, or the return link as it stands above."},
		placed(u, "order", OrderPlaceholder, s.OrderNamePrefix, s.OrderNameSuffix, ours(pasted, link)),
		placed(u, "zip", ZIPPlaceholder, "", "", false),
	}
	for n := range findings {
		if findings[n].OK {
			findings[n].Fix = ""
		}
	}
	return findings
}

// PortalFinding is what the last check of the portal adds to them.
func (g Guide) PortalFinding() Finding {
	step, _ := g.Step(PortalAnswers)
	return Finding{What: "The portal answers", OK: step.State == Done, Open: step.State == Open, Fix: step.Evidence}
}

func ours(pasted, link string) bool {
	return link != "" && (pasted == link || strings.HasPrefix(pasted, link+"?"))
}

func leadsRight(u *url.URL, portal, link string) bool {
	if u.User != nil || u.Host == "" {
		return false
	}
	if ours(u.String(), link) {
		return true
	}
	p, err := url.Parse(portal)
	return err == nil && portal != "" && strings.EqualFold(p.Host, u.Host)
}

// safe wants https, but on this machine, where the sandbox has no certificate
// and nobody else can listen.
func safe(u *url.URL) Finding {
	if u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1") {
		return Finding{What: "It stays on this machine, as the sandbox does, and needs no https", OK: true}
	}
	return Finding{What: "It begins with https", OK: u.Scheme == "https", Fix: "Begin it with https://."}
}

// placed looks for one placeholder: once, in its parameter, written exactly so.
func placed(u *url.URL, key, placeholder, prefix, suffix string, bare bool) Finding {
	want := prefix + placeholder + suffix
	if bare {
		want = placeholder
	}
	values := u.Query()[key]
	return Finding{
		What: "The buyer's " + map[string]string{"order": "order number", "zip": "ZIP"}[key] + " stands as " + key + "=" + want,
		OK:   len(values) == 1 && values[0] == want && strings.Count(u.RawQuery, placeholder) == 1,
		Fix:  "Write " + placeholder + " exactly so, with its brackets and capitals, once, in the parameter " + key + ".",
	}
}

// Example is a return URL as TikTok would fill it in for an order.
func Example(template, number, zip string) string {
	return strings.NewReplacer(OrderPlaceholder, url.QueryEscape(number), ZIPPlaceholder, url.QueryEscape(zip)).Replace(template)
}
