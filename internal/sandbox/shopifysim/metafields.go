package shopifysim

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// appNamespace is the full form of the reserved namespace "$app". The app's numeric id is made from its API key.
func (s *Sim) appNamespace() string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s.opts.APIKey)) // a hash never refuses a write
	return "app--" + strconv.FormatUint(uint64(h.Sum32()), 10)
}

// namespace resolves a metafield namespace as a request may write it.
func (s *Sim) namespace(given string) string {
	if given == "" || given == "$app" {
		return s.appNamespace()
	}
	if rest, ok := strings.CutPrefix(given, "$app:"); ok {
		return s.appNamespace() + "--" + rest
	}
	return given
}

// isID says whether the app's configuration defines this order metafield with type id, which makes its value unique.
func (s *Sim) isID(namespace, key string) bool {
	return namespace == s.appNamespace() && slices.Contains(s.opts.IDMetafields, key)
}

func findMetafield(list []Metafield, namespace, key string) (Metafield, bool) {
	i := slices.IndexFunc(list, func(m Metafield) bool { return m.Namespace == namespace && m.Key == key })
	if i < 0 {
		return Metafield{}, false
	}
	return list[i], true
}

// refusal is a userError in the making.
type refusal struct {
	code, message string
	field         []string
}

func (r refusal) object(typ string) object {
	fields := map[string]any{"message": r.message, "field": nil, "code": nil, "elementIndex": nil}
	if len(r.field) > 0 {
		fields["field"] = r.field
	}
	if r.code != "" {
		fields["code"] = r.code
	}
	return object{typ: typ, fields: fields}
}

func refusals(typ string, list []refusal) []object {
	out := make([]object, len(list))
	for i, r := range list {
		out[i] = r.object(typ)
	}
	return out
}

// metafield reads one metafield of a request and checks it against its definition. taken is set when another order
// than owner holds the value of an id metafield; code and message of the refusal are Shopify's.
func (x *execution) metafield(in input, owner string, field []string) (m Metafield, bad *refusal, taken bool) {
	m = Metafield{
		Namespace: x.sim.namespace(in.text("namespace")),
		Key:       in.text("key"),
		Type:      in.text("type"),
		Value:     in.text("value"),
	}
	defined := x.sim.isID(m.Namespace, m.Key)
	if m.Type == "" && defined {
		m.Type = "id"
	}
	switch {
	case len(m.Key) < 2 || len(m.Key) > 64:
		return m, &refusal{"INVALID", "Key must be from 2 to 64 characters long", append(field, "key")}, false
	case m.Type == "":
		return m, &refusal{"BLANK", "Type can't be blank", append(field, "type")}, false
	case defined != (m.Type == "id"):
		return m, &refusal{"INVALID_TYPE", "Type '" + m.Type + "' must be consistent with the definition's type",
			append(field, "type")}, false
	case m.Value == "":
		return m, &refusal{"BLANK", "Value can't be blank", append(field, "value")}, false
	}
	if defined {
		if holder := x.shop.orderByMetafield(m.Namespace, m.Key, m.Value); holder != nil && holder.GID != owner {
			return m, &refusal{"TAKEN", "Value has already been taken", append(field, "value")}, true
		}
	}
	return m, nil, false
}

// putMetafield sets a metafield of an order.
func (x *execution) putMetafield(r *orderRecord, m Metafield) Metafield {
	for i, old := range r.Metafields {
		if old.Namespace == m.Namespace && old.Key == m.Key {
			m.GID = old.GID
			r.Metafields[i] = m
			return m
		}
	}
	m.GID = x.sim.nextGID("Metafield")
	r.Metafields = append(r.Metafields, m)
	return m
}

func (x *execution) metafieldObject(m Metafield, r *orderRecord) object {
	return object{typ: "Metafield", of: r, fields: map[string]any{
		"id": m.GID, "legacyResourceId": legacyID(m.GID), "namespace": m.Namespace, "key": m.Key, "type": m.Type,
		"value": m.Value, "jsonValue": m.Value, "ownerType": "ORDER", "sizeInBytes": len(m.Value),
		"createdAt": stamp(r.CreatedAt), "updatedAt": stamp(r.UpdatedAt), "description": nil,
		"compareDigest": digest(m.Value),
	}}
}

func digest(value string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(value)) // a hash never refuses a write
	return strconv.FormatUint(h.Sum64(), 16)
}

// maxMetafieldsSet is Shopify's limit for one metafieldsSet.
const maxMetafieldsSet = 25

// metafieldsSet is atomic: one bad entry leaves all of them unwritten.
func metafieldsSet(x *execution, _ any, args input) (any, error) {
	if err := x.need("metafieldsSet", "write_orders"); err != nil {
		return nil, err
	}
	const userError = "MetafieldsSetUserError"
	entries := args.objects("metafields")
	if len(entries) > maxMetafieldsSet {
		bad := refusal{"LESS_THAN_OR_EQUAL_TO", "Exceeded the maximum metafields input limit of 25", at("metafields")}
		return payload("MetafieldsSetPayload", "metafields", nil, userError, bad), nil
	}
	owners := make([]*orderRecord, len(entries))
	read := make([]Metafield, len(entries))
	for i, in := range entries {
		var bad *refusal
		if owners[i] = x.shop.orderByID(in.text("ownerId")); owners[i] == nil {
			bad = &refusal{"INVALID", "Owner does not exist", at("metafields", i, "ownerId")}
		} else {
			read[i], bad, _ = x.metafield(in, owners[i].GID, at("metafields", i))
			if bad == nil {
				bad = staleDigest(in, owners[i], read[i], i)
			}
		}
		if bad != nil {
			return payload("MetafieldsSetPayload", "metafields", nil, userError, *bad), nil
		}
	}
	out := make([]object, len(entries))
	for i, m := range read {
		m = x.putMetafield(owners[i], m)
		x.changed(owners[i])
		out[i] = x.metafieldObject(m, owners[i])
	}
	return payload("MetafieldsSetPayload", "metafields", out, userError), nil
}

// staleDigest is metafieldsSet's compare and set: null asks for a metafield that does not exist yet.
func staleDigest(in input, owner *orderRecord, m Metafield, i int) *refusal {
	if !in.has("compareDigest") {
		return nil
	}
	old, exists := findMetafield(owner.Metafields, m.Namespace, m.Key)
	if want := in.text("compareDigest"); exists && digest(old.Value) == want || !exists && want == "" {
		return nil
	}
	return &refusal{"STALE_OBJECT", "The resource has been updated since it was loaded", at("metafields", i)}
}

// payload is a mutation's answer: the thing it made or nil, and its userErrors.
func payload(typ, field string, value any, errorType string, errs ...refusal) object {
	return object{typ: typ, fields: map[string]any{field: value, "userErrors": refusals(errorType, errs)}}
}
