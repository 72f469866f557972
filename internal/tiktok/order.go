package tiktok

import "time"

// Order is one order as the order API gives it (`/order/202507/orders`, and
// `/order/202309/orders/search`, whose rows are whole orders too).
//
// Amounts are decimal strings in Payment.Currency, times are unix seconds, 0
// where TikTok gave none. Enumerations are kept as they come: TikTok adds
// values, and fields, without a new version. Decoding takes booleans and
// numbers in quotes, ids as bare numbers, and absent or null fields.
type Order struct {
	ID     OrderID     `json:"id"`
	Status OrderStatus `json:"status"`
	// OrderType is NORMAL, ZERO_LOTTERY, PRE_ORDER, MADE_TO_ORDER, BACK_ORDER or empty.
	OrderType string `json:"order_type"`

	UserID string `json:"user_id"`
	// BuyerEmail is a relay address that TikTok made for this buyer, or empty.
	BuyerEmail    string `json:"buyer_email"`
	BuyerNickname string `json:"buyer_nickname"`
	BuyerMessage  string `json:"buyer_message"`
	SellerNote    string `json:"seller_note"`

	CommercePlatform  string `json:"commerce_platform"`
	PaymentMethodName string `json:"payment_method_name"`
	PaymentMethodCode string `json:"payment_method_code"`
	WarehouseID       string `json:"warehouse_id"`

	IsCOD                      bool `json:"is_cod"`
	IsSampleOrder              bool `json:"is_sample_order"`
	IsOnHoldOrder              bool `json:"is_on_hold_order"`
	IsReplacementOrder         bool `json:"is_replacement_order"`
	IsExchangeOrder            bool `json:"is_exchange_order"`
	IsSubscriptionOrder        bool `json:"is_subscription_order"`
	IsBuyerRequestCancel       bool `json:"is_buyer_request_cancel"`
	HasUpdatedRecipientAddress bool `json:"has_updated_recipient_address"`
	// ReplacedOrderID and ExchangeSourceOrderID name the order that a
	// replacement or an exchange came from.
	ReplacedOrderID       OrderID `json:"replaced_order_id"`
	ExchangeSourceOrderID OrderID `json:"exchange_source_order_id"`

	FulfillmentType    FulfillmentType `json:"fulfillment_type"`
	ShippingType       ShippingType    `json:"shipping_type"`
	DeliveryType       string          `json:"delivery_type"`
	DeliveryOptionID   string          `json:"delivery_option_id"`
	DeliveryOptionName string          `json:"delivery_option_name"`
	ShippingProvider   string          `json:"shipping_provider"`
	ShippingProviderID string          `json:"shipping_provider_id"`
	TrackingNumber     string          `json:"tracking_number"`
	// SplitOrCombineTag is COMBINED, SPLIT or empty.
	SplitOrCombineTag  string    `json:"split_or_combine_tag"`
	AutoCombineGroupID string    `json:"auto_combine_group_id"`
	Packages           []Package `json:"packages"`

	CreateTime        int64 `json:"create_time"`
	UpdateTime        int64 `json:"update_time"`
	PaidTime          int64 `json:"paid_time"`
	RTSTime           int64 `json:"rts_time"`
	RTSSLATime        int64 `json:"rts_sla_time"`
	TTSSLATime        int64 `json:"tts_sla_time"`
	ShippingDueTime   int64 `json:"shipping_due_time"`
	CollectionTime    int64 `json:"collection_time"`
	DeliveryTime      int64 `json:"delivery_time"`
	ReleaseDate       int64 `json:"release_date"`
	RequestCancelTime int64 `json:"request_cancel_time"`
	CancelTime        int64 `json:"cancel_time"`

	// CancellationInitiator is SELLER, BUYER or SYSTEM. CancelReason is that of
	// the first line.
	CancellationInitiator string `json:"cancellation_initiator"`
	CancelReason          string `json:"cancel_reason"`

	Payment Payment `json:"payment"`
	// RecipientAddress is nil while the order is UNPAID or ON_HOLD.
	RecipientAddress *Address `json:"recipient_address"`
	// LineItems has one entry per unit: TikTok has no quantities.
	LineItems []LineItem `json:"line_items"`
}

// UnmarshalJSON decodes leniently, see the type.
func (o *Order) UnmarshalJSON(raw []byte) error {
	type plain Order
	return decodeLenient(raw, (*plain)(o))
}

// CreatedAt is when the buyer ordered.
func (o Order) CreatedAt() time.Time { return time.Unix(o.CreateTime, 0).UTC() }

// ShippedByTikTok tells whether TikTok, not the seller, moves the parcel. Such
// orders may carry a masked name, phone and address.
func (o Order) ShippedByTikTok() bool {
	return o.FulfillmentType == FulfillmentByTikTok || o.ShippingType == ShippingByTikTok
}

// FulfillmentType says who keeps and packs the goods.
type FulfillmentType string

// Values of FulfillmentType; others may come.
const (
	FulfillmentBySeller    FulfillmentType = "FULFILLMENT_BY_SELLER"
	FulfillmentByTikTok    FulfillmentType = "FULFILLMENT_BY_TIKTOK"
	FulfillmentByTokopedia FulfillmentType = "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"
)

// ShippingType says who moves the parcel.
type ShippingType string

// Values of ShippingType; others may come.
const (
	ShippingByTikTok ShippingType = "TIKTOK"
	ShippingBySeller ShippingType = "SELLER"
)

// Package is one parcel of an order. US and UK orders have none before they are shipped.
type Package struct {
	ID PackageID `json:"id"`
}
