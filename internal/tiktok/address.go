package tiktok

// Address is where the order goes. Name, phone and street may be masked with
// asterisks, wholly or in part, where TikTok moves the parcel.
type Address struct {
	// RegionCode is an ISO 3166-1 alpha-2 code.
	RegionCode  string `json:"region_code"`
	PostalCode  string `json:"postal_code"`
	Name        string `json:"name"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name"`
	PhoneNumber string `json:"phone_number"`

	AddressLine1  string `json:"address_line1"`
	AddressLine2  string `json:"address_line2"`
	AddressLine3  string `json:"address_line3"`
	AddressLine4  string `json:"address_line4"`
	AddressDetail string `json:"address_detail"`
	FullAddress   string `json:"full_address"`
	// PostTown is the town in UK addresses.
	PostTown string `json:"post_town"`

	// FirstNameLocalScript and LastNameLocalScript are given in Japan.
	FirstNameLocalScript string `json:"first_name_local_script"`
	LastNameLocalScript  string `json:"last_name_local_script"`

	// DistrictInfo goes from the country down. What a level means is in its
	// name: the numbering differs between markets.
	DistrictInfo        []District          `json:"district_info"`
	DeliveryPreferences DeliveryPreferences `json:"delivery_preferences"`
}

// District is one administrative level of an address, for example level "L1",
// level name "State", name "Texas", ISO code "TX".
type District struct {
	Level     string `json:"address_level"`
	LevelName string `json:"address_level_name"`
	Name      string `json:"address_name"`
	ISOCode   string `json:"iso_code"`
}

// DeliveryPreferences are the buyer's wishes (US).
type DeliveryPreferences struct {
	DropOffLocation string `json:"drop_off_location"`
}
