package store_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// A new field of Entity that the reader does not know is read by encoding/json,
// rightly but slowly: this fails until entityjson.go knows it.
func TestEntityReaderKnowsEveryField(t *testing.T) {
	var want screening.Entity
	n := 0
	fill(t, reflect.ValueOf(&want).Elem(), &n)
	content, err := json.Marshal(&want)
	if err != nil {
		t.Fatal(err)
	}
	got, fast, err := store.ReadEntity(content)
	if err != nil || !fast {
		t.Fatalf("the fast reader gave up (%v) on %s", err, content)
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
		got, _, err := store.ReadEntity([]byte(content))
		if err != nil || got.ID != "a" || got.Name() != "Qorvath" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, content := range map[string]string{
		"cut off": `{"list":"zz_test","id":"a`,
		"more":    `{"list":"zz_test","id":"a"}}`,
		"nothing": ``,
	} {
		if got, _, err := store.ReadEntity([]byte(content)); err == nil {
			t.Errorf("%s: read as %+v, want an error", name, got)
		}
	}
}

func FuzzEntityReader(f *testing.F) {
	var e screening.Entity
	n := 0
	fill(f, reflect.ValueOf(&e).Elem(), &n)
	content, _ := json.Marshal(&e)
	f.Add(content)
	f.Add([]byte(`{"id":"\ud83e\uddea\u00e9\/\b\f","names":[],"listings":null}`))
	f.Add([]byte(`{"id":"\ud83e","names":[{}],"ID":"b"}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if !json.Valid(content) || strings.ToValidUTF8(string(content), "") != string(content) {
			_, _, _ = store.ReadEntity(content) // must not panic; what is kept is valid
			return
		}
		got, _, gotErr := store.ReadEntity(content)
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
