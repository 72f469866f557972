package tiktok

// Payment is what the buyer paid and how it came about: decimal strings in
// Currency, empty where TikTok gave none.
//
// TikTok documents
//
//	sub_total    = original_total_product_price - seller_discount - platform_discount
//	shipping_fee = original_shipping_fee - its seller discount - its platform discount
//	total_amount = sub_total + shipping_fee + taxes + retail_delivery_fee
//
// which leaves out the co-funded shipping discount and every other fee below,
// so that the parts need not add up to total_amount. Figures of US orders are
// before tax; those of markets with VAT include it.
type Payment struct {
	// Currency is an ISO 4217 code.
	Currency string `json:"currency"`
	// TotalAmount is what the buyer paid TikTok.
	TotalAmount string `json:"total_amount"`

	OriginalTotalProductPrice string `json:"original_total_product_price"`
	SellerDiscount            string `json:"seller_discount"`
	// PlatformDiscount is paid for by TikTok.
	PlatformDiscount string `json:"platform_discount"`
	SubTotal         string `json:"sub_total"`

	OriginalShippingFee         string `json:"original_shipping_fee"`
	ShippingFeeSellerDiscount   string `json:"shipping_fee_seller_discount"`
	ShippingFeePlatformDiscount string `json:"shipping_fee_platform_discount"`
	// ShippingFeeCofundedDiscount replaces the seller's shipping discount, which
	// is then 0, under the co-funded program.
	ShippingFeeCofundedDiscount string `json:"shipping_fee_cofunded_discount"`
	ShippingFee                 string `json:"shipping_fee"`

	ProductTax     string `json:"product_tax"`
	ShippingFeeTax string `json:"shipping_fee_tax"`
	Tax            string `json:"tax"`

	RetailDeliveryFee    string `json:"retail_delivery_fee"`
	SmallOrderFee        string `json:"small_order_fee"`
	BuyerServiceFee      string `json:"buyer_service_fee"`
	HandlingFee          string `json:"handling_fee"`
	ShippingInsuranceFee string `json:"shipping_insurance_fee"`
	ItemInsuranceFee     string `json:"item_insurance_fee"`
	ItemInsuranceTax     string `json:"item_insurance_tax"`
	DistanceFee          string `json:"distance_fee"`
	DistanceShippingFee  string `json:"distance_shipping_fee"`

	PaymentPlatformDiscount   string `json:"payment_platform_discount"`
	PaymentDiscountServiceFee string `json:"payment_discount_service_fee"`
}
