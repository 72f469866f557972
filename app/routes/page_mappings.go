package routes

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
)

// titlesWithin is how long a page waits for the titles of its variants.
const titlesWithin = 2 * time.Second

// mappingKind is one of the tables: how it is read for a page, and how a form's row is kept.
type mappingKind struct {
	table pages.MappingTable
	read  func(c *gin.Context, page *pages.Mappings) error
	keep  func(ctx context.Context, shop shopify.Domain, row []byte) error
}

func (s *server) skuKind() mappingKind {
	return mappingKind{pages.SKUTable, s.readSKURows, func(ctx context.Context, shop shopify.Domain, raw []byte) error {
		return keepRow(ctx, shop, raw, mappings.Check, s.Mapper.ChangeSKUs)
	}}
}

func (s *server) carrierKind() mappingKind {
	return mappingKind{pages.CarrierTable, s.readCarrierRows, func(ctx context.Context, shop shopify.Domain, raw []byte) error {
		return keepRow(ctx, shop, raw, mappings.CheckCarriers, s.Chooser.ChangeCarriers)
	}}
}

func (s *server) reasonKind() mappingKind {
	return mappingKind{pages.ReasonTable, s.readReasonRows, func(ctx context.Context, shop shopify.Domain, raw []byte) error {
		return keepRow(ctx, shop, raw, mappings.CheckReasons, s.RefundDesk.ChangeReasons)
	}}
}

// keepRow takes one row the way the API takes many.
func keepRow[R, M any](ctx context.Context, shop shopify.Domain, raw []byte, check func([]R) ([]M, error), change func(context.Context, shopify.Domain, []M) error) error {
	var row R
	if err := json.Unmarshal(raw, &row); err != nil {
		return err
	}
	rows, err := check([]R{row})
	if err != nil {
		return err
	}
	return change(ctx, shop, rows)
}

// mappingsPage shows a table.
func (s *server) mappingsPage(kind mappingKind) gin.HandlerFunc {
	return func(c *gin.Context) {
		s.showMappings(c, http.StatusOK, kind, pages.Mappings{Frame: s.around(c, kind.table.Title)})
	}
}

func (s *server) showMappings(c *gin.Context, status int, kind mappingKind, page pages.Mappings) {
	page.Table, page.Path = kind.table, kind.table.Path
	if err := kind.read(c, &page); err != nil {
		s.failPage(c, err)
		return
	}
	s.render(c, status, page)
}

// saveMapping keeps or removes one row; what waited for it goes on by itself. The
// same row again is the same table.
func (s *server) saveMapping(kind mappingKind) gin.HandlerFunc {
	return func(c *gin.Context) {
		form, err := readForm(c)
		if err != nil {
			s.failPage(c, err)
			return
		}
		raw, err := rowOf(form, kind.table)
		if err == nil {
			err = kind.keep(c.Request.Context(), shopOf(c).Domain, raw)
		}
		s.mapped(c, kind, form, err)
	}
}

// rowOf is a form's row as the API would be sent it.
func rowOf(form url.Values, table pages.MappingTable) ([]byte, error) {
	row := map[string]any{table.From: form.Get(table.From), table.To: form.Get(table.To), "note": form.Get("note")}
	if form.Has("remove") {
		row[table.To] = nil
	}
	if form.Has("seller_sku") {
		row["seller_sku"] = form.Get("seller_sku")
	}
	return json.Marshal(row)
}

// mapped ends a change: back to where it was made, or there again with what is wrong.
func (s *server) mapped(c *gin.Context, kind mappingKind, form url.Values, err error) {
	code, unknown := codeOf(form.Get("code"))
	var faults mappings.RowErrors
	switch {
	case err == nil && unknown == nil:
		s.follow(c, pages.ExceptionPath(code), "mapped")
	case err == nil:
		s.back(c, kind.table.Path, "saved")
	case errors.As(err, &faults) && unknown == nil:
		s.showPileOf(c, http.StatusUnprocessableEntity, code, pages.Refused(faults.Error()))
	case errors.As(err, &faults):
		page := pages.Mappings{Frame: s.around(c, kind.table.Title), Typed: form}
		page.Banner = pages.Refused(faults.Error())
		s.showMappings(c, http.StatusUnprocessableEntity, kind, page)
	default:
		s.failPage(c, err)
	}
}

