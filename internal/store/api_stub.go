// Package store keeps everything that Switchback remembers.
package store

import (
	"context"
	"log/slog"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// The signatures of the package while its bodies are being written.

type Job = interface{ Kind() string }

type Options struct {
	Keyring  *secret.Keyring
	Now      func() time.Time
	Logger   *slog.Logger
	ReadOnly bool // SQLite: beside a running server; no lock, no migration, writes fail
}

type Store struct{}

func Open(ctx context.Context, url string, o Options) (*Store, error) { panic("not yet") }
func (s *Store) Migrate(ctx context.Context) error                    { panic("not yet") } // queue.Migrate calls it and adds River's
func (s *Store) Ping(ctx context.Context) error                       { panic("not yet") }
func (s *Store) Close() error                                         { panic("not yet") }
func (s *Store) Enqueue(ctx context.Context, jobs ...Job) error       { panic("not yet") }

func (s *Store) InstallShop(ctx context.Context, shop shops.Shop, pair tokens.Pair) (shops.Shop, error) {
	panic("not yet")
}
func (s *Store) Shop(ctx context.Context, domain shopify.Domain) (shops.Shop, error) {
	panic("not yet")
}
func (s *Store) ShopBySlug(ctx context.Context, slug string) (shops.Shop, error) { panic("not yet") }
func (s *Store) Shops(ctx context.Context) ([]shops.Shop, error)                 { panic("not yet") }
func (s *Store) UpdateShop(ctx context.Context, shop shops.Shop) error           { panic("not yet") }
func (s *Store) SetScopes(ctx context.Context, domain shopify.Domain, scopes []string) error {
	panic("not yet")
}
func (s *Store) UninstallShop(ctx context.Context, domain shopify.Domain, triggeredAt time.Time) (bool, error) {
	panic("not yet")
}
func (s *Store) EraseShop(ctx context.Context, domain shopify.Domain) error { panic("not yet") }

func (s *Store) Settings(ctx context.Context, domain shopify.Domain) (shops.Settings, error) {
	panic("not yet")
}
func (s *Store) UpdateSettings(ctx context.Context, domain shopify.Domain, settings shops.Settings, jobs ...Job) error {
	panic("not yet")
}
func (s *Store) ChangeSettings(ctx context.Context, domain shopify.Domain, change func(*shops.Settings) ([]Job, error)) (shops.Settings, error) {
	panic("not yet")
}

// tokens.Store, and:
func (s *Store) SaveTokenPair(ctx context.Context, key tokens.Key, pair tokens.Pair) error {
	panic("not yet")
}

func (s *Store) Connect(ctx context.Context, auth shops.Authorization, pair tokens.Pair, connections []shops.Connection) error {
	panic("not yet")
}
func (s *Store) Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error) {
	panic("not yet")
}
func (s *Store) Connection(ctx context.Context, id tiktok.ShopID) (shops.Connection, error) {
	panic("not yet")
}
func (s *Store) Authorizations(ctx context.Context, domain shopify.Domain) ([]shops.Authorization, error) {
	panic("not yet")
}
func (s *Store) Authorization(ctx context.Context, domain shopify.Domain, seller tiktok.OpenID) (shops.Authorization, error) {
	panic("not yet")
}
func (s *Store) Disconnect(ctx context.Context, domain shopify.Domain, id tiktok.ShopID) error {
	panic("not yet")
}
func (s *Store) SetConnectionOff(ctx context.Context, domain shopify.Domain, id tiktok.ShopID, reason shops.OffReason) error {
	panic("not yet")
}
func (s *Store) SaveState(ctx context.Context, state shops.State) error { panic("not yet") }
func (s *Store) TakeState(ctx context.Context, purpose, hash string) (shops.State, error) {
	panic("not yet")
}

func (s *Store) ReceiveEvent(ctx context.Context, e inbox.Event, jobs ...Job) (bool, error) {
	panic("not yet")
}

func (s *Store) LeaseOrder(ctx context.Context, shop shopify.Domain, id tiktok.OrderID, ttl time.Duration) (links.Lease, error) {
	panic("not yet")
}
func (s *Store) RenewLease(ctx context.Context, lease links.Lease, ttl time.Duration) (links.Lease, error) {
	panic("not yet")
}
func (s *Store) ReleaseLease(ctx context.Context, lease links.Lease) error { panic("not yet") }
func (s *Store) Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error) {
	panic("not yet")
}
func (s *Store) Lines(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Line, error) {
	panic("not yet")
}
func (s *Store) SaveOrder(ctx context.Context, lease links.Lease, order links.Order, jobs ...Job) error {
	panic("not yet")
}
func (s *Store) SaveWritten(ctx context.Context, lease links.Lease, order links.Order, lines []links.Line, zip string, jobs ...Job) error {
	panic("not yet")
}

// SearchOrders: newest first; the string is the next cursor, empty at the end; links.ErrCursor for a cursor that is not ours.
func (s *Store) SearchOrders(ctx context.Context, shop shopify.Domain, query string, limit int, cursor string) ([]links.Order, string, error) {
	panic("not yet")
}
func (s *Store) OrdersIn(ctx context.Context, shop shopify.Domain, state links.State, reason, after string, limit int) ([]links.Order, error) {
	panic("not yet")
}
func (s *Store) OrderCounts(ctx context.Context, shop shopify.Domain) (map[links.State]int, error) {
	panic("not yet")
}

func (s *Store) OpenException(ctx context.Context, e exceptions.Exception) error { panic("not yet") }
func (s *Store) ResolveExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID, resolution string, codes ...exceptions.Code) error {
	panic("not yet")
}

// Exceptions: open first, newest first; the string is the next cursor; exceptions.ErrCursor, exceptions.ErrNotFound.
func (s *Store) Exceptions(ctx context.Context, shop shopify.Domain, cursor string, limit int) ([]exceptions.Exception, string, error) {
	panic("not yet")
}
func (s *Store) Exception(ctx context.Context, shop shopify.Domain, id string) (exceptions.Exception, error) {
	panic("not yet")
}

// OrderExceptions are the order's open ones.
func (s *Store) OrderExceptions(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]exceptions.Exception, error) {
	panic("not yet")
}
func (s *Store) CountExceptions(ctx context.Context, shop shopify.Domain) (int, error) {
	panic("not yet")
}

func (s *Store) AppendTimeline(ctx context.Context, entries ...timeline.Entry) error {
	panic("not yet")
}
func (s *Store) Timeline(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) ([]timeline.Entry, error) {
	panic("not yet")
}
