package reports

import "testing"

// Wilson's interval, worked out by hand for 5 of 100: 2.2 % to 11.2 %.
func TestRate(t *testing.T) {
	for _, tc := range []struct {
		k, n int
		want string
	}{{5, 100, "50.0 (21.5 to 111.8)"}, {0, 100, "0.0 (0.0 to 37.0)"}, {1, 1, "1000.0 (206.5 to 1000.0)"}} {
		if got := rate(tc.k, tc.n); got != tc.want {
			t.Errorf("%d of %d: %s, want %s", tc.k, tc.n, got, tc.want)
		}
	}
}

func TestScriptOf(t *testing.T) {
	for name, want := range map[string]string{
		"Aurelim Optics": "Latin", "Институт Велмора": "Cyrillic", "维尔莫拉研究所": "Chinese characters", "معهد": "Arabic", "ΑΒΓ": "Greek", "58": "other",
	} {
		if got := scriptOf(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
