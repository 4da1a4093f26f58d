package store_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"partnerscreen/screening"
)

// morning is when the tests' editions are fetched.
var morning = time.Date(2031, 3, 4, 6, 30, 0, 0, time.UTC)

// entity is an invented party of the list "zz_test".
func entity(id, name string) *screening.Entity {
	return &screening.Entity{
		List: "zz_test", ID: id, Kind: screening.KindOrganisation,
		Names:     []screening.Name{{Text: name, Kind: screening.PrimaryName}, {Text: name + " Ltd", Kind: screening.AliasName, Weak: true}},
		Countries: []string{"XA"},
		Listings:  []screening.Listing{{List: "zz_test", Entity: id, Programme: "ZETA", Controls: []screening.Control{screening.AssetFreeze}}},
	}
}

// edition is an edition of "zz_test" with a hash, fetched some days after the first morning.
func edition(hash string, day int) *screening.Edition {
	return &screening.Edition{
		List: "zz_test", Hash: hash, Fetched: morning.AddDate(0, 0, day),
		Files: []screening.EditionFile{{Name: "zz.csv", URL: "https://lists.example/zz.csv", Hash: strings.Repeat("ab", 32), Size: 12}},
	}
}

// all yields entities.
func all(entities ...*screening.Entity) iter.Seq2[*screening.Entity, error] {
	return func(yield func(*screening.Entity, error) bool) {
		for _, e := range entities {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// collect gathers what a sequence yields, and fails the test at its first error.
func collect[T any](t testing.TB, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var out []T
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// firstError runs through a sequence and returns the error it ends with.
func firstError[T any](seq iter.Seq2[T, error]) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

// inventedList yields n parties of about the size and shape of those on the
// large lists: 2.4 names, addresses, identifiers and remarks.
func inventedList(n int) iter.Seq2[*screening.Entity, error] {
	words := strings.Fields("Qorvath Institute of Applied Zelmar Trading Company Bravista Research Centre Northgale Shipping Limited Tovarex Industrial Group Hesperon Academy")
	return func(yield func(*screening.Entity, error) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		phrase := func(n int) string {
			s := make([]string, n)
			for i := range s {
				s[i] = words[r.IntN(len(words))]
			}
			return strings.Join(s, " ")
		}
		for i := range n {
			e := &screening.Entity{List: "zz_test", ID: fmt.Sprint(10_000 + i), Kind: screening.KindOrganisation, Countries: []string{"XA"}, Remarks: phrase(10)}
			for range 1 + r.IntN(4) {
				e.Names = append(e.Names, screening.Name{Text: phrase(3 + r.IntN(4)), Kind: screening.AliasName})
			}
			for range r.IntN(3) {
				e.Addresses = append(e.Addresses, screening.Address{Text: phrase(8), City: "Zelmar", Country: "XA"})
			}
			for range r.IntN(3) {
				e.Identifiers = append(e.Identifiers, screening.Identifier{Kind: "registration", Value: fmt.Sprint(r.Uint64()), Country: "XA"})
			}
			e.Listings = []screening.Listing{{
				List: "zz_test", Entity: e.ID, Programme: "ZETA", Authority: "Office of Invented Assets", LegalBasis: "Order 99999",
				Controls: []screening.Control{screening.AssetFreeze}, Listed: "2021-03-04", URL: "https://lists.example/" + e.ID, Remarks: phrase(12),
			}}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// fill gives every field a value of its own, and every slice and map elements:
// what a new field is lost by fails a test that compares what comes back.
func fill(t testing.TB, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("v%d \"<&>\\ й 大 \U0001F9EA \t", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) / 10_000)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, n)
		fill(t, value, n)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(morning.Add(time.Duration(*n) * time.Microsecond)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" {
				fill(t, v.Field(i), n)
			}
		}
	default:
		t.Fatalf("a noun holds a %s: teach fill about it", v.Kind())
	}
}
