package screening

import "slices"

// Bearing is whether a list binds this office.
type Bearing string

const (
	Binding     Bearing = "binding"
	Contractual Bearing = "contractual" // through a funder or an item's origin
	Informative Bearing = "informative"
)

// Everywhere, as a jurisdiction a list binds, stands for every office: the
// Security Council's measures bind all member states.
const Everywhere = "*"

// euMembers are the member states of the European Union (27 since 2020-02-01).
var euMembers = []string{
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
	"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}

// BearingFor says how a list that binds the given jurisdictions (ISO 3166-1
// alpha-2 codes, "EU", or Everywhere) and follows items or money beyond them
// (reaches: the same, for lists with extraterritorial effect) bears on an
// office in the office's jurisdictions. An office that names none is bound by
// every list.
func BearingFor(binds []string, reaches bool, office []string) Bearing {
	if len(office) == 0 || slices.Contains(binds, Everywhere) {
		return Binding
	}
	for _, o := range office {
		if slices.Contains(binds, o) || (slices.Contains(binds, "EU") && slices.Contains(euMembers, o)) {
			return Binding
		}
	}
	if reaches {
		return Contractual
	}
	return Informative
}
