package screening

import "slices"

// Control says what the law does with a listed party. A listing carries one or more.
type Control string

const (
	AssetFreeze     Control = "asset_freeze"
	NarrowFinancial Control = "narrow_financial"
	ExportDenial    Control = "export_denial"
	ExportLicence   Control = "export_licence"
	ExportCondition Control = "export_condition"
	Debarment       Control = "debarment"
	ResearchFunding Control = "research_funding"
	Import          Control = "import"
	Travel          Control = "travel"
	CounterMeasure  Control = "counter_measure"
	Advisory        Control = "advisory"
	OtherControl    Control = "other"
)

// Controls lists every control, the gravest first; ties between listings of
// one grade are not decided by this order but by list id.
var Controls = []Control{
	AssetFreeze, ExportDenial, ExportLicence, ExportCondition, ResearchFunding,
	Debarment, NarrowFinancial, Import, Travel, CounterMeasure, Advisory, OtherControl,
}

// Valid reports whether c is one of the controls named above.
func (c Control) Valid() bool { return slices.Contains(Controls, c) }

// Plain says in a reader's words what the control means for the office.
func (c Control) Plain() string {
	switch c {
	case AssetFreeze:
		return "Asset freeze: no funds, services or resources"
	case NarrowFinancial:
		return "Narrow financial restriction: named financial dealings only, not blocked"
	case ExportDenial:
		return "Export denial: no participation in exports at all"
	case ExportLicence:
		return "Export licence needed for items, software or technology"
	case ExportCondition:
		return "Export condition: a red flag to resolve and a statement to obtain"
	case Debarment:
		return "Debarment from contracts or licences"
	case ResearchFunding:
		return "Research funding bar or review"
	case Import:
		return "Import bar on goods"
	case Travel:
		return "Travel ban"
	case CounterMeasure:
		return "Counter-measure of another state"
	case Advisory:
		return "Advisory: for information, no legal bar"
	default:
		return "Other measure: read the listing"
	}
}

// Owner is the office a hit is routed to.
type Owner string

const (
	LegalCompliance   Owner = "legal compliance"
	ExportControl     Owner = "export control"
	SponsoredPrograms Owner = "sponsored programmes"
	Procurement       Owner = "procurement"
	Disclosure        Owner = "disclosure"
	Ethics            Owner = "ethics"
	DataProtection    Owner = "data protection"
)

// Owners lists every office, in the order reports name them.
var Owners = []Owner{LegalCompliance, ExportControl, SponsoredPrograms, Procurement, Disclosure, Ethics, DataProtection}

// Owner names the office that answers for the control.
func (c Control) Owner() Owner {
	switch c {
	case ExportDenial, ExportLicence, ExportCondition:
		return ExportControl
	case ResearchFunding:
		return SponsoredPrograms
	case Import, Debarment:
		return Procurement
	default:
		return LegalCompliance
	}
}
