package routes

import (
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	// mappingBytes bounds one change of a table: the most rows at their longest are far from it in practice.
	mappingBytes = 4 << 20
	mappingsPage = 200
	csvType      = "text/csv"
)

// SKUTable reads the merchant's SKU mappings.
type SKUTable interface {
	// SKUMappings lists those after the id given, in the order of their ids.
	SKUMappings(ctx context.Context, shop shopify.Domain, after tiktok.SKUID, limit int) ([]mappings.SKU, error)
}

// Mapper changes them, and sets free the orders that waited for it.
type Mapper interface {
	ChangeSKUs(ctx context.Context, shop shopify.Domain, rows []mappings.SKU) error
}

// listSKUs answers a page of JSON, or all of the table as a file when CSV is asked for.
func (s *server) listSKUs(c *gin.Context) {
	if strings.Contains(c.GetHeader("Accept"), csvType) || c.Query("format") == "csv" {
		s.exportSKUs(c)
		return
	}
	after, err := mappings.ParsePlace(c.Query("cursor"))
	if err != nil {
		s.fail(c, badRequest("invalid_cursor", "The cursor is not one that a list of your shop gave."))
		return
	}
	page, err := s.SKUs.SKUMappings(c.Request.Context(), shopOf(c).Domain, after, mappingsPage+1)
	if err != nil {
		s.fail(c, err)
		return
	}
	next := ""
	if len(page) > mappingsPage {
		page = page[:mappingsPage]
		next = string(page[mappingsPage-1].SKUID)
	}
	c.JSON(http.StatusOK, gin.H{"mappings": page, "next_cursor": next})
}

// exportSKUs writes the table in the form in which it can be imported again.
func (s *server) exportSKUs(c *gin.Context) {
	var after tiktok.SKUID
	writer := csv.NewWriter(c.Writer)
	for begun := false; ; begun = true {
		page, err := s.SKUs.SKUMappings(c.Request.Context(), shopOf(c).Domain, after, mappingsPage)
		if err != nil && !begun {
			s.fail(c, err)
			return
		}
		if err != nil { // a part is sent: only breaking off tells that the file is not whole
			s.Log.ErrorContext(c, "http.failed", "request_id", c.GetString(requestIDKey), "route", c.FullPath(), "error", err)
			panic(http.ErrAbortHandler)
		}
		if !begun {
			c.Header("Content-Type", csvType+"; charset=utf-8")
			c.Header("Content-Disposition", `attachment; filename="sku-mappings.csv"`)
			_ = writer.Write(mappings.Header()) // an error stays with the writer; a caller who is gone needs nothing
		}
		for _, sku := range page {
			_ = writer.Write(sku.Record())
		}
		writer.Flush()
		if len(page) < mappingsPage || writer.Error() != nil {
			return
		}
		after = page[len(page)-1].SKUID
	}
}

// changeSKUs takes rows as JSON or as a CSV file.
func (s *server) changeSKUs(c *gin.Context) {
	changeMappings(s, c, readSKUs, s.Mapper.ChangeSKUs)
}

// listMappings answers all of a table that is short.
func listMappings[M any](s *server, c *gin.Context, read func(context.Context, shopify.Domain) ([]M, error)) {
	list, err := read(c.Request.Context(), shopOf(c).Domain)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"mappings": list})
}

// changeMappings takes rows; one that cannot be taken keeps all of them out.
func changeMappings[M interface{ Removed() bool }](s *server, c *gin.Context, read func(*gin.Context) ([]M, error), change func(context.Context, shopify.Domain, []M) error) {
	rows, err := read(c)
	if err == nil {
		err = change(c.Request.Context(), shopOf(c).Domain, rows)
	}
	var faults mappings.RowErrors
	switch {
	case errors.As(err, &faults):
		refuseRows(c, faults)
		return
	case err != nil:
		s.fail(c, err)
		return
	}
	removed := 0
	for _, row := range rows {
		if row.Removed() {
			removed++
		}
	}
	c.JSON(http.StatusOK, gin.H{"set": len(rows) - removed, "removed": removed})
}

// refuseRows names every row that cannot be taken.
func refuseRows(c *gin.Context, faults mappings.RowErrors) {
	c.AbortWithStatusJSON(http.StatusUnprocessableEntity, gin.H{"error": gin.H{
		"code": "invalid_mapping", "message": "Nothing was changed: " + faults.Error(), "faults": faults,
	}})
}

func readSKUs(c *gin.Context) ([]mappings.SKU, error) {
	if strings.EqualFold(c.ContentType(), csvType) {
		raw, err := readBody(c, mappingBytes, apiRead)
		if err != nil {
			return nil, err
		}
		rows, err := mappings.ReadCSV(raw)
		if err != nil {
			return nil, err
		}
		return mappings.Check(rows)
	}
	return readMappings(c, mappings.Check)
}

// readMappings reads rows as JSON.
func readMappings[R, M any](c *gin.Context, check func([]R) ([]M, error)) ([]M, error) {
	var body struct {
		Mappings []R `json:"mappings"`
	}
	if err := readJSONOf(c, mappingBytes, &body, false); err != nil {
		return nil, err
	}
	if body.Mappings == nil {
		return nil, badRequest("invalid_json", `The body has no list "mappings".`)
	}
	return check(body.Mappings)
}
