package reports

import (
	"slices"
	"testing"
)

func TestSeal(t *testing.T) {
	line := func() sealed {
		return sealed{key: "k", run: "r", columns: []string{"Party", "Score", "Listings"}, values: []string{"Quillon College", "0.9", "1. aa\n2. bb"}}
	}
	key := []byte("secret")
	seal := line().seal(key)
	tests := []struct {
		name    string
		change  func(*sealed)
		key     string
		ok      bool
		changed []string
	}{
		{"untouched", func(*sealed) {}, "secret", true, nil},
		{"line breaks and spaces saved otherwise", func(s *sealed) { s.values[2] = " 1. aa  2. bb " }, "secret", true, nil},
		{"one cell", func(s *sealed) { s.values[0] = "Quillon Colleges" }, "secret", false, []string{"Party"}},
		{"two cells", func(s *sealed) { s.values[0], s.values[1] = "x", "0.8" }, "secret", false, []string{"Party", "Score"}},
		{"words moved to the next cell", func(s *sealed) { s.values[0], s.values[1] = "Quillon", "College 0.9" }, "secret", false, []string{"Party", "Score"}},
		{"another match", func(s *sealed) { s.key = "k2" }, "secret", false, nil},
		{"another run", func(s *sealed) { s.run = "r2" }, "secret", false, nil},
		{"another secret", func(*sealed) {}, "other", false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := line()
			tt.change(&s)
			if ok, changed := s.check([]byte(tt.key), seal); ok != tt.ok || !slices.Equal(changed, tt.changed) {
				t.Errorf("check = %v, %v; want %v, %v", ok, changed, tt.ok, tt.changed)
			}
		})
	}
	for _, broken := range []string{"", ".", "s1", "s1..", seal[1:], seal + "x", seal[:len(seal)-1]} {
		s := line()
		if ok, changed := s.check(key, broken); ok || len(changed) > 0 {
			t.Errorf("seal %q: %v, %v", broken, ok, changed)
		}
	}
	// The tags alone must not do: they tell where, the seal tells whether.
	forged := []byte(seal)
	forged[4] ^= 1
	s := line()
	if ok, _ := s.check(key, string(forged)); ok {
		t.Error("a seal with another sum was taken")
	}
}
