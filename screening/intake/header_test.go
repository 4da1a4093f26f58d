//nolint:misspell // words of five languages
package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
)

func TestRecognise(t *testing.T) {
	for header, want := range map[string]string{
		// the roles, as an English sheet has them
		"Partner": "Partner", "PARTNER INSTITUTION": "Partner", "Partner organisation (legal name)": "Partner", "Name of collaborating institution": "Partner",
		"Name of the partner organization": "Partner", "partner_name": "Partner", "partnerName": "Partner", "Partner Name *": "Partner", "Institution / Organisation": "Partner",
		"Collaborator": "Partner", "Counterparty": "Partner", "Organisation": "Partner", "Name": "Partner", "Company name": "Partner", "Full legal name of partner": "Partner",
		"Parent company": "Parent", "Ultimate parent": "Parent", "Funder": "Funder", "Sponsor": "Funder", "Funding body": "Funder", "Funder of research (1)": "Funder 1", "Funder 2": "Funder 2",
		"2nd funder": "Funder 2", "Second Funder": "Funder 2", "Funder No. 3": "Funder 3", "Ultimate funder (if any)": "Ultimate funder", "Prime Sponsor": "Ultimate funder",
		"Sub-recipient": "Subrecipient", "Subawardee": "Subrecipient", "Affiliation": "Affiliation", "Employer": "Affiliation", "End-user": "End user", "Consignee": "Consignee", "Vendor": "Supplier",
		// what says more of them
		"Country": "Country", "Country code": "Country", "Country/Region": "Country", "Funder country": "Funder country", "Country of funder": "Funder country", "Funder (1) country": "Funder 1 country",
		"Partner city": "Partner city", "Town": "City", "Partner website": "Partner website", "organizationUrl": "Partner website", "LEI": "Identifier", "ROR ID": "Identifier", "Partner VAT number": "Partner identifier",
		"Company registration no.": "Identifier", "D-U-N-S Number": "Identifier",
		// what says more of the collaboration
		"Reference": "Reference", "Our ref.": "Reference", "Grant ID (1)": "Reference", "Project title": "Project", "Title of project": "Project", "Start date": "Start", "endDate": "End", "Valid until": "End", "Status": "Status",
		// the due-diligence questions
		"Field of research": "Work", "Keywords": "Keywords", "ECCN": "Control code", "Export control code": "Control code", "Openly publishable?": "Openly publishable", "Publication restrictions": "Restrictions",
		"What is shared": "Shared", "Who owns results?": "Results owner", "Personal data?": "Personal data", "Dual-use": "Dual use", "Contract value (EUR)": "Value", "Type of agreement": "Agreement",
		"Technology area": "Technology area", "Ownership share": "Ownership share",
		"Destination": "Destination", "Country of destination": "Destination", "Place of performance": "Destination", "Zielland": "Destination", "Lieu de travail": "Destination", "País de destino": "Destination",
		"Land van bestemming": "Destination",
		// German
		"Partnereinrichtung": "Partner", "Name des Partners": "Partner", "Kooperationspartner": "Partner", "Förderer": "Funder", "Drittmittelgeber": "Funder", "Geldgeber 2": "Funder 2", "Muttergesellschaft": "Parent",
		"Letztlicher Geldgeber": "Ultimate funder", "Unterauftragnehmer": "Subrecipient", "Arbeitgeber": "Affiliation", "Endverwender": "End user", "Empfänger": "Consignee", "Lieferant": "Supplier", "Land des Partners": "Partner country",
		"Partnerland": "Partner country", "Lieferantenadresse": "Supplier address", "Sitzland": "Country", "Ort": "City", "Straße": "Address", "Anschrift": "Address", "Handelsregisternummer": "Identifier", "USt-IdNr.": "Identifier",
		"Aktenzeichen": "Reference", "Projekttitel": "Project", "Beginn": "Start", "Laufzeit bis": "End", "Wert": "Value", "Vertragsart": "Agreement", "Schlagwörter": "Keywords", "Personenbezogene Daten": "Personal data",
		// French
		"Établissement partenaire": "Partner", "Nom du partenaire": "Partner", "Bailleur de fonds": "Funder", "Organisme financeur": "Funder", "Société mère": "Parent", "Financeur ultime": "Ultimate funder", "Sous-traitant": "Subrecipient",
		"Employeur": "Affiliation", "Utilisateur final": "End user", "Destinataire": "Consignee", "Fournisseur": "Supplier", "Pays": "Country", "Pays du partenaire": "Partner country", "Ville": "City", "N° SIREN": "Identifier", "Numéro de TVA": "Identifier",
		"Référence": "Reference", "Titre du projet": "Project", "Date de début": "Start", "Date de fin": "End", "Mots-clés": "Keywords", "Montant": "Value", "Propriété intellectuelle": "Results owner",
		// Spanish
		"Institución colaboradora": "Partner", "Nombre del socio": "Partner", "Entidad financiadora": "Funder", "Empresa matriz": "Parent", "Financiador último": "Ultimate funder", "Subcontratista": "Subrecipient", "Usuario final": "End user",
		"Destinatario": "Consignee", "Proveedor": "Supplier", "País": "Country", "País del socio": "Partner country", "Ciudad": "City", "Dirección": "Address", "Título del proyecto": "Project", "Fecha de inicio": "Start", "Fecha de fin": "End", "Estado": "Status",
		"Palabras clave": "Keywords", "Importe": "Value",
		// Dutch
		"Partnerorganisatie": "Partner", "Naam van de partner": "Partner", "Samenwerkende instelling": "Partner", "Financier": "Funder", "Subsidiegever": "Funder", "Moederbedrijf": "Parent", "Uiteindelijke financier": "Ultimate funder", "Onderaannemer": "Subrecipient",
		"Werkgever": "Affiliation", "Eindgebruiker": "End user", "Geadresseerde": "Consignee", "Leverancier": "Supplier", "Leveranciersadres": "Supplier address", "Vestigingsland": "Country", "Plaats": "City", "KvK-nummer": "Identifier", "Projecttitel": "Project",
		"Begindatum": "Start", "Einddatum": "End", "Trefwoorden": "Keywords", "Waarde": "Value",
		// never taken: other things, or people, who are read only when mapped
		"Person": "", "Contact person": "", "Principal investigator": "", "PI": "", "First name": "", "Surname": "", "E-mail": "", "Contact name": "", "Full name": "", "Project manager": "", "Vorname": "", "Ansprechpartner": "",
		"Publisher": "", "Journal title": "", "Article title": "", "Licence on publisher website": "", "Discounts, memberships & pre-payment agreements": "", "Cost": "", "Fulltext in EPMC?": "",
		"Partner type": "", "Organisation type": "", "Partner ID": "", "projectUrl": "", "numPartners": "", "Country of birth": "", "Nationality": "", "Department": "", "Short name": "", "Role": "", "Comments": "", "": "", "123": "",
	} {
		if got := recognise(header).title(); got != want {
			t.Errorf("recognise(%q) = %q, want %q", header, got, want)
		}
	}
}

