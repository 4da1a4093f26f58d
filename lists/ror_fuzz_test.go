package lists

import (
	"bytes"
	"compress/gzip"
	"testing"
)

// FuzzROR reads changed bytes as the registry's dump, alone and packed.
func FuzzROR(f *testing.F) {
	f.Add([]byte(`[{"id":"https://ror.org/01","status":"active","names":[{"value":"Ulmara College","types":["ror_display","label"],"lang":"en"}],"locations":[{"geonames_details":{"country_code":"NO","name":"Ulmar"}}],"relationships":[{"type":"parent","id":"https://ror.org/02","label":"Ulmara University"}],"admin":{"last_modified":{"date":"2026-01-02"}}}]`))
	f.Add([]byte(`[{"id":"https://ror.org/01","id":[]},{`))
	f.Add([]byte("\xef\xbb\xbf[]"))
	f.Add([]byte("PK\x05\x06" + string(make([]byte, 18))))
	f.Fuzz(func(t *testing.T, content []byte) {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for i, files := range []memoryFiles{{"v1-ror-data.json.gz": packed.Bytes()}, {"v1-ror-data.zip": content}, {"v1-ror-data.json": content}} {
			r, err := Read(t.Context(), &rorRegistry, &Fetched{Format: &rorRegistry.Formats[i], Source: files}, DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range r.Entities {
				if e.ID == "" || len(e.Names) == 0 {
					t.Errorf("a record without an id or a name: %+v", e)
				}
			}
		}
	})
}

// FuzzCustomSheet reads a workbook of names that an office keeps itself.
func FuzzCustomSheet(f *testing.F) {
	card, err := Custom(CustomConfig{ID: "watch", Format: "names.xlsx", Control: "advisory"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("PK\x05\x06" + string(make([]byte, 18))))
	f.Fuzz(func(t *testing.T, content []byte) {
		if _, err := Read(t.Context(), &card, &Fetched{Format: &card.Formats[0], Source: memoryFiles{"names.xlsx": content}}, DefaultLimits); err != nil {
			t.Fatal(err)
		}
	})
}
