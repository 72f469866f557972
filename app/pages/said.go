package pages

// Said is the banner for a key that a redirect carried back after an action; an
// unknown key gives none. Only what stands here is ever shown: an address that
// somebody prepared cannot put words on a page.
func Said(key string) *Banner {
	banner, ok := said[key]
	if !ok {
		return nil
	}
	return &banner
}

var said = map[string]Banner{
	"saved": {Tone: "success", Heading: "Saved"},
}