// TestPhrases holds the table to its own rules: a phrase means one thing, and
// nothing names a person.
func TestPhrases(t *testing.T) {
	seen := map[string]string{}
	add := func(phrase, means string) {
		if before, ok := seen[phrase]; ok && before != means {
			t.Errorf("the phrase %q means both %s and %s", phrase, before, means)
		}
		seen[phrase] = means
	}
	for _, p := range partyPhrases {
		for w := range split(p.phrases) {
			add(w, string(p.role))
		}
		if p.role.Person() {
			t.Error("a header is recognised as a person")
		}
	}
	for _, f := range fieldPhrases {
		for w := range split(f.phrases) {
			add(w, string(f.field)+f.kind)
		}
	}
	known := strings.Join(Roles(), "|")
	for _, r := range rowPhrases {
		if !strings.Contains(known, string(r.field)) {
			t.Errorf("%q is no role", r.field)
		}
		for w := range split(r.phrases) {
			add(w, string(r.field))
		}
	}
	for w := range split(peopleWords) {
		if means, ok := seen[w]; ok {
			t.Errorf("%q is a header of people and means %s", w, means)
		}
	}
}

// mapping lists a sheet's columns as "header: role" and those not read.
func mapping(l *layout) []string {
	s := l.sheet("", nil)
	var out []string
	for _, c := range s.Columns {
		out = append(out, c.Header+": "+c.Role)
	}
	if len(s.Ignored) > 0 {
		out = append(out, "not read: "+strings.Join(s.Ignored, ", "))
	}
	return out
}

