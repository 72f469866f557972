package routes

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Piles reads what is open of one code.
type Piles interface {
	// OpenExceptionsOf lists those whose order's number comes after the one given.
	OpenExceptionsOf(ctx context.Context, shop shopify.Domain, code exceptions.Code, after tiktok.OrderID, limit int) ([]exceptions.Exception, error)
}

// Bulk starts work on all that is open of one code.
type Bulk interface {
	// RetryAll returns when the work is kept, not when it is done.
	RetryAll(ctx context.Context, shop shopify.Domain, code exceptions.Code) error
}

// VariantFinder looks for Shopify's variants with a person's words, and tells what they are called.
type VariantFinder interface {
	VariantTitles(ctx context.Context, shop shopify.Domain, ids []shopify.GID) (map[shopify.GID]shopify.Variant, error)
	FindVariants(ctx context.Context, shop shopify.Domain, text string, limit int) ([]shopify.Variant, error)
}

const (
	pilePage = 25
	// variantsFound is how many variants there are to choose from, variantsWithin how long Shopify is waited for.
	variantsFound  = 20
	variantsWithin = 8 * time.Second
)

// exceptionsOverview shows what waits for a person, by code.
func (s *server) exceptionsOverview(c *gin.Context) {
	page := pages.Exceptions{Frame: s.around(c, "Exceptions")}
	var err error
	if page.Open, err = s.Open.ExceptionCounts(c.Request.Context(), page.Shop.Domain); err != nil {
		s.failPage(c, err)
		return
	}
	s.render(c, http.StatusOK, page)
}

// exceptionsOfCode shows what is open of one code.
func (s *server) exceptionsOfCode(c *gin.Context) { s.showPile(c, http.StatusOK, nil) }

// codeOf is the code of the address; it must be one that exists.
func codeOf(text string) (exceptions.Code, error) {
	code := exceptions.Code(text)
	if !exceptions.Known(code) {
		return "", errNotFound
	}
	return code, nil
}

func (s *server) showPile(c *gin.Context, status int, banner *pages.Banner) {
	code, err := codeOf(c.Param("code"))
	if err != nil {
		s.failPage(c, err)
		return
	}
	s.showPileOf(c, status, code, banner)
}

func (s *server) showPileOf(c *gin.Context, status int, code exceptions.Code, banner *pages.Banner) {
	page := pages.OfCode{Frame: s.around(c, "Exceptions"), Following: s.following(c, time.Time{})}
	page.Path = pages.ExceptionPath(code)
	if banner != nil {
		page.Banner = banner
	}
	after, err := afterOrder(c.Query("after"))
	if err != nil {
		s.failPage(c, err)
		return
	}
	ctx, shop := c.Request.Context(), page.Shop.Domain
	counts, err := s.Open.ExceptionCounts(ctx, shop)
	if err == nil {
		page.Found, err = s.Piles.OpenExceptionsOf(ctx, shop, code, after, pilePage+1)
	}
	if err != nil {
		s.failPage(c, err)
		return
	}
	if len(page.Found) > pilePage {
		page.Found = page.Found[:pilePage]
		page.Next = string(page.Found[pilePage-1].Order)
	}
	page.Group, page.Later = pages.GroupOf(code, counts[code]), after != ""
	page.Search = s.searchVariants(c)
	s.render(c, status, page)
}

func afterOrder(text string) (tiktok.OrderID, error) {
	if text == "" {
		return "", nil
	}
	id, err := tiktok.ParseOrderID(text)
	if err != nil {
		return "", exceptions.ErrCursor
	}
	return id, nil
}

// searchVariants asks Shopify for variants when the address says so. That it
// does not answer is said in the page.
func (s *server) searchVariants(c *gin.Context) pages.Search {
	search := pages.Search{SKUID: clip(c.Query("sku_id")), Query: strings.TrimSpace(c.Query("variant_query"))}
	switch {
	case search.SKUID == "" || search.Query == "":
		return search
	case len(search.Query) > longestQuery:
		search.Query = clip(search.Query)
		search.Trouble = "A search has at most 100 characters."
		return search
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), variantsWithin)
	defer cancel()
	var err error
	if search.Found, err = s.Variants.FindVariants(ctx, shopOf(c).Domain, search.Query, variantsFound); err != nil {
		s.Log.WarnContext(c, "page.variants", "shop", shopOf(c).Domain, "error", err)
		search.Trouble = "Try again in a moment. If it stays like this, give the variant's number in the table of SKUs."
	}
	return search
}

// retryPile tries everything of a code again. Sent twice it looks twice, and the
// second look finds what the first left.
func (s *server) retryPile(c *gin.Context) {
	code, err := codeOf(c.Param("code"))
	if err == nil {
		err = s.Bulk.RetryAll(c.Request.Context(), shopOf(c).Domain, code)
	}
	if err != nil {
		s.failPage(c, err)
		return
	}
	s.follow(c, pages.ExceptionPath(code), "retry_started")
}

// retryInPile tries one again.
func (s *server) retryInPile(c *gin.Context) {
	e, err := s.exceptionIn(c)
	if err == nil {
		err = s.Work.RetryException(c.Request.Context(), e)
	}
	s.piled(c, "retry_started", err)
}

// resolveInPile carries out what a person chose about one.
func (s *server) resolveInPile(c *gin.Context) {
	form, err := readForm(c)
	if err != nil {
		s.failPage(c, err)
		return
	}
	e, err := s.exceptionIn(c)
	if err == nil {
		err = checkChoice(e, form.Get("action"), form.Get("note"))
	}
	if err == nil {
		err = s.Work.ResolveException(c.Request.Context(), e, form.Get("action"), form.Get("note"))
	}
	s.piled(c, "choice_taken", err)
}

// exceptionIn is the exception of the address, of the address' code.
func (s *server) exceptionIn(c *gin.Context) (exceptions.Exception, error) {
	e, err := s.openException(c, c.Param("exception"))
	if err == nil && string(e.Code) != c.Param("code") {
		return exceptions.Exception{}, errNotFound
	}
	return e, err
}

// piled ends an action on one exception: back to its code's page, or that page with why not.
func (s *server) piled(c *gin.Context, said string, err error) {
	if err == nil {
		s.follow(c, pages.ExceptionPath(exceptions.Code(c.Param("code"))), said)
		return
	}
	p, unexpected := problemOf(err)
	if unexpected || errors.Is(err, errNotFound) || p.Status == http.StatusNotFound {
		s.failPage(c, err)
		return
	}
	s.showPile(c, p.Status, pages.NotDone(p.Message))
}
