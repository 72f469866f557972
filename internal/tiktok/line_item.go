package tiktok

// LineItem is one unit of an order. Amounts are decimal strings in Currency.
type LineItem struct {
	ID        LineItemID `json:"id"`
	SKUID     SKUID      `json:"sku_id"`
	ProductID string     `json:"product_id"`
	// SellerSKU is the seller's own name for the SKU; TikTok may leave it out.
	SellerSKU   string `json:"seller_sku"`
	ProductName string `json:"product_name"`
	SKUName     string `json:"sku_name"`
	SKUImage    string `json:"sku_image"`

	Currency         string `json:"currency"`
	OriginalPrice    string `json:"original_price"`
	SalePrice        string `json:"sale_price"`
	SellerDiscount   string `json:"seller_discount"`
	PlatformDiscount string `json:"platform_discount"`
	// ItemTax is empty where TikTok collected no tax or names none.
	ItemTax []ItemTax `json:"item_tax"`

	RetailDeliveryFee   string `json:"retail_delivery_fee"`
	SmallOrderFee       string `json:"small_order_fee"`
	BuyerServiceFee     string `json:"buyer_service_fee"`
	DistanceFee         string `json:"distance_fee"`
	DistanceShippingFee string `json:"distance_shipping_fee"`
	// PfandFee is the deposit on bottles and cans (Germany).
	PfandFee string `json:"pfand_fee"`

	// DisplayStatus is where this unit stands; it may differ from its order's.
	DisplayStatus OrderStatus `json:"display_status"`
	// CancelUser is BUYER, SELLER, OPERATOR or SYSTEM.
	CancelUser   string `json:"cancel_user"`
	CancelReason string `json:"cancel_reason"`

	PackageID PackageID `json:"package_id"`
	// PackageStatus is TO_FULFILL, PROCESSING, FULFILLING, COMPLETED or CANCELLED.
	PackageStatus        string `json:"package_status"`
	TrackingNumber       string `json:"tracking_number"`
	ShippingProviderID   string `json:"shipping_provider_id"`
	ShippingProviderName string `json:"shipping_provider_name"`
	RTSTime              int64  `json:"rts_time"`

	IsGift            bool   `json:"is_gift"`
	GiftRetailPrice   string `json:"gift_retail_price"`
	IsDangerousGood   bool   `json:"is_dangerous_good"`
	NeedsPrescription bool   `json:"needs_prescription"`
	IsUnboxingItem    bool   `json:"is_unboxing_item"`
	UnboxingSKUCode   string `json:"unboxing_sku_code"`
	SKUType           string `json:"sku_type"`
	// CombinedListingSKUs are what a virtual bundle consists of; empty for any other SKU.
	CombinedListingSKUs []BundleComponent `json:"combined_listing_skus"`
}

// Cancelled tells whether this unit will not be delivered.
func (l LineItem) Cancelled() bool { return l.DisplayStatus == CancelledStatus }

// ItemTax is one tax on one unit. TaxRate is a fraction ("0.0825"), empty where
// TikTok gives none.
type ItemTax struct {
	TaxType   string `json:"tax_type"`
	TaxRate   string `json:"tax_rate"`
	TaxAmount string `json:"tax_amount"`
}

// BundleComponent is one SKU of a virtual bundle and how many of it a unit holds.
type BundleComponent struct {
	SKUID     SKUID  `json:"sku_id"`
	ProductID string `json:"product_id"`
	SellerSKU string `json:"seller_sku"`
	SKUCount  int    `json:"sku_count"`
}
