package shopifysim

import "fmt"

// ChangeVariant is a merchant changing what a variant is: its SKU, its stock, its price.
func (s *Sim) ChangeVariant(domain, gid string, change func(*VariantSpec)) error {
	return s.within(domain, func(sh *shop) error {
		v := sh.variantByID(gid)
		if v == nil {
			return fmt.Errorf("change variant %s: there is none", gid)
		}
		change(&v.VariantSpec)
		return nil
	})
}
