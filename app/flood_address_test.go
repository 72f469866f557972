package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// strangeAddresses are request lines and headers that no browser and no platform
// sends, with what they are answered.
var strangeAddresses = map[string]struct {
	target, headers string
	want            int
}{
	"a line of 1 MiB":          {target: "/returns/" + strings.Repeat("a", 1<<20), want: http.StatusRequestHeaderFieldsTooLarge},
	"10,000 parameters":        {target: "/returns/x?" + strings.Repeat("&a", 10_000), want: http.StatusNotFound},
	"10,000 parameters, page":  {target: "/orders?" + strings.Repeat("&a", 10_000), want: http.StatusOK},
	"10,000 parameters, code":  {target: "/auth/callback?" + strings.Repeat("&a", 10_000), want: http.StatusUnauthorized},
	"a deep path":              {target: strings.Repeat("/a", 9_000), want: http.StatusNotFound},
	"a deep path below a page": {target: "/orders" + strings.Repeat("/a", 9_000), want: http.StatusNotFound},
	"slashes":                  {target: strings.Repeat("/", 18_000), want: http.StatusNotFound},
	"steps up":                 {target: "/static" + strings.Repeat("/..", 6_000), want: http.StatusNotFound},
	"hidden steps up":          {target: "/static/" + strings.Repeat("%2e%2e%2f", 2_000) + "etc/passwd", want: http.StatusNotFound},
	"percents of percents":     {target: "/returns/" + strings.Repeat("%25", 6_000), want: http.StatusNotFound},
	"no percents":              {target: "/returns/" + strings.Repeat("%zz", 6_000), want: http.StatusBadRequest},
	"percents in the query":    {target: "/returns/x?order=" + strings.Repeat("%25", 6_000), want: http.StatusNotFound},
	"semicolons":               {target: "/returns/x?" + strings.Repeat(";a", 9_000), want: http.StatusNotFound},
	"many headers":             {target: "/healthz", headers: strings.Repeat("a:b\r\n", 3_000), want: http.StatusOK},
	"too many headers":         {target: "/healthz", headers: strings.Repeat("a:b\r\n", 9_000), want: http.StatusRequestHeaderFieldsTooLarge},
	"many tokens":              {target: "/api/settings", headers: strings.Repeat("Authorization: Bearer a.b.c\r\n", 500), want: http.StatusUnauthorized},
}

// What is too long is refused, what is only strange gets its answer, and nothing
// of it is in the log.
func TestStrangeAddresses(t *testing.T) {
	t.Parallel()
	s := play(t, scenery{hostile: true})
	for name, strange := range strangeAddresses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.app, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			check(t, conn.SetDeadline(time.Now().Add(patience)))
			begun := make(chan struct{})
			go func() { // beside the reading: what is too long is not read to its end
				defer close(begun)
				_, _ = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", strange.target, strange.headers)
			}()
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			check(t, err)
			_ = response.Body.Close()
			if response.StatusCode != strange.want {
				t.Errorf("%s, want %d", response.Status, strange.want)
			}
			check(t, conn.Close())
			<-begun
		})
	}
	t.Cleanup(func() {
		for line := range strings.Lines(s.log.whole()) {
			if strings.Contains(line, "msg=http.") && (len(line) > 400 || !strings.Contains(line, "msg=http.request")) {
				t.Errorf("the log has %.200q", line)
			}
		}
	})
}
