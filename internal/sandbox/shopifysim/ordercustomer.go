package shopifysim

import (
	"regexp"
	"strings"
)

var (
	e164Pattern  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	emailPattern = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
)

// who reads the order's contact and customer.
func (r *orderReader) who() {
	if r.o.Email != "" && !emailPattern.MatchString(r.o.Email) {
		r.refuse("INVALID", "Email is invalid", at("order", "email")...)
	}
	if r.o.Phone != "" && !e164Pattern.MatchString(r.o.Phone) {
		r.refuse("INVALID", "Phone is invalid", at("order", "phone")...)
	}
	customer, id := r.in.object("customer"), r.in.text("customerId")
	switch {
	case customer != nil && id != "":
		r.refuse("REDUNDANT_CUSTOMER_FIELDS", "Only one of customer and customerId can be given", at("order", "customer")...)
	case id != "":
		r.associate(input{"id": id}, at("order", "customerId"))
	case customer.has("toAssociate"):
		r.associate(customer.object("toAssociate"), at("order", "customer", "toAssociate"))
	case customer.has("toUpsert"):
		r.upsert(customer.object("toUpsert"), at("order", "customer", "toUpsert"))
	}
}

func (r *orderReader) associate(in input, field []string) {
	if r.customer = r.x.shop.customer(in.text("id"), in.text("email"), ""); r.customer == nil {
		r.refuse("INVALID", "Customer does not exist", field...)
	}
}

// upsert finds the customer by id, else by e-mail, else makes one. An order's e-mail stands in for a missing one.
func (r *orderReader) upsert(in input, field []string) {
	c := Customer{
		Email: in.text("email"), Phone: in.text("phone"), Note: in.text("note"),
		FirstName: in.text("firstName"), LastName: in.text("lastName"),
	}
	if c.Email == "" {
		c.Email = r.o.Email
	}
	if in.text("id") == "" && c.Email == "" && c.Phone == "" {
		// What Shopify does here is not documented; a customer without any contact is what its admin refuses.
		r.refuse("INVALID", "A customer must have an email or a phone number", field...)
		return
	}
	if c.Email != "" && !emailPattern.MatchString(c.Email) {
		r.refuse("INVALID", "Email is invalid", append(field, "email")...)
	}
	known := r.x.shop.customer(in.text("id"), c.Email, "")
	if in.text("id") != "" && known == nil {
		r.refuse("INVALID", "Customer does not exist", append(field, "id")...)
	}
	if c.Phone != "" {
		r.phone(c.Phone, known, append(field, "phone"))
	}
	r.customer = known
	if known == nil {
		r.customer = &c
	}
}

// phone checks a customer's phone: dialable, and no other customer's.
func (r *orderReader) phone(phone string, owner *Customer, field []string) {
	if !e164Pattern.MatchString(phone) {
		r.refuse("INVALID", "Phone is invalid", field...)
	} else if other := r.x.shop.customer("", "", phone); other != nil && other != owner {
		r.refuse("INVALID", "Phone has already been taken", field...)
	}
}

// fillName gives a customer without a name the name of the shipping address.
func fillName(c *Customer, a *Address) {
	if a != nil && c.FirstName == "" && c.LastName == "" {
		c.FirstName, c.LastName = a.FirstName, a.LastName
	}
}

// customer finds a customer by the first of the three that is given.
func (sh *shop) customer(gid, email, phone string) *Customer {
	for _, c := range sh.customers {
		switch {
		case gid != "":
			if c.GID == gid {
				return c
			}
		case email != "":
			if strings.EqualFold(c.Email, email) {
				return c
			}
		case phone != "" && c.Phone == phone:
			return c
		}
	}
	return nil
}
