package lists

// All holds every list there is a card for, in the order people read them:
// each state's financial sanctions first, then export control, then research security.
//
// A card's funcs must not refer to All (Go calls that an initialization cycle).
var All = []Card{
	unSecurityCouncil,
	euFinancialSanctions,
	euJournal,
	eu833,
	ukSanctions,
	chSanctions,
	auSanctions,
	caSanctions,
	usOFACSDN,
	usOFACCons,
	usTradeCSL,
	usBISDenied,
	usBISMIEU,
	usDoD1260H,
	usDoD1286,
	caNamedResearch,
	usSpecialLeg,
	usFCCCovered,
	usDHSUFLPA,
	usDDTCDebarred,
	jpMETIEndUsers,
	jpMETIRussia,
	twSHTC,
}

// Find returns the card with the id, of those given.
func Find(all []Card, id string) (*Card, bool) {
	for i := range all {
		if all[i].ID == id {
			return &all[i], true
		}
	}
	return nil, false
}
