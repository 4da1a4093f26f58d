package lists

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"partnerscreen/screening"
)

// ofacPaths are the elements an entry of SDN.XML or CONSOLIDATED.XML may have.
var ofacPaths = paths(`
	uid firstName lastName title sdnType remarks
	programList programList/program
	idList idList/id idList/id/uid idList/id/idType idList/id/idNumber idList/id/idCountry idList/id/issueDate idList/id/expirationDate
	akaList akaList/aka akaList/aka/uid akaList/aka/type akaList/aka/category akaList/aka/lastName akaList/aka/firstName
	addressList addressList/address addressList/address/uid addressList/address/address1 addressList/address/address2 addressList/address/address3
	addressList/address/city addressList/address/stateOrProvince addressList/address/postalCode addressList/address/country addressList/address/mainEntry
	nationalityList nationalityList/nationality nationalityList/nationality/uid nationalityList/nationality/country nationalityList/nationality/mainEntry
	citizenshipList citizenshipList/citizenship citizenshipList/citizenship/uid citizenshipList/citizenship/country citizenshipList/citizenship/mainEntry
	dateOfBirthList dateOfBirthList/dateOfBirthItem dateOfBirthList/dateOfBirthItem/uid dateOfBirthList/dateOfBirthItem/dateOfBirth dateOfBirthList/dateOfBirthItem/mainEntry
	placeOfBirthList placeOfBirthList/placeOfBirthItem placeOfBirthList/placeOfBirthItem/uid placeOfBirthList/placeOfBirthItem/placeOfBirth placeOfBirthList/placeOfBirthItem/mainEntry
	vesselInfo vesselInfo/callSign vesselInfo/vesselType vesselInfo/vesselFlag vesselInfo/vesselOwner vesselInfo/tonnage vesselInfo/grossRegisteredTonnage`)

// xml returns the reader of a list's plain XML file.
func (l ofacList) xml(file string) func(Source, func(*screening.Entity)) (Header, error) {
	return func(src Source, emit func(*screening.Entity)) (Header, error) {
		f, err := src.Open(file)
		if err != nil {
			return Header{}, err
		}
		defer func() { _ = f.Close() }()
		var found findings
		var header Header
		_, err = nodes(f, file, "sdnList", nil, func(n *node) error {
			switch n.Name {
			case "publshInformation": // as the publisher spells it
				header.Published, header.Declared = ofacPublished(n)
			case "sdnEntry":
				found.unknown(n, file, ofacPaths)
				emit(l.entry(n, file, &found))
			default:
				found.add("column", place(file, n), "unknown element "+n.Name, true)
			}
			return nil
		})
		header.Findings = found.all()
		return header, err
	}
}

func (l ofacList) entry(n *node, file string, found *findings) *screening.Entity {
	p := l.party(n.Get("uid"), place(file, n), found)
	var known bool
	if p.Kind, known = ofacKind(n.Get("sdnType")); !known {
		found.add("code", p.place, fmt.Sprintf("unknown type of party %q", n.Get("sdnType")), true)
	}
	p.name(ofacXMLName(n, screening.PrimaryName))
	for _, a := range n.All("akaList/aka") {
		kind, known := ofacAlias(a.Get("type"))
		if !known {
			found.add("code", p.place, fmt.Sprintf("unknown type of alias %q", a.Get("type")), false)
		}
		name := ofacXMLName(a, kind)
		switch a.Get("category") {
		case "strong":
		case "weak":
			name.Weak = true
		default:
			found.add("code", p.place, fmt.Sprintf("unknown category of alias %q", a.Get("category")), false)
		}
		p.name(name)
	}
	p.programmes = n.Values("programList/program")
	if title := n.Get("title"); title != "" {
		p.remark("Title: " + title)
	}
	for _, a := range n.All("addressList/address") {
		street := joined(", ", a.Get("address1"), a.Get("address2"), a.Get("address3"))
		p.located(street, joined(", ", a.Get("city"), joined(" ", a.Get("stateOrProvince"), a.Get("postalCode"))), a.Get("country"))
	}
	for _, x := range append(n.All("nationalityList/nationality"), n.All("citizenshipList/citizenship")...) {
		p.nationality(x.Get("country"))
	}
	for _, x := range n.All("dateOfBirthList/dateOfBirthItem") {
		born := x.Get("dateOfBirth")
		iso, ok := ParseDate(born, false)
		p.born(iso, ok)
		if !ok {
			p.remark("DOB " + born)
		}
	}
	for _, x := range n.All("placeOfBirthList/placeOfBirthItem") {
		p.remark("POB " + x.Get("placeOfBirth"))
	}
	for _, id := range n.All("idList/id") {
		if !p.document(id.Get("idType"), id.Get("idNumber"), id.Get("idCountry")) {
			p.remark(id.Get("idType") + " " + id.Get("idNumber"))
		}
	}
	if v := n.All("vesselInfo"); len(v) > 0 {
		p.identifier("callsign", v[0].Get("callSign"), "")
		p.nationality(v[0].Get("vesselFlag"))
		p.link(screening.Link{Kind: "owned_by", Name: v[0].Get("vesselOwner"), Source: "Vessel owner"})
		if kind := v[0].Get("vesselType"); kind != "" {
			p.remark("Vessel type: " + kind)
		}
	}
	p.remarks(n.Get("remarks"), true)
	return l.entity(p)
}

func ofacXMLName(n *node, kind screening.NameKind) screening.Name {
	name := screening.Name{Text: joined(" ", n.Get("firstName"), n.Get("lastName")), Kind: kind}
	if given := n.Get("firstName"); given != "" {
		name.Given, name.Family = given, n.Get("lastName")
	}
	return name
}

// ofacPublished reads the date and the count the publisher gives.
func ofacPublished(n *node) (time.Time, int) {
	date, _ := time.Parse("01/02/2006", n.Get("Publish_Date"))
	count, _ := strconv.Atoi(strings.ReplaceAll(n.Get("Record_Count"), ",", ""))
	return date, count
}

// ofacXMLDate reads only the publisher's date of a plain XML file.
func ofacXMLDate(file string) func(Source) (time.Time, error) {
	return func(src Source) (time.Time, error) {
		f, err := src.Open(file)
		if err != nil {
			return time.Time{}, err
		}
		defer func() { _ = f.Close() }()
		var date time.Time
		_, err = nodes(f, file, "sdnList", nil, func(n *node) error {
			date, _ = ofacPublished(n)
			return errEnough
		})
		return date, enough(err)
	}
}