// importSKUs takes the rows of a file.
func (s *server) importSKUs(c *gin.Context) {
	form, err := readForm(c)
	if err != nil {
		s.failPage(c, err)
		return
	}
	rows, err := mappings.ReadCSV([]byte(form.Get("csv")))
	if err == nil {
		var skus []mappings.SKU
		if skus, err = mappings.Check(rows); err == nil {
			err = s.Mapper.ChangeSKUs(c.Request.Context(), shopOf(c).Domain, skus)
		}
	}
	form.Del("code")
	s.mapped(c, s.skuKind(), form, err)
}

func (s *server) readSKURows(c *gin.Context, page *pages.Mappings) error {
	after, err := mappings.ParsePlace(c.Query("cursor"))
	if err != nil {
		return badRequest("invalid_cursor", "The cursor is not one that a list of your shop gave.")
	}
	rows, err := s.SKUs.SKUMappings(c.Request.Context(), page.Shop.Domain, after, mappingsPage+1)
	if err != nil {
		return err
	}
	if page.Later = after != ""; len(rows) > mappingsPage {
		rows = rows[:mappingsPage]
		page.Next = string(rows[mappingsPage-1].SKUID)
	}
	for _, r := range rows {
		page.Rows = append(page.Rows, pages.MappingRow{From: string(r.SKUID), To: r.Variant.LegacyID(), Known: r.SellerSKU, Note: r.Note, UpdatedAt: r.UpdatedAt})
	}
	s.titled(c, page, rows)
	page.Search = s.searchVariants(c)
	return nil
}

// titled says what the variants of a page are called; where Shopify does not say
// it their numbers have to do.
func (s *server) titled(c *gin.Context, page *pages.Mappings, rows []mappings.SKU) {
	if len(rows) == 0 {
		return
	}
	ids := make([]shopify.GID, len(rows))
	for n, r := range rows {
		ids[n] = r.Variant
	}
	slices.Sort(ids)
	ctx, cancel := context.WithTimeout(c.Request.Context(), titlesWithin)
	defer cancel()
	titles, err := s.Variants.VariantTitles(ctx, page.Shop.Domain, slices.Compact(ids))
	if err != nil {
		s.Log.WarnContext(c, "page.titles", "shop", page.Shop.Domain, "error", err)
		return
	}
	for n, r := range rows {
		page.Rows[n].Title = titleOf(titles[r.Variant])
	}
}

// titleOf is a variant's name; that of a product's only one says nothing.
func titleOf(v shopify.Variant) string {
	if v.Title == "" || v.Title == "Default Title" {
		return v.ProductTitle
	}
	return v.ProductTitle + " · " + v.Title
}

func (s *server) readCarrierRows(c *gin.Context, page *pages.Mappings) error {
	rows, err := s.Carriers.Carriers(c.Request.Context(), page.Shop.Domain)
	for _, r := range rows {
		page.Rows = append(page.Rows, pages.MappingRow{From: r.Company, To: r.Provider, Note: r.Note, UpdatedAt: r.UpdatedAt})
	}
	return err
}

func (s *server) readReasonRows(c *gin.Context, page *pages.Mappings) error {
	rows, err := s.Reasons.Reasons(c.Request.Context(), page.Shop.Domain)
	for _, r := range rows {
		page.Rows = append(page.Rows, pages.MappingRow{From: r.Shopify, To: r.TikTok, Note: r.Note, UpdatedAt: r.UpdatedAt})
	}
	return err
}
