package screening

import "testing"

func TestParseAmount(t *testing.T) {
	for _, tc := range []struct {
		text string
		want float64 // -1: not read
	}{
		{"250000", 250_000},
		{"250,000", 250_000},
		{"€ 250.000,00", 250_000},
		{"250 000 EUR", 250_000},
		{"CHF 250'000.50", 250_000.50},
		{"1,250,000.00", 1_250_000},
		{"12.5", 12.5},
		{"1.2 million", 1_200_000},
		{"1,2 Mio. €", 1_200_000},
		{"USD 40k", 40_000},
		{"£1.250m", 1_250_000},
		{"0", 0},
		{"10,000 - 20,000", -1}, // which of them is not said
		{"40 % of the total", -1},
		{"-500", -1},
		{"in kind", -1},
		{"", -1},
	} {
		got, ok := ParseAmount(tc.text)
		if !ok {
			got = -1
		}
		if got != tc.want {
			t.Errorf("%q: %v, want %v", tc.text, got, tc.want)
		}
	}
	if got, ok := (Answers{AskValue: {Text: "tbd; 10 000; 40k"}}).Amount(AskValue); !ok || got != 40_000 {
		t.Errorf("of several the largest: %v", got)
	}
}
