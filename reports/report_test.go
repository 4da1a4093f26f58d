package reports

import (
	"bytes"
	"os"
	"testing"
)

func sampleBook(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	r := sampleReport()
	r.TempDir = t.TempDir()
	if err := Write(&out, r, results(sampleResults()...)); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(r.TempDir); err != nil || len(left) > 0 {
		t.Errorf("files left in the temporary folder: %v %v", left, err)
	}
	return out.Bytes()
}

func TestWriteSample(t *testing.T) {
	book := sampleBook(t)
	if to := os.Getenv("SAMPLE_OUT"); to != "" {
		if err := os.WriteFile(to, book, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if again := sampleBook(t); !bytes.Equal(book, again) {
		t.Error("the same report was written twice with different bytes")
	}
}
