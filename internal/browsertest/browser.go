// Package browsertest is a person at a browser, for tests of what is seen: it
// finds what a page offers by role and name, as somebody would who hears or
// sees the page, waits for it, clicks, types and reads, also inside a frame of
// another origin.
//
// The browser is the machine's own Chromium, headless, with a profile that ends
// with the test. Only tests import the package. It knows nothing of the product.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a person waits for what has to come.
const patience = time.Minute

// Tab is one tab of a browser of the test's own.
type Tab struct {
	ctx context.Context

	mu       sync.Mutex
	troubles []string
}

// Size is a window's, in CSS pixels.
type Size struct{ Width, Height int64 }

// The sizes pages are looked at in.
var (
	Desktop = Size{1280, 900}
	Phone   = Size{390, 844}
)

// Open starts a browser with one empty tab. Where Chromium is not installed the
// test is skipped, in CI it fails.
func Open(t testing.TB, size Size) *Tab {
	t.Helper()
	path := chromium(t)
	tab := &Tab{}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.WindowSize(int(size.Width), int(size.Height)),
		chromedp.Flag("disable-dev-shm-usage", true),
		// What a page looks for elsewhere than on this machine does not exist.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
		chromedp.WSURLReadTimeout(patience),
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's own sandbox does not work for root
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(chromedp.DefaultExecAllocatorOptions[:], options...)...)
	ctx, endTab := chromedp.NewContext(allocator, chromedp.WithListener(tab.listen))
	t.Cleanup(func() {
		endTab()
		endAllocator()
	})
	tab.ctx = ctx
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(size.Width, size.Height)); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	for _, command := range []cdp.Command[cdp.Empty, cdp.Empty]{accessibility.Enable, cdplog.Enable} {
		if _, err := chromedp.Call(ctx, command, cdp.Empty{}); err != nil {
			t.Fatalf("start the browser: %v", err)
		}
	}
	return tab
}

func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium: CI must look at the pages")
	}
	t.Skip("not checked: Chromium is not installed (CHROMIUM may name it)")
	return ""
}

// listen notes what a developer would see in red: errors of scripts, refused
// resources, violations of the page's own policy.
func (tab *Tab) listen(event any) {
	var trouble string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		trouble = "exception: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			trouble += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			var said []string
			for _, arg := range e.Args {
				said = append(said, string(arg.Value)+arg.Description)
			}
			trouble = "console: " + strings.Join(said, " ")
		}
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError {
			trouble = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}
	if trouble == "" {
		return
	}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.troubles = append(tab.troubles, trouble)
}

// Troubles gives what went wrong in the tab since it was last asked. Expected
// are texts whose entries are left out, such as an answer that the test provoked.
func (tab *Tab) Troubles(expected ...string) []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	var left []string
	for _, trouble := range tab.troubles {
		known := false
		for _, text := range expected {
			known = known || strings.Contains(trouble, text)
		}
		if !known {
			left = append(left, trouble)
		}
	}
	tab.troubles = nil
	return left
}

// Visit opens an address and waits until it is loaded.
func (tab *Tab) Visit(t testing.TB, address string) *View {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatalf("visit %s: %v", address, err)
	}
	return tab.View("")
}

// Resize makes the window another size.
func (tab *Tab) Resize(t testing.TB, size Size) {
	t.Helper()
	if err := chromedp.Do(tab.ctx, chromedp.EmulateViewport(size.Width, size.Height)); err != nil {
		t.Fatalf("resize: %v", err)
	}
}

// Block keeps what the tab asks of such addresses, "*" in them for anything,
// from leaving it; with none, nothing is kept any more.
func (tab *Tab) Block(t testing.TB, addresses ...string) {
	t.Helper()
	patterns := make([]*network.BlockPattern, 0, len(addresses))
	for _, address := range addresses {
		patterns = append(patterns, &network.BlockPattern{URLPattern: address, Block: true})
	}
	if _, err := chromedp.Call(tab.ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: patterns}); err != nil {
		t.Fatalf("block: %v", err)
	}
}

// Address is where the tab is.
func (tab *Tab) Address(t testing.TB) string {
	t.Helper()
	address, err := chromedp.Run(tab.ctx, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// Picture is the whole page as PNG, frames as far as they show.
func (tab *Tab) Picture(t testing.TB) []byte {
	t.Helper()
	picture, err := chromedp.Run(tab.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatalf("take a picture: %v", err)
	}
	return picture
}
