package reports

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// sealed is the protected part of one line of Review: what its reviewer read
// when deciding. The seal is an HMAC over it, and a short tag for each cell
// that tells which one was changed.
type sealed struct {
	key     string // the match's
	run     string
	columns []string
	values  []string
}

const (
	sealMark = "s1" // how the seal is made; another way gets another mark
	tagBytes = 4
	tagText  = 6 // tagBytes in base64
)

func (s sealed) mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

func (s sealed) seal(key []byte) string {
	s.key, s.run = settled(s.key), settled(s.run)
	all := []string{sealMark, "line", s.key, s.run}
	var tags strings.Builder
	for i, c := range s.columns {
		v := settled(s.values[i])
		all = append(all, c, v)
		tags.WriteString(base64.RawURLEncoding.EncodeToString(s.mac(key, sealMark, "cell", s.key, s.run, c, v)[:tagBytes]))
	}
	return sealMark + "." + base64.RawURLEncoding.EncodeToString(s.mac(key, all...)) + "." + tags.String()
}

// check compares a line with its seal. When they disagree it names the
// columns whose cells were changed; none named means the key, the run or the
// seal itself was.
func (s sealed) check(key []byte, seal string) (ok bool, changed []string) {
	want := s.seal(key)
	if hmac.Equal([]byte(want), []byte(seal)) {
		return true, nil
	}
	_, tags, _ := cutLast(seal, ".")
	_, wantTags, _ := cutLast(want, ".")
	if len(tags) != len(wantTags) {
		return false, nil
	}
	for i, c := range s.columns {
		at := i * tagText
		if tags[at:at+tagText] != wantTags[at:at+tagText] {
			changed = append(changed, c)
		}
	}
	if len(changed) == len(s.columns) { // another key, run or secret changes every tag
		return false, nil
	}
	return false, changed
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
