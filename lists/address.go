package lists

import (
	"regexp"
	"strings"
)

// countryNear reads the country at the end of an address, where a postal code
// may stand before or behind it: "Moscow, Russia, 127322", "Russia 426034".
func countryNear(address string) string {
	if hongKong.MatchString(address) {
		return "HK"
	}
	if streetAtEnd.MatchString(address) {
		return ""
	}
	if code := countryAtEnd(address); code != "" {
		return code
	}
	bare := strings.TrimRight(tidy(postalCode.ReplaceAllString(address, "")), " ,.;")
	if code := countryAtEnd(bare); code != "" {
		return code
	}
	if i := strings.LastIndexByte(bare, ' '); i >= 0 && len(bare)-i > 4 { // "Moscow Russia"
		return countryAtEnd(bare[i+1:])
	}
	return ""
}

var (
	hongKong    = regexp.MustCompile(`(?i)\bHong Kong,? (?:SAR,? )?China\.?$`)
	streetAtEnd = regexp.MustCompile(`\b(?:St|Ave|Rd|Str)\.?$`) // "St" is no São Tomé
	postalCode  = regexp.MustCompile(`\b\d[\d-]{3,7}\b`)
)
