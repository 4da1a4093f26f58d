package lists

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"partnerscreen/screening"
)

const rorSample = `[
{"id":"https://ror.org/0aaaaaa01","status":"active","names":[{"value":"OL","types":["acronym"],"lang":null},{"value":"Optics Laboratory","types":["ror_display","label"],"lang":"en"},{"value":"Лаборатория оптики","types":["label"],"lang":"ru"}],
 "domains":[],"links":[{"type":"wikipedia","value":"https://wiki.example/x"},{"type":"website","value":"https://www.optics.example/"}],"locations":[{"geonames_details":{"country_code":"PE","name":"Zelmar"}}],
 "external_ids":[{"type":"grid","preferred":"grid.1.a","all":["grid.1.a"]},{"type":"fundref","preferred":null,"all":["501"]}],
 "relationships":[{"type":"parent","id":"https://ror.org/0aaaaaa02","label":"Velmora Academy"},{"type":"related","id":"https://ror.org/0aaaaaa09","label":"Friends"}],"admin":{"last_modified":{"date":"2026-05-01"}}},
{"id":"https://ror.org/0aaaaaa02","status":"withdrawn","names":[{"value":"Velmora Academy","types":["ror_display"],"lang":"en"}],"domains":["velmora.example"],"links":[],"locations":[],"external_ids":[],
 "relationships":[{"type":"successor","id":"https://ror.org/0aaaaaa03","label":"New Academy"}],"admin":{"last_modified":{"date":"2026-04-01"}}},
{"id":"","status":"active","names":[{"value":"Nameless","types":["ror_display"]}]}
]`

func readROR(t *testing.T, name string, content []byte) ([]*screening.Entity, Header, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "ror"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ror", name), content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := FromDir(&rorRegistry, dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []*screening.Entity
	header, err := f.Format.Parse(f.Source, func(e *screening.Entity) { out = append(out, e) })
	return out, header, err
}

func TestRORInEveryPacking(t *testing.T) {
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	_, _ = io.WriteString(gz, rorSample)
	_ = gz.Close()
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	for name, text := range map[string]string{"v1.9-ror-data.json": `[{"id":"an older schema"}]`, "v1.9-ror-data.csv": "id", "v1.9-ror-data_schema_v2.json": rorSample} {
		w, _ := z.Create(name)
		_, _ = io.WriteString(w, text)
	}
	_ = z.Close()
	for name, content := range map[string][]byte{"v2-ror-data.json": []byte(rorSample), "ror.json.gz": packed.Bytes(), "v1.9-ror-data.zip": zipped.Bytes()} {
		all, header, err := readROR(t, name, content)
		if err != nil || len(all) != 2 {
			t.Errorf("%s: %d organisations, %v", name, len(all), err)
			continue
		}
		first, second := all[0], all[1]
		if first.Name() != "Optics Laboratory" || len(first.Names) != 3 || first.Names[1].Kind != screening.AcronymName {
			t.Errorf("%s: names %+v, want the one ROR displays first", name, first.Names)
		}
		if len(first.Websites) != 1 || first.Websites[0] != "optics.example" || len(first.Links) != 1 || first.Links[0].Kind != "parent" {
			t.Errorf("%s: websites %v, links %+v", name, first.Websites, first.Links)
		}
		if len(first.Identifiers) != 1 || first.Identifiers[0].Value != "grid.1.a" {
			t.Errorf("%s: identifiers %+v", name, first.Identifiers)
		}
		if second.Remarks != "withdrawn" || second.Links[0].Kind != "successor" {
			t.Errorf("%s: a withdrawn record %+v", name, second)
		}
		if header.Published.Format("2006-01-02") != "2026-05-01" || len(header.Findings) != 1 {
			t.Errorf("%s: published %s, findings %v", name, header.Published, header.Findings)
		}
	}
}

func TestRORCutOff(t *testing.T) {
	for _, cut := range []string{rorSample[:len(rorSample)-2], rorSample[:600], `{"error":"not found"}`, ""} {
		if _, _, err := readROR(t, "ror.json", []byte(cut)); err == nil {
			t.Errorf("%d bytes of %d were read as a whole register", len(cut), len(rorSample))
		}
	}
}
