package routes

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Guide reads a shop's set-up and asks its return portal; guide.Desk is one.
type Guide interface {
	Read(ctx context.Context, shop shops.Shop, link string) (guide.Facts, error)
	// CheckPortal returns guide.ErrNoPortal while the settings name none.
	CheckPortal(ctx context.Context, shop shopify.Domain) (guide.Answer, error)
}

// GuideNotes takes down what the merchant says about the set-up. Each returns
// guide.ErrUnknown for what the guide does not have.
type GuideNotes interface {
	Tick(ctx context.Context, shop shopify.Domain, step guide.StepID, mark guide.MarkID) error
	Untick(ctx context.Context, shop shopify.Domain, step guide.StepID, mark guide.MarkID) error
	// Note returns guide.ErrNote for one that cannot be kept.
	Note(ctx context.Context, shop shopify.Domain, step guide.StepID, note string) error
}

// What stands in for a buyer's in the preview of a return URL.
const (
	madeUpOrder = "576400000000000000"
	madeUpZIP   = "10001"
)

func (s *server) guidePage(c *gin.Context) { s.showGuide(c, http.StatusOK, "", nil) }

// guideSheet is the guide on one page, for print.
func (s *server) guideSheet(c *gin.Context) {
	page, err := s.guideOf(c)
	if err != nil {
		s.failPage(c, err)
		return
	}
	s.render(c, http.StatusOK, pages.GuideSheet{Guide: page})
}

// showGuide shows the page; typed is a note that was refused.
func (s *server) showGuide(c *gin.Context, status int, typed string, banner *pages.Banner) {
	page, err := s.guideOf(c)
	if err == nil {
		page.Held, err = s.heldBack(c.Request.Context(), page.Shop.Domain)
	}
	if err == nil {
		page.Tried, err = s.tried(c, page)
	}
	if err != nil {
		s.failPage(c, err)
		return
	}
	page.Path, page.Typed = pages.GuidePath, typed
	if banner != nil {
		page.Banner = banner
	}
	s.render(c, status, page)
}

func (s *server) guideOf(c *gin.Context) (pages.Guide, error) {
	page := pages.Guide{Frame: s.around(c, "Set-up guide"), Current: guide.StepID(c.Query("step"))}
	if step := c.Param("step"); step != "" {
		page.Current = guide.StepID(step)
	}
	var err error
	page.Facts, err = s.Guide.Read(c.Request.Context(), page.Shop, s.returnLink(page.Shop))
	page.Guide = guide.Assess(page.Facts)
	return page, err
}

// tried looks at the return URL that was asked about, or at the return link,
// filled in for the newest order that is in Shopify.
func (s *server) tried(c *gin.Context, page pages.Guide) (pages.Tried, error) {
	t := pages.Tried{URL: strings.TrimSpace(c.Query("url")), Order: madeUpOrder, ZIP: clip(strings.TrimSpace(c.Query("zip")))}
	if t.URL == "" {
		t.URL = guide.LinkURL(page.Facts.ReturnLink)
	}
	if t.ZIP == "" {
		t.ZIP = madeUpZIP
	}
	newest, _, err := s.Ledger.Orders(c.Request.Context(), page.Shop.Domain, links.OrderFilter{State: links.Written}, 1, "")
	if err != nil {
		return t, err
	}
	if len(newest) > 0 {
		t.Order, t.Real = string(newest[0].ID), true
	}
	t.Ends = guide.Example(guide.PortalURL(page.Facts.Settings), t.Order, t.ZIP)
	t.Findings, t.Portal = guide.CheckURL(t.URL, page.Facts.Settings, page.Facts.ReturnLink), page.Guide.PortalFinding()
	return t, nil
}

// guideDeed is what a form on the guide asks for; said is the key of what the page says then.
type guideDeed func(s *server, ctx context.Context, shop shops.Shop, step guide.StepID, form url.Values) (said string, err error)

