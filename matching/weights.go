package matching

// weightOf is the built-in weight of a word that is no concept, form, place or
// number: what lexicon/weights.tsv says of words that are common in names the
// world over, and else by length, as a short word says little.
func (v *vocabulary) weightOf(text string) float32 {
	if w, ok := v.common[text]; ok {
		return w
	}
	switch len(text) {
	case 1:
		return 0.25
	case 2:
		return 0.5
	case 3:
		return 0.7
	case 4:
		return 0.9
	}
	return 1
}
