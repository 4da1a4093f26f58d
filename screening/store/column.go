package store

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// stamp is a time as a column holds it: UTC to the microsecond, which is what
// PostgreSQL keeps; null where it is zero.
type stamp struct{ time.Time }

// stampLayout has one width, so that text sorts as time does on SQLite.
const stampLayout = "2006-01-02T15:04:05.000000Z"

// Value gives the text both engines read.
func (s stamp) Value() (driver.Value, error) {
	if s.IsZero() {
		return nil, nil
	}
	return s.UTC().Format(stampLayout), nil
}

// Scan reads text from SQLite and a time from PostgreSQL.
func (s *stamp) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		s.Time = time.Time{}
	case time.Time:
		s.Time = v.UTC()
	case string:
		t, err := time.Parse(stampLayout, v)
		if err != nil {
			return fmt.Errorf("reading a time: %w", err)
		}
		s.Time = t
	default:
		return fmt.Errorf("reading a time: the column holds a %T", v)
	}
	return nil
}

// text is s as both engines can keep it: PostgreSQL refuses NUL and invalid UTF-8.
func text(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// jsonText is v in JSON, cleaned as text cleans.
func jsonText(v any) (string, error) {
	text, _, err := cleanJSONOf(v)
	return text, err
}

// cleanJSONOf is jsonText, and whether there was anything to clean.
func cleanJSONOf(v any) (text string, cleaned bool, err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", false, err
	}
	cleaned = bytes.Contains(b, []byte(`\u0000`)) || bytes.Contains(b, []byte(`\ufffd`))
	if cleaned {
		b = cleanJSON(b)
	}
	return string(b), cleaned, nil
}

// cleanJSON drops escaped NULs and writes the replacement character plainly,
// as it is written when the cleaned text is marshalled again: its hash stays.
func cleanJSON(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case bytes.HasPrefix(b[i:], []byte(`\u0000`)):
			i += 5
		case bytes.HasPrefix(b[i:], []byte(`\ufffd`)):
			out = append(out, "\uFFFD"...)
			i += 5
		case b[i] == '\\': // the next byte belongs to this escape
			out = append(out, b[i], b[i+1])
			i++
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// jsonOrNull is jsonText of a slice, and null for an empty one: most rows have
// no notes and should not pay for them.
func jsonOrNull[T any](v []T) (any, error) {
	if len(v) == 0 {
		return nil, nil
	}
	return jsonText(v)
}

// jsonPointer is jsonText of what v points to, and null for nil.
func jsonPointer[T any](v *T) (any, error) {
	if v == nil {
		return nil, nil
	}
	return jsonText(v)
}

// fromJSON reads a JSON column into v; null leaves v as it is.
func fromJSON(column []byte, v any) error {
	if column == nil {
		return nil
	}
	return json.Unmarshal(column, v)
}
