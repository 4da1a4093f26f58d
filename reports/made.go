package reports

import (
	"archive/zip"
	"bytes"
	"io"
)

// Made reports whether a file is a workbook of this program by what the
// workbook says of itself: enough to tell its owner so, not to trust it.
func Made(r io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return false
	}
	for _, m := range z.File {
		if m.Name != "docProps/core.xml" {
			continue
		}
		part, err := m.Open()
		if err != nil {
			return false
		}
		defer func() { _ = part.Close() }()
		content, _ := io.ReadAll(io.LimitReader(part, 1<<16)) // a broken one is not ours
		return bytes.Contains(content, []byte(">screener</dc:creator>"))
	}
	return false
}
