package screening

import "testing"

func TestCountryCode(t *testing.T) {
	for in, want := range map[string]string{
		"CN": "CN", "chn": "CN", "China": "CN", "P.R. China": "CN", "PEOPLE'S REPUBLIC OF CHINA": "CN", "中国": "CN", "中華人民共和國": "CN",
		"UK": "GB", "EL": "GR", "XK": "XK", "United Kingdom": "GB", "Vereinigtes Königreich": "GB", "Royaume-Uni": "GB", "Verenigd Koninkrijk": "GB",
		"Iran (Islamic Republic of)": "IR", "Islamic Republic of Iran": "IR", "ایران": "IR",
		"DPRK": "KP", "Korea, North": "KP", "Korea, South": "KR", "Republic of Korea": "KR",
		"Россия": "RU", "Russian Federation": "RU", "Russie": "RU", "Rusland": "RU",
		"Côte d’Ivoire": "CI", "COTE D IVOIRE": "CI", "Turkey": "TR", "Türkiye": "TR", "TURKIYE": "TR",
		"The Netherlands": "NL", "Deutschland": "DE", "Taiwan, Province of China": "TW", "Hong Kong": "HK", "Burma": "MM",
		"Syrian Arab Republic": "SY", "Viet Nam": "VN", "North Macedonia": "MK", "Eswatini": "SZ", "Congo, Democratic Republic of the": "CD",
	} {
		if got, ok := CountryCode(in); !ok || got != want {
			t.Errorf("CountryCode(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "-", "n/a", "Unknown", "USSR", "Yugoslavia", "Atlantis", "ZZ"} {
		if got, ok := CountryCode(in); ok {
			t.Errorf("CountryCode(%q) = %q; want none", in, got)
		}
	}
	if got := CountryName("GB"); got != "United Kingdom" {
		t.Errorf("CountryName(GB) = %q", got)
	}
}