func TestLayout(t *testing.T) {
	for _, tt := range []struct {
		name, headers, columns string
		want                   []string
		notes                  []string
	}{
		{name: "a country belongs to the partner", headers: "Partner|Funder|Country", want: []string{"Partner: Partner", "Funder: Funder", "Country: Partner country"}},
		{name: "or to the only organisation", headers: "Funder|Country|City", want: []string{"Funder: Funder", "Country: Funder country", "City: Funder city"}},
		{name: "each of several to the party on its left", headers: "Partner|Country|Funder|Country", want: []string{"Partner: Partner", "Country: Partner country", "Funder: Funder", "Country [D]: Funder country"}},
		{
			name: "a country that could be of two parties is not used", headers: "Funder|Supplier|Country",
			want:  []string{"Funder: Funder", "Supplier: Supplier", "not read: Country"},
			notes: []string{`"Country" is not used: it is not clear which of the parties it describes`},
		},
		{
			name: "nor one of a party that is not there", headers: "Partner|Funder country",
			want:  []string{"Partner: Partner", "not read: Funder country"},
			notes: []string{`"Funder country" is not used: there is no such party in the sheet`},
		},
		{
			name: "numbered columns", headers: "Funder 1|Funder 1 country|Funder 2|Funder 2 country|Funder 3",
			want: []string{"Funder 1: Funder 1", "Funder 1 country: Funder 1 country", "Funder 2: Funder 2", "Funder 2 country: Funder 2 country", "Funder 3: Funder 3"},
		},
		{name: "numbers on the fields alone", headers: "Partner 1|Country 1|Partner 2|Country 2", want: []string{"Partner 1: Partner 1", "Country 1: Partner 1 country", "Partner 2: Partner 2", "Country 2: Partner 2 country"}},
		{name: "the first of several without its number", headers: "Funder|Funder country|Funder 2|Funder 2 country", want: []string{"Funder: Funder", "Funder country: Funder country", "Funder 2: Funder 2", "Funder 2 country: Funder 2 country"}},
		{
			name: "a partner is better than an institution", headers: "Institution|Institution country|Partner|Country",
			want:  []string{"Partner: Partner", "Country: Partner country", "not read: Institution, Institution country"},
			notes: []string{`"Institution" is not read: another column says better who the partner is`},
		},
		{name: "an institution is better than a name", headers: "Name|Institution", want: []string{"Institution: Partner", "not read: Name"}, notes: []string{`"Name" is not read: another column says better who the partner is`}},
		{name: "a name will do", headers: "Name|Country", want: []string{"Name: Partner", "Country: Partner country"}},
		{name: "but not a person's", headers: "First name|Name|Funder", want: []string{"Funder: Funder", "not read: First name, Name"}},
		{
			name: "a name beside an affiliation is a person's", headers: "Name|Affiliation|Country",
			want:  []string{"Affiliation: Affiliation", "Country: Affiliation country", "not read: Name"},
			notes: []string{`"Name" is not read: beside an affiliation it is a person's name; to screen people, map it: --columns 'Person=Name'`},
		},
		{
			name: "the plainest of one partner's names", headers: "institution|institution_full_name|ror_id",
			want:  []string{"institution_full_name: Partner", "ror_id: Partner identifier", "not read: institution"},
			notes: []string{`"institution" is not read: another column says better who the partner is`},
		},
		{name: "company and university are both partners", headers: "Company|University", want: []string{"Company: Partner", "University: Partner"}},
		{name: "a number of the row gives way to a reference", headers: "No|Reference|Partner", want: []string{"Reference: Reference", "Partner: Partner", "not read: No"}},
		{name: "a mapping overrides the roles it names", headers: "Partner|Institution|Country", columns: "partner=INSTITUTION", want: []string{"Institution: Partner", "Country: Partner country", "not read: Partner"}},
		{name: "and no others", headers: "name|country|Funder", columns: "Partner=name", want: []string{"name: Partner", "country: Partner country", "Funder: Funder"}},
		{name: "a role may be mapped twice", headers: "A|B", columns: "Funder=A,Funder=B", want: []string{"A: Funder", "B: Funder"}},
		{name: "the second of two alike", headers: "Partner|Who|Who", columns: "Funder=Who [C]", want: []string{"Partner: Partner", "Who [C]: Funder", "not read: Who"}},
		{name: "people when mapped", headers: "Partner|Contact", columns: "Person=Contact", want: []string{"Partner: Partner", "Contact: Person"}},
		{name: "a party's field can be mapped", headers: "Partner|Geld|Wo", columns: "Funder=Geld,Funder country=Wo", want: []string{"Partner: Partner", "Geld: Funder", "Wo: Funder country"}},
		{
			name: "a mapping to a header that is not there leaves the role to recognition", headers: "Partner|Country", columns: "Partner=Institute",
			want:  []string{"Partner: Partner", "Country: Partner country"},
			notes: []string{`no column is headed "Institute", which --columns maps to Partner`},
		},
		{name: "columns without a header", headers: "Partner||Country", want: []string{"Partner: Partner", "Country: Partner country"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			columns, err := ParseColumns([]string{tt.columns})
			if err != nil {
				t.Fatal(err)
			}
			l := newLayout(strings.Split(tt.headers, "|"), columns)
			if diff := cmp.Diff(tt.want, mapping(l)); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, l.notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindHeader(t *testing.T) {
	rows := func(text string) []line {
		var out []line
		for i, r := range strings.Split(text, "\n") {
			if ln := (line{number: i + 1, cells: strings.Split(r, "|")}); ln.filled() > 0 {
				out = append(out, ln)
			}
		}
		return out
	}
	for _, tt := range []struct {
		name, sheet, columns string
		row                  int
	}{
		{name: "the first row", sheet: "Partner|Country\nQuell|DE", row: 1},
		{name: "below a title that is a word we know", sheet: "Partner\n\nReference|Partner|Country\n1|Quell|DE", row: 3},
		{name: "not a word we know among data", sheet: "Who|Kind|Since\nQuell|Partner|2020\nHalcyon|Funder|2021", columns: "Partner=Who", row: 1},
		{name: "a mapping finds the header", sheet: "List of\nWho|Kind|Where\nQuell|Partner|DE", columns: "Partner=Who,Country=Where", row: 2},
		{name: "one column under a title", sheet: "Register 2026\nPartner\nQuell", row: 2},
		{name: "the header of many columns, one known", sheet: "A|Partner|B|C\n1|Quell|2|3", row: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			columns, err := ParseColumns([]string{tt.columns})
			if err != nil {
				t.Fatal(err)
			}
			l := findHeader(rows(tt.sheet), columns)
			if l.headerRow != tt.row || len(l.names) == 0 {
				t.Errorf("header in row %d with %d name columns, want row %d", l.headerRow, len(l.names), tt.row)
			}
		})
	}
	if l := findHeader(rows("Who|Role|Type\nQuell|Supplier|Company\nHalcyon|Funder|Company"), nil); len(l.names) > 0 {
		t.Errorf("a data row was taken for the header: row %d", l.headerRow)
	}
	if l := findHeader(rows("Who|Kind|Since\nQuell|Partner|2020\nHalcyon|Funder|2021"), nil); len(l.names) > 0 {
		t.Errorf("a data row was taken for the header: row %d", l.headerRow)
	}
}

func TestParseColumns(t *testing.T) {
	for _, tt := range []struct {
		name  string
		specs []string
		want  Columns
		err   string
	}{
		{"one spec", []string{"Partner=Institution,Ultimate funder=Sponsor"}, Columns{{"Partner", "Institution"}, {"Ultimate funder", "Sponsor"}}, ""},
		{"several specs, any case", []string{"PARTNER=name", "ultimate FUNDER = Sponsor "}, Columns{{"Partner", "name"}, {"Ultimate funder", "Sponsor"}}, ""},
		{"split at the first =", []string{"Partner=a=b"}, Columns{{"Partner", "a=b"}}, ""},
		{"a comma in a header", []string{"Partner=Name, legal,Country=Land"}, Columns{{"Partner", "Name, legal"}, {"Country", "Land"}}, ""},
		{"a field of a party", []string{"funder country=Land"}, Columns{{"Funder country", "Land"}}, ""},
		{"a due-diligence role", []string{"dual use=D"}, Columns{{"Dual use", "D"}}, ""},
		{"nothing", nil, nil, ""},
		{"a slip", []string{"Parnter=x"}, nil, `unknown role "Parnter", did you mean "Partner"?`},
		{"far from any role", []string{"Zzzzzzzzzzzz=x"}, nil, `unknown role "Zzzzzzzzzzzz"; the roles are Partner,`},
		{"no =", []string{"Partner"}, nil, `"Partner" has no "="`},
		{"no header", []string{"Partner="}, nil, "the role Partner has no header"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseColumns(tt.specs)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if (err == nil) != (tt.err == "") || (err != nil && !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
		})
	}
	if _, err := Read(t.Context(), "a.csv", []byte("Partner\nQuell GmbH\n"), Options{Columns: Columns{{Role: "Partnr", Header: "x"}}}); err == nil || !strings.Contains(err.Error(), `did you mean "Partner"?`) {
		t.Errorf("an unknown role in the options: got %v", err)
	}
	for _, r := range Roles() {
		if m, ok := roleNamed(strings.ToUpper(r)); !ok || m.title() != r {
			t.Errorf("the role %q reads as %q", r, m.title())
		}
	}
	if _, ok := roleNamed(string(screening.RoleUltimateFunder)); !ok {
		t.Error("a role is not known by its word in the results")
	}
}