// guideDeeds are the forms. Each comes to the same when it is sent twice.
var guideDeeds = map[string]guideDeed{
	"tick": func(s *server, ctx context.Context, shop shops.Shop, step guide.StepID, form url.Values) (string, error) {
		return "saved", s.GuideNotes.Tick(ctx, shop.Domain, step, guide.MarkID(form.Get("mark")))
	},
	"untick": func(s *server, ctx context.Context, shop shops.Shop, step guide.StepID, form url.Values) (string, error) {
		return "saved", s.GuideNotes.Untick(ctx, shop.Domain, step, guide.MarkID(form.Get("mark")))
	},
	"note": func(s *server, ctx context.Context, shop shops.Shop, step guide.StepID, form url.Values) (string, error) {
		return "saved", s.GuideNotes.Note(ctx, shop.Domain, step, form.Get("note"))
	},
	"switch": (*server).switchInGuide,
	"check": only(guide.PortalAnswers, func(s *server, ctx context.Context, shop shops.Shop, _ url.Values) (string, error) {
		_, err := s.Guide.CheckPortal(ctx, shop.Domain)
		return "portal_asked", err
	}),
	"send": only(guide.TestOrder, func(s *server, ctx context.Context, shop shops.Shop, _ url.Values) (string, error) {
		_, err := s.TestOrders.Start(ctx, shop.Domain)
		return "test_order_sent", err
	}),
	"loop": only(guide.TestReturn, (*server).returnInLoop),
}

// only is a deed of one step.
func only(id guide.StepID, do func(*server, context.Context, shops.Shop, url.Values) (string, error)) guideDeed {
	return func(s *server, ctx context.Context, shop shops.Shop, step guide.StepID, form url.Values) (string, error) {
		if step != id {
			return "", guide.ErrUnknown
		}
		return do(s, ctx, shop, form)
	}
}

// doInGuide does it and leads back to the step.
func (s *server) doInGuide(c *gin.Context) {
	deed, known := guideDeeds[c.Param("deed")]
	if !known {
		s.failPage(c, errNotFound)
		return
	}
	form, err := readForm(c)
	if err != nil {
		s.failPage(c, err)
		return
	}
	said, err := deed(s, c.Request.Context(), shopOf(c), guide.StepID(c.Param("step")), form)
	if err == nil {
		query := url.Values{"said": {said}, "step": {c.Param("step")}}
		at := url.URL{Path: pages.GuidePath, RawQuery: query.Encode()}
		c.Redirect(http.StatusSeeOther, at.String())
		return
	}
	p, unexpected := problemOf(err)
	if unexpected || p.Status == http.StatusNotFound {
		s.failPage(c, err)
		return
	}
	s.showGuide(c, p.Status, form.Get("note"), pages.NotDone(p.Message))
}

// switchInGuide turns one of the step's switches on.
func (s *server) switchInGuide(ctx context.Context, shop shops.Shop, id guide.StepID, form url.Values) (string, error) {
	setting := form.Get("setting")
	step, _ := guide.Assess(guide.Facts{}).Step(id)
	if !slices.ContainsFunc(step.Switches, func(one guide.Switch) bool { return one.Setting == setting }) {
		return "", guide.ErrUnknown
	}
	_, err := s.Panel.Change(ctx, shop.Domain, func(current *shops.Settings) error {
		return apply(map[string]json.RawMessage{setting: json.RawMessage("true")}, current)
	})
	return "saved", err
}

// returnInLoop tries an order as a buyer would. One that Loop finds ticks the
// step, with the order's number for a note where there is none yet.
func (s *server) returnInLoop(ctx context.Context, shop shops.Shop, form url.Values) (string, error) {
	order, err := tiktok.ParseOrderID(strings.TrimSpace(form.Get("order")))
	if err != nil {
		return "", unprocessable("invalid_order", "Enter a TikTok Shop order number: digits only.")
	}
	patient, cancel := context.WithTimeout(ctx, loopTestWithin)
	defer cancel()
	report, err := s.LoopTest.Test(patient, shop.Domain, order)
	switch {
	case err != nil:
		return "", err
	case report.DraftLeft:
		return "loop_draft_left", nil
	case !report.Found:
		return "loop_lost", nil
	}
	facts, err := s.Guide.Read(ctx, shop, "")
	if err != nil {
		return "", err
	}
	err = s.GuideNotes.Tick(ctx, shop.Domain, guide.TestReturn, guide.MarkID(guide.TestReturn))
	if step, _ := guide.Assess(facts).Step(guide.TestReturn); step.Note == "" {
		err = errors.Join(err, s.GuideNotes.Note(ctx, shop.Domain, guide.TestReturn, string(order)))
	}
	return "loop_found", err
}
