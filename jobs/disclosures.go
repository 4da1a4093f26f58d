package jobs

import (
	"fmt"
	"path/filepath"

	"partnerscreen/screening"
	"partnerscreen/screening/intake"
)

// CompareDisclosures lists what differs between two disclosures of one person,
// each a file. It errors where one cannot be read, or both name an ORCID iD and not the same.
// Nothing of it is kept.
func CompareDisclosures(earlier, later string) ([]screening.DisclosureChange, error) {
	before, err := intake.OpenDisclosed(earlier)
	if err != nil {
		return nil, err
	}
	after, err := intake.OpenDisclosed(later)
	if err != nil {
		return nil, err
	}
	if before.ORCID != "" && after.ORCID != "" && before.ORCID != after.ORCID {
		return nil, fmt.Errorf("comparing disclosures: %s and %s have two ORCID iDs, so they are of two people", filepath.Base(earlier), filepath.Base(later))
	}
	return screening.CompareDisclosures(before, after), nil
}
