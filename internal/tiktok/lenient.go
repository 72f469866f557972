package tiktok

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// decodeLenient decodes a JSON document of TikTok into target, a pointer to a
// struct. It takes a boolean or a number in quotes, a bare number where a
// string is declared (an id, an amount: the digits are kept as written), and
// null or an empty string for any zero value. Unknown fields are dropped.
// Anything else that does not fit is an error that names the field and never
// its value, which may be a buyer's.
func decodeLenient(raw []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return fmt.Errorf("parse json: %w", hideValue(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("parse json: more than one document")
	}
	return assign(reflect.ValueOf(target).Elem(), value, "")
}

// hideValue drops what encoding/json may quote of the document.
func hideValue(err error) error {
	var syntax *json.SyntaxError
	var misfit *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("syntax error at byte %d", syntax.Offset)
	case errors.As(err, &misfit):
		return fmt.Errorf("field %q has another type", misfit.Field)
	default:
		return err
	}
}

func assign(into reflect.Value, value any, path string) error {
	if value == nil {
		return nil
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return assign(into.Elem(), value, path)
	case reflect.Struct:
		return assignStruct(into, value, path)
	case reflect.Slice:
		return assignSlice(into, value, path)
	default:
		return assignScalar(into, value, path)
	}
}

func assignStruct(into reflect.Value, value any, path string) error {
	object, ok := value.(map[string]any)
	if !ok {
		return misfit(path, "an object")
	}
	for i := range into.NumField() {
		name, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		if err := assign(into.Field(i), object[name], path+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func assignSlice(into reflect.Value, value any, path string) error {
	list, ok := value.([]any)
	if !ok {
		return misfit(path, "a list")
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, element := range list {
		if err := assign(into.Index(i), element, path+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	return nil
}

func assignScalar(into reflect.Value, value any, path string) error {
	text, ok := scalarText(value)
	if !ok {
		return misfit(path, "a single value")
	}
	switch into.Kind() {
	case reflect.String:
		into.SetString(text)
	case reflect.Bool:
		switch strings.ToLower(text) {
		case "true", "1":
			into.SetBool(true)
		case "false", "0", "":
			into.SetBool(false)
		default:
			return misfit(path, "true or false")
		}
	case reflect.Int, reflect.Int64:
		if text == "" {
			return nil
		}
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return misfit(path, "a whole number")
		}
		into.SetInt(number)
	default:
		return fmt.Errorf("field %s has a kind that is never decoded", path)
	}
	return nil
}

// scalarText is a JSON scalar as text; numbers keep their digits.
func scalarText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	default:
		return "", false
	}
}

func misfit(path, want string) error {
	return fmt.Errorf("field %s is not %s", strings.TrimPrefix(path, "."), want)
}
