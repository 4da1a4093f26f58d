package matching

// All is every feature, in the order in which they are added up. The name is
// first, since the others only speak of what it found; the country is last,
// since how far it may lower a score depends on the rest.
var All = []Feature{
	nameFeature,
	acronymFeature,
	weakAliasFeature,
	legalFormFeature,
	identifierFeature,
	websiteFeature,
	cityFeature,
	addressFeature,
	birthDateFeature,
	countryFeature,
}
