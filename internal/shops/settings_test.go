package shops

import (
	"errors"
	"testing"
)

func TestReturnPortalAddresses(t *testing.T) {
	t.Parallel()
	for portal, fine := range map[string]bool{
		"": true, "https://demo.loopreturns.com": true, "https://portal.example:8443/returns?lang=en": true,
		"http://127.0.0.1:41234/stoneware": true, "http://[::1]:41234/stoneware": true,
		"http://portal.example": false, "http://localhost:41234/": false, "http://127.0.0.1.portal.example/": false, "http://127.0.0.2/": false,
		"http://127.1/": false, "http://2130706433/": false, "http://me@127.0.0.1/": false, "http://127.0.0.1@portal.example/": false,
		"ftp://127.0.0.1/": false, "//127.0.0.1/": false, "javascript:alert(1)": false, "https://me:pw@portal.example": false, "https:///returns": false,
	} {
		s := DefaultSettings()
		s.ReturnPortalURL = portal
		err := s.Validate()
		var refused *SettingsError
		if fine != (err == nil) || !fine && (!errors.As(err, &refused) || refused.Key != "return_portal_url") {
			t.Errorf("%q: %v", portal, err)
		}
	}
}
