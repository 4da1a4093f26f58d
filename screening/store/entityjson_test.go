package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
)

// fill gives every field a value of its own, and every slice two elements.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("v%d \"<&>\\ й 大 \U0001F9EA \t", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("an entity holds a " + v.Kind().String() + ": teach fill and entityReader to read it")
	}
}

// A new field of Entity that the reader does not know is read by encoding/json,
// rightly but slowly: this fails until entityjson.go knows it.
func TestEntityReaderKnowsEveryField(t *testing.T) {
	var want screening.Entity
	n := 0
	fill(reflect.ValueOf(&want).Elem(), &n)
	content, err := json.Marshal(&want)
	if err != nil {
		t.Fatal(err)
	}
	r, got := newEntityReader(), new(screening.Entity)
	if r.b = content; !r.readEntity(got) || r.i != len(content) {
		t.Fatalf("gave up at %.60q", content[r.i:])
	}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEntityReaderFallsBack(t *testing.T) {
	for name, content := range map[string]string{
		"a field of a later program": `{"list":"zz_test","id":"a","flag":{"x":[1,2]},"names":[{"text":"Qorvath","kind":"primary"}],"listings":null}`,
		"spaces":                     `{ "list": "zz_test", "id": "a", "names": [ {"text": "Qorvath", "kind": "primary"} ], "listings": null }`,
		"a null for a string":        `{"list":"zz_test","id":"a","kind":null,"names":[{"text":"Qorvath","kind":"primary"}],"listings":null}`,
	} {
		got, err := newEntityReader().entity([]byte(content))
		if err != nil || got.ID != "a" || got.Name() != "Qorvath" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, content := range map[string]string{
		"cut off": `{"list":"zz_test","id":"a`,
		"more":    `{"list":"zz_test","id":"a"}}`,
		"nothing": ``,
	} {
		if got, err := newEntityReader().entity([]byte(content)); err == nil {
			t.Errorf("%s: read as %+v, want an error", name, got)
		}
	}
}

func TestEntityReaderSharesWords(t *testing.T) {
	r := newEntityReader()
	content := []byte(`{"list":"zz_test","id":"a","names":null,"listings":[{"list":"zz_test","controls":["travel"],"authority":"Office"}]}`)
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := r.entity(content); err != nil {
			t.Fatal(err)
		}
	})
	// The entity, its id, its listings and their controls; the closures of one object each.
	if allocs > 8 {
		t.Errorf("%v allocations for an entity whose words are all known", allocs)
	}
}

func FuzzEntityReader(f *testing.F) {
	var e screening.Entity
	n := 0
	fill(reflect.ValueOf(&e).Elem(), &n)
	content, _ := json.Marshal(&e)
	f.Add(content)
	f.Add([]byte(`{"id":"\ud83e\uddea\u00e9\/\b\f","names":[],"listings":null}`))
	f.Add([]byte(`{"id":"\ud83e","names":[{}],"ID":"b"}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if !json.Valid(content) || strings.ToValidUTF8(string(content), "") != string(content) {
			_, _ = newEntityReader().entity(content) // must not panic; what is kept is valid
			return
		}
		got, gotErr := newEntityReader().entity(content)
		want := new(screening.Entity)
		wantErr := json.Unmarshal(content, want)
		if (gotErr == nil) != (wantErr == nil) {
			t.Fatalf("error %v, encoding/json %v", gotErr, wantErr)
		}
		if diff := cmp.Diff(want, got); wantErr == nil && diff != "" {
			t.Errorf("(-encoding/json +ours):\n%s", diff)
		}
	})
}
