package routes

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/switchbackhq/switchback/app/pages"
)

// static are our scripts and styles, read and compressed once: they are few and
// small, and every page asks for them.
type static struct {
	files map[string]asset
	// version is a digest of all of them, and part of the addresses that pages
	// name: a browser keeps a file until a newer program names it otherwise.
	version string
}

type asset struct {
	kind          string
	plain, packed []byte
}

// ours are the pages' own files, which are part of the binary and never change while it runs.
var ours = sync.OnceValue(func() *static { return readStatic(pages.Static()) })

// readStatic takes the files of one folder, which is part of the binary: what cannot be read never built.
func readStatic(folder fs.FS) *static {
	s := &static{files: map[string]asset{}}
	sum := sha256.New()
	names, err := fs.Glob(folder, "*")
	if err != nil {
		panic(fmt.Errorf("list static files: %w", err))
	}
	for _, name := range names {
		plain, err := fs.ReadFile(folder, name)
		if err != nil {
			panic(fmt.Errorf("read static file: %w", err))
		}
		sum.Write(plain)
		s.files[name] = asset{mime.TypeByExtension(path.Ext(name)), plain, pack(plain)}
	}
	s.version = hex.EncodeToString(sum.Sum(nil))[:12]
	return s
}

func pack(plain []byte) []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is one of gzip's own
	}
	// Writing into memory does not fail.
	_, _ = w.Write(plain)
	_ = w.Close()
	return packed.Bytes()
}

func (s *static) serve(c *gin.Context) {
	file, ok := s.files[c.Param("name")]
	if !ok {
		c.AbortWithStatusJSON(http.StatusNotFound, gin.H{"error": gin.H{"code": errNotFound.Code, "message": errNotFound.Message}})
		return
	}
	if c.Query("v") == s.version {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	c.Header("Vary", "Accept-Encoding")
	body := file.plain
	if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		c.Header("Content-Encoding", "gzip")
		body = file.packed
	}
	c.Data(http.StatusOK, file.kind, body)
}
