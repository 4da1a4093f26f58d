package matching

import "partnerscreen/screening"

// Band is what matches of one strength were found to be worth.
type Band struct {
	Strength screening.Strength
	// Right and All count the flagged parties of the labelled queries whose best
	// match was of this strength.
	Right, All int
}

// Precision is the share of matches of the band that were right.
func (b Band) Precision() float64 {
	if b.All == 0 {
		return 0
	}
	return float64(b.Right) / float64(b.All)
}
