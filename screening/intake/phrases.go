//nolint:misspell // words of five languages
package intake

import "partnerscreen/screening"

// This file is the table of headers that are recognised, in English, German,
// French, Spanish and Dutch. Write a phrase as people write it: case, accents,
// punctuation, numbering and little words ("of the", "des", "de la") are
// folded away on both sides. A phrase must match the whole header, or its
// part outside brackets, or together with a phrase of the other table: a party
// and a field of it ("funder country", "Land des Partners", "Partnerland").
// So a longer header ("Journal title", "Licence on publisher website") never
// matches by a part of it. Where a word is common for something else, leave it
// out: a column that is not recognised is named to the user, a column wrongly
// taken is not.

// partyPhrases name a party. A lower rank is the better choice where a sheet
// has several columns for the partner: 1 says what the party is to the office,
// 2 only what it is, 3 only that this is a name.
var partyPhrases = []struct {
	role    screening.Role
	rank    int
	phrases string // separated by bars
}{
	{screening.RolePartner, 1, `partner|partners|partner institution|partner institutions|partner organisation|partner organization|partner organisations|partner organizations|partnering institution|partnering organisation|partner company|partner entity|partner university|
		project partner|project partners|research partner|industry partner|industrial partner|foreign partner|international partner|external partner|overseas partner|consortium partner|consortium member|academic partner|
		collaborator|collaborators|collaborating institution|collaborating institutions|collaborating organisation|collaborating organization|collaborating organisations|collaborating organizations|collaborator institution|collaborator organisation|collaborator organization|collaborating company|collaborating partner|collaborating party|external collaborator|foreign collaborator|international collaborator|
		cooperating institution|cooperation partner|counterparty|counter party|counterparties|contracting party|contract partner|contractual partner|other party|third party|external party|foreign entity|partner or collaborator|partner organisation or institution|
		participant|participant organisation|participant organization|participating organisation|participating organization|participating institution|beneficiary|beneficiary organisation|recipient institution|recipient organisation|recipient organization|recipient|
		exchange partner|exchange institution|partner school|foreign institution|overseas institution|foreign university|visiting institution|external organisation|external organization|external institution|client|client organisation|customer|donor|donor organisation|licensee|
		Partnerin|Partnereinrichtung|Partnerinstitution|Partnerorganisation|Partnerhochschule|Partneruniversität|Partnerfirma|Partnerunternehmen|Kooperationspartner|Kooperationspartnerin|Projektpartner|Forschungspartner|Industriepartner|Vertragspartner|Vertragspartei|Verbundpartner|Konsortialpartner|Geschäftspartner|Praxispartner|kooperierende Einrichtung|kooperierende Institution|beteiligte Einrichtung|externe Einrichtung|externer Partner|ausländischer Partner|Auftraggeber|Kunde|Partners|
		partenaire|partenaires|institution partenaire|établissement partenaire|organisme partenaire|organisation partenaire|université partenaire|entreprise partenaire|partenaire du projet|partenaire de recherche|partenaire industriel|partenaire étranger|collaborateur externe|établissement collaborateur|organisme collaborateur|cocontractant|co-contractant|partie contractante|bénéficiaire|participants|client partenaire|
		socio|socios|socia|institución socia|entidad socia|organización socia|universidad socia|institución colaboradora|entidad colaboradora|organización colaboradora|empresa colaboradora|universidad colaboradora|entidad participante|institución participante|colaborador|colaboradores|socio del proyecto|contraparte|institución asociada|entidad beneficiaria|beneficiario|participante|cliente|
		partnerinstelling|partnerorganisatie|partneruniversiteit|partnerbedrijf|samenwerkingspartner|projectpartner|onderzoekspartner|contractpartner|contractpartij|wederpartij|samenwerkende instelling|samenwerkende organisatie|consortiumpartner|deelnemer|deelnemende organisatie|deelnemende instelling|begunstigde|opdrachtgever|klant`},
	{screening.RolePartner, 2, `organisation|organization|organisations|organizations|institution|institutions|institute|company|companies|firm|university|universities|entity|legal entity|business|business partner|host institution|host organisation|host organization|organisation or institution|company or institution|
		Einrichtung|Einrichtungen|Institut|Unternehmen|Firma|Universität|Hochschule|Körperschaft|juristische Person|
		organisme|organismes|établissement|établissements|entreprise|société|université|entité|raison sociale|dénomination sociale|structure|
		institución|instituciones|organización|organizaciones|entidad|entidades|empresa|universidad|organismo|razón social|denominación social|instituto|
		organisatie|organisaties|instelling|instellingen|bedrijf|onderneming|universiteit|rechtspersoon`},
	{screening.RoleParent, 1, `parent|parent company|parent organisation|parent organization|parent institution|parent entity|ultimate parent|ultimate parent company|direct parent|immediate parent|holding company|group company|corporate group|owned by|owner organisation|owner organization|controlling entity|controlling organisation|shareholder|majority shareholder|
		Mutter|Muttergesellschaft|Mutterunternehmen|Mutterkonzern|Mutterorganisation|Konzern|Konzernmutter|Dachorganisation|Trägereinrichtung|Träger|Eigentümer|Gesellschafter|
		société mère|maison mère|organisme parent|entité mère|établissement mère|tutelle|organisme de tutelle|groupe|actionnaire|
		matriz|empresa matriz|sociedad matriz|casa matriz|organización matriz|entidad matriz|grupo empresarial|accionista|propietario|
		moedermaatschappij|moederbedrijf|moederorganisatie|moederonderneming|concern|aandeelhouder`},
	{screening.RoleFunder, 1, `funder|funders|funder of research|research funder|funder of the project|project funder|direct funder|immediate funder|funding body|funding bodies|funding agency|funding agencies|funding organisation|funding organization|funding organisations|funding organizations|funding institution|funding source|funding sources|source of funding|source of funds|sources of funding|funded by|financed by|financier|sponsor|sponsors|sponsor organisation|sponsor organization|sponsoring organisation|sponsoring organization|sponsoring agency|research sponsor|project sponsor|direct sponsor|grantor|grant maker|grantmaker|granting body|grant body|awarding body|awarding agency|co-funder|cofunder|additional funder|other funder|other funders|external funder|
		Förderer|Foerderer|Fördergeber|Foerdergeber|Fördermittelgeber|Foerdermittelgeber|Drittmittelgeber|Mittelgeber|Geldgeber|Zuwendungsgeber|Zuschussgeber|Förderorganisation|Förderinstitution|Fördereinrichtung|Förderträger|Finanzierung durch|finanziert durch|gefördert durch|Sponsoren|
		bailleur|bailleurs|bailleur de fonds|bailleurs de fonds|financeur|financeurs|organisme financeur|organisme de financement|organisme subventionnaire|source de financement|sources de financement|financé par|commanditaire|subventionné par|agence de financement|
		financiador|financiadora|financiadores|entidad financiadora|organismo financiador|agencia financiadora|institución financiadora|organización financiadora|fuente de financiación|fuente de financiamiento|fuentes de financiación|financiado por|patrocinador|patrocinadores|
		financier|financiers|financiële partner|subsidiegever|subsidieverstrekker|geldgever|geldschieter|financieringsbron|bron van financiering|gefinancierd door|subsidieverlener`},
	{screening.RoleUltimateFunder, 1, `ultimate funder|ultimate funders|ultimate funding source|ultimate source of funding|ultimate source of funds|ultimate sponsor|prime sponsor|prime funder|primary source of funds|originating sponsor|originating funder|original funder|end funder|final funder|upstream funder|indirect funder|prime awarding agency|prime agency|
		Letztförderer|letztendlicher Förderer|ursprünglicher Förderer|ursprünglicher Geldgeber|ursprünglicher Mittelgeber|letztlicher Geldgeber|Letztgeldgeber|eigentlicher Geldgeber|Hauptgeldgeber|
		financeur ultime|bailleur ultime|bailleur de fonds ultime|financeur final|financeur d'origine|bailleur d'origine|source ultime de financement|source ultime du financement|commanditaire ultime|
		financiador último|financiador final|último financiador|entidad financiadora última|entidad financiadora final|fuente última de financiación|financiador original|patrocinador principal|patrocinador último|
		uiteindelijke financier|uiteindelijke geldgever|uiteindelijke subsidiegever|oorspronkelijke financier|oorspronkelijke geldgever|eindfinancier|uiteindelijke financieringsbron`},
	{screening.RoleSubrecipient, 1, `subrecipient|subrecipients|sub-recipient|sub-recipients|subrecipient organisation|subrecipient organization|subrecipient institution|subawardee|sub-awardee|subaward recipient|sub-award recipient|subgrantee|sub-grantee|subcontractor|sub-contractor|subcontractors|downstream partner|
		Unterauftragnehmer|Subunternehmer|Nachunternehmer|Unterauftragnehmerin|Weiterleitungsempfänger|Letztempfänger|
		sous-traitant|sous-traitants|sous-bénéficiaire|sous-récipiendaire|bénéficiaire secondaire|
		subcontratista|subcontratistas|subbeneficiario|sub-beneficiario|subreceptor|subcontratado|
		onderaannemer|onderaannemers|subontvanger|sub-ontvanger|subbegunstigde`},
	{screening.RoleAffiliation, 1, `affiliation|affiliations|affiliated institution|affiliated organisation|affiliated organization|institutional affiliation|home institution|home organisation|home organization|home university|employer|employing institution|employing organisation|employing organization|current employer|sending institution|
		Zugehörigkeit|Affiliation|Arbeitgeber|Heimateinrichtung|Heimatinstitution|Heimathochschule|Heimatuniversität|entsendende Einrichtung|
		affiliation|établissement d'origine|institution d'origine|organisme d'origine|établissement d'attache|employeur|
		afiliación|institución de origen|universidad de origen|organización de origen|empleador|entidad empleadora|
		affiliatie|werkgever|thuisinstelling|thuisuniversiteit|instelling van herkomst`},
	{screening.RoleEndUser, 1, `end user|end-user|enduser|end users|ultimate end user|final user|ultimate user|end user organisation|end user organization|
		Endverwender|Endnutzer|Endverbraucher|Endanwender|Endempfänger|
		utilisateur final|utilisateur ultime|utilisateurs finaux|
		usuario final|usuarios finales|destinatario final|
		eindgebruiker|eindgebruikers`},
	{screening.RoleConsignee, 1, `consignee|consignees|ultimate consignee|intermediate consignee|ship to|shipped to|shipping recipient|deliver to|delivered to|
		Empfänger|Warenempfänger|Empfängereinrichtung|Endempfänger der Ware|
		destinataire|destinataires|consignataire|
		destinatario|consignatario|
		geadresseerde|ontvanger|ontvangende partij|vrachtontvanger`},
	{screening.RoleSupplier, 1, `supplier|suppliers|vendor|vendors|manufacturer|seller|equipment supplier|service provider|provider|supplier company|vendor company|
		Lieferant|Lieferanten|Lieferantin|Zulieferer|Hersteller|Anbieter|Dienstleister|
		fournisseur|fournisseurs|fabricant|prestataire|vendeur|
		proveedor|proveedora|proveedores|fabricante|vendedor|suministrador|
		leverancier|leveranciers|fabrikant|dienstverlener|toeleverancier|verkoper`},
	{screening.RolePartner, 3, `name`},
}

// namePhrases, beside a party, say that the column holds its name; the level
// says how plainly, so that "Partner legal name" is preferred to "Partner".
// Alone they are a name of rank 3.
var namePhrases = []struct {
	level   int
	phrases string
}{
	{1, `name|names|title|Name|Bezeichnung|nom|noms|intitulé|dénomination|nombre|nombres|denominación|naam|namen|benaming`},
	{2, `full name|legal name|full legal name|official name|complete name|registered name|name in english|english name|vollständiger Name|offizieller Name|amtlicher Name|rechtlicher Name|nom complet|nom légal|nom officiel|nom juridique|nombre completo|nombre legal|nombre oficial|volledige naam|officiële naam|wettelijke naam|statutaire naam`},
}

// loneNames are those of namePhrases that may stand for the partner alone,
// where nothing better is there and nothing says that they are people's.
const loneNames = `name|nom|naam|nombre|legal name|official name|registered name|offizieller Name|nom légal|nom officiel|nombre legal|nombre oficial|officiële naam|statutaire naam|Bezeichnung|dénomination|denominación`

// peopleWords are headers that show the sheet to be about people: a lone
// "Name" beside one of them is a person's, and people are only read when mapped.
const peopleWords = `first name|given name|given names|forename|forenames|surname|last name|family name|middle name|date of birth|birth date|dob|gender|nationality|passport number|job title|
	Vorname|Nachname|Familienname|Geburtsdatum|Geschlecht|Staatsangehörigkeit|prénom|prénoms|nom de famille|date de naissance|sexe|nationalité|
	apellido|apellidos|fecha de nacimiento|nacionalidad|voornaam|voornamen|achternaam|familienaam|geboortedatum|nationaliteit`

// fieldPhrases say more of a party, or of the partner when no party is named.
var fieldPhrases = []struct {
	field   field
	kind    string // of an identifier
	phrases string
}{
	{fieldCountry, "", `country|countries|country code|country name|country or region|country or territory|nation|country of registration|country of incorporation|country of establishment|location country|country key|iso country|country iso|
		Land|Staat|Länder|Ländercode|Landeskennung|Sitzland|Sitzstaat|Herkunftsland|Länderkürzel|
		pays|code pays|pays d'établissement|pays du siège|pays d'enregistrement|
		país|pais|países|código país|código de país|país de registro|
		land|landcode|land van vestiging|vestigingsland`},
	{fieldCity, "", `city|town|city or town|municipality|city name|
		Stadt|Ort|Sitz|Standort|Gemeinde|
		ville|commune|localité|
		ciudad|localidad|municipio|población|
		stad|plaats|woonplaats|vestigingsplaats|gemeente`},
	{fieldAddress, "", `address|addresses|street|street address|postal address|mailing address|full address|address line|registered address|headquarters address|
		Adresse|Anschrift|Straße|Strasse|Postanschrift|vollständige Adresse|
		adresse|rue|adresse postale|adresse complète|siège social|
		dirección|calle|domicilio|dirección postal|domicilio social|
		adres|straat|postadres|volledig adres|vestigingsadres`},
	{fieldWebsite, "", `website|web site|web page|webpage|homepage|home page|url|web address|web|internet|domain|domain name|
		Webseite|Internetseite|Internetadresse|Homepage|
		site web|site internet|page web|adresse web|
		sitio web|página web|pagina web|dominio|
		webadres|webpagina|internetadres|domeinnaam`},
	{fieldIdentifier, "lei", `lei|lei code|lei number|legal entity identifier|LEI-Code|LEI-Nummer|code lei|código lei|lei nummer`},
	{fieldIdentifier, "ror", `ror|ror id|ror identifier|ror url|ror link|ror code`},
	{fieldIdentifier, "grid", `grid|grid id|grid identifier|grid ac|grid code`},
	{fieldIdentifier, "isni", `isni|isni number|isni id|isni code`},
	{fieldIdentifier, "duns", `duns|duns number|duns no|duns id|d-u-n-s|d-u-n-s number|DUNS-Nummer|numéro duns|número duns|duns nummer`},
	{fieldIdentifier, "swift", `swift|swift code|bic|bic code|swift bic|bic swift|SWIFT-Code|code swift|código swift`},
	{fieldIdentifier, "tax", `vat|vat number|vat no|vat id|vat registration number|vat registration no|tax id|tax number|tax no|tax identification number|tin|ein|uid number|
		USt-IdNr|USt-ID|UStID|Umsatzsteuer-Identifikationsnummer|Umsatzsteuer-ID|Steuernummer|Steuer-ID|UID|UID-Nummer|MwSt-Nummer|
		numéro de tva|n° tva|no tva|tva intracommunautaire|numéro de tva intracommunautaire|numéro fiscal|
		nif|cif|número de iva|número iva|número de identificación fiscal|rfc|cuit|
		btw nummer|btw-nummer|btw|rsin|fiscaal nummer`},
	{fieldIdentifier, "registration", `registration number|registration no|registration id|company number|company no|company registration number|company registration no|registered number|register number|registry number|registry no|companies house number|charity number|charity no|registration code|business registration number|unified social credit code|
		Handelsregisternummer|Handelsregister|Registernummer|HRB|HRB-Nummer|Firmenbuchnummer|Vereinsregisternummer|Firmennummer|
		numéro d'enregistrement|numéro d'immatriculation|immatriculation|siren|siret|numéro siren|numéro siret|n° siren|n° siret|rcs|
		número de registro|número registro|registro mercantil|número de inscripción|
		KvK|KvK-nummer|kvk|kvk nummer|registratienummer|handelsregisternummer|ondernemingsnummer`},
	{fieldIdentifier, "", `identifier|identifiers|organisation identifier|organization identifier|organisation id code|external identifier|Kennung|identifiant|identificador|identificatie|identificatienummer`},
}

// rowPhrases say more of the collaboration, or answer a due-diligence
// question. Of several columns with one field the best rank is read.
var rowPhrases = []struct {
	field   field
	rank    int
	phrases string
}{
	{fieldReference, 1, `reference|reference number|reference no|ref|ref no|ref number|our reference|our ref|internal reference|collaboration id|collaboration reference|collaboration no|agreement id|agreement number|agreement no|agreement reference|contract number|contract no|contract id|contract reference|record id|record number|case number|case no|case id|file number|file no|request id|mta no|mta number|mta id|nda no|nda number|mou no|mou number|
		Referenz|Referenznummer|Aktenzeichen|Vertragsnummer|Vorgangsnummer|Geschäftszeichen|Kennzeichen|unser Zeichen|
		référence|référence interne|numéro de référence|numéro de contrat|numéro de dossier|n° de dossier|n° de contrat|
		referencia|número de referencia|número de contrato|número de expediente|expediente|nº de contrato|
		referentie|referentienummer|kenmerk|ons kenmerk|contractnummer|dossiernummer|zaaknummer`},
	{fieldReference, 2, `project id|project number|project no|project code|project ref|project reference|grant id|grant number|grant no|grant reference|grant ref|grant code|award id|award number|award no|award reference|proposal id|proposal number|proposal no|funding reference|
		Projektnummer|Projekt-ID|Projekt-Nr|Projektkennung|Förderkennzeichen|Zuwendungsnummer|
		numéro de projet|n° de projet|code projet|référence du projet|numéro de subvention|
		número de proyecto|código de proyecto|referencia del proyecto|nº de proyecto|número de subvención|
		projectnummer|projectcode|project-id|subsidienummer`},
	{fieldReference, 3, `id|no|nr|number|line|line no|row id|record|lfd nr|laufende Nummer|n°|numéro|número|nummer|volgnummer`},
	{fieldProject, 1, `project|projects|project title|project name|title of project|title of the project|research project|collaboration|collaboration title|name of collaboration|title of collaboration|agreement title|contract title|proposal title|award title|grant title|study title|
		Projekt|Projekttitel|Projektname|Projektbezeichnung|Titel des Projekts|Vorhaben|Vorhabentitel|Thema des Vorhabens|Forschungsprojekt|
		projet|titre du projet|nom du projet|intitulé du projet|projet de recherche|
		proyecto|título del proyecto|nombre del proyecto|proyecto de investigación|
		titel van het project|projecttitel|projectnaam|onderzoeksproject|naam van het project`},
	{fieldProject, 2, `project acronym|acronym of project|programme|program|Programm|programa|programma|study|studie`},
	{fieldStart, 1, `start|start date|starts|starting date|started|date start|begin|begin date|begins|beginning|commencement date|effective date|date of agreement|agreement date|date of contract|contract date|date of mou|mou date|signed|date signed|signature date|date of signature|valid from|from|date from|project start|project start date|contract start|contract start date|agreement start|agreement start date|collaboration start|
		Beginn|Anfang|Start|Startdatum|Anfangsdatum|Beginndatum|Projektbeginn|Projektstart|Vertragsbeginn|Laufzeitbeginn|Laufzeit von|gültig ab|gültig von|von|ab|
		début|date de début|date début|commencement|date de commencement|date d'effet|début du projet|
		inicio|fecha de inicio|fecha inicio|comienzo|fecha de comienzo|desde|inicio del proyecto|
		begindatum|startdatum|aanvang|aanvangsdatum|ingangsdatum|begin|start project`},
	{fieldEnd, 1, `end|end date|ends|ending date|ended|date end|finish|finish date|expiry|expiry date|expiration date|expires|termination date|completion date|valid until|valid till|valid to|till|until|to|date to|project end|project end date|contract end|contract end date|agreement end|agreement end date|collaboration end|
		Ende|Enddatum|Endtermin|Projektende|Vertragsende|Laufzeitende|Laufzeit bis|gültig bis|bis|Ablaufdatum|
		fin|date de fin|date fin|échéance|date d'échéance|fin du projet|date d'expiration|
		fin|fecha de fin|fecha fin|fecha de finalización|fecha final|finalización|término|fecha de término|hasta|vencimiento|fin del proyecto|
		einde|einddatum|eind|afloop|afloopdatum|vervaldatum|einde project`},
	{fieldTerms, 1, `casrai terms|casrai term|vocabulary terms`},
	{fieldStatus, 1, `status|state of collaboration|state of agreement|stage|project status|contract status|agreement status|collaboration status|
		Stand|Zustand|Projektstatus|Vertragsstatus|
		statut|état|état du projet|statut du projet|
		estado|situación|estado del proyecto|
		stand van zaken|projectstatus`},

	{"Work", 1, `work|field of work|field of research|research field|research area|area of research|research topic|description of work|work description|project description|description of the project|description of research|scope of work|subject of research|nature of work|discipline|
		Forschungsgebiet|Forschungsthema|Fachgebiet|Arbeitsgebiet|Projektbeschreibung|Beschreibung des Vorhabens|Gegenstand|Vertragsgegenstand|
		domaine de recherche|domaine|objet de la recherche|description du projet|description des travaux|discipline|
		área de investigación|campo de investigación|descripción del proyecto|descripción del trabajo|ámbito de investigación|
		onderzoeksgebied|vakgebied|projectomschrijving|omschrijving van het project|onderwerp van onderzoek`},
	{"Keywords", 1, `keywords|keyword|key words|research keywords|topics|Schlagwörter|Schlagworte|Stichwörter|Stichworte|Schlüsselwörter|mots clés|mots-clés|palabras clave|trefwoorden|sleutelwoorden`},
	{"Control code", 1, `control code|control list code|control list number|control classification|export control code|export control classification|export control classification number|export classification|eccn|eccn number|usml category|usml|dual use code|dual use number|dual-use category|control list entry|
		Ausfuhrlistennummer|AL-Nummer|Güterlistennummer|Güternummer|Güterlistenposition|Exportkontrollnummer|
		code de contrôle|numéro de classification|classement export|code double usage|
		código de control|clasificación de exportación|código de doble uso|
		controlecode|exportcontrolecode|controlelijstnummer`},
	{"Openly publishable", 1, `openly publishable|open publication|openly published|results published|results to be published|publishable|publication intended|intended for publication|fundamental research|will results be published|to be published openly|
		offen publizierbar|Veröffentlichung vorgesehen|veröffentlichbar|publizierbar|Grundlagenforschung|
		publication libre|publiable|résultats publiables|recherche fondamentale|
		publicable|publicación abierta|resultados publicables|investigación básica|
		open publiceerbaar|publiceerbaar|fundamenteel onderzoek`},
	{"Restrictions", 1, `restrictions|publication restrictions|publication restriction|access restrictions|access restriction|restrictions on publication|publication or access restrictions|restrictions on access|
		Beschränkungen|Veröffentlichungsbeschränkungen|Zugangsbeschränkungen|
		restrictions de publication|restrictions d'accès|
		restricciones|restricciones de publicación|restricciones de acceso|
		beperkingen|publicatiebeperkingen|toegangsbeperkingen`},
	{"Shared", 1, `shared|what is shared|items shared|shared items|data shared|materials shared|technology shared|what will be shared|sharing|to be shared|items or data shared|transferred items|items transferred|goods|materials|material|
		geteilt|was wird geteilt|geteilte Daten|übermittelte Daten|Güter|weitergegebene Güter|
		partagé|éléments partagés|données partagées|ce qui est partagé|biens|
		compartido|qué se comparte|datos compartidos|elementos compartidos|bienes|
		gedeeld|wat wordt gedeeld|gedeelde gegevens|goederen`},
	{"Results owner", 1, `results owner|owner of results|ownership of results|ip owner|ip ownership|owner of ip|intellectual property|intellectual property owner|ownership of ip|who owns results|
		Ergebnisse gehören|Eigentümer der Ergebnisse|Rechteinhaber|geistiges Eigentum|Schutzrechte|
		propriétaire des résultats|propriété des résultats|propriété intellectuelle|
		titular de los resultados|propietario de los resultados|propiedad de los resultados|propiedad intelectual|
		eigenaar van de resultaten|eigendom van resultaten|intellectueel eigendom`},
	{"Personal data", 1, `personal data|personal data involved|personal information|gdpr|gdpr data|personenbezogene Daten|Personendaten|Datenschutz|données personnelles|données à caractère personnel|rgpd|datos personales|persoonsgegevens|avg`},
	{"Dual use", 1, `dual use|dual-use|dual use research|dual use research of concern|durc|possible dual use|military use|military application|doppelter Verwendungszweck|Dual-Use|Doppelnutzung|double usage|usage dual|doble uso|uso dual|tweeërlei gebruik|duaal gebruik`},
	{"Value", 1, `value|contract value|project value|agreement value|total value|award amount|grant amount|award value|grant value|amount|budget|total budget|project budget|
		Wert|Vertragswert|Auftragswert|Projektvolumen|Fördersumme|Betrag|Auftragssumme|
		valeur|montant|montant du contrat|montant total|
		valor|importe|valor del contrato|importe total|presupuesto|
		waarde|bedrag|contractwaarde|totaalbedrag|begroting`},
	{"Agreement", 1, `agreement|agreement type|type of agreement|contract type|type of contract|kind of agreement|contract|legal form of agreement|
		Vertrag|Vertragsart|Vertragstyp|Art des Vertrags|Vereinbarung|Art der Vereinbarung|
		accord|contrat|convention|type d'accord|type de contrat|type de convention|
		acuerdo|contrato|convenio|tipo de acuerdo|tipo de contrato|tipo de convenio|
		overeenkomst|type overeenkomst|soort overeenkomst|soort contract|contractvorm`},
	{"Technology area", 1, `technology area|technology areas|area of technology|technology|technologies|critical technology|sensitive technology|sensitive technology area|critical technology area|technology category|technology field|
		Technologiebereich|Technologiefeld|Technologiegebiet|Schlüsseltechnologie|Technologie|
		domaine technologique|domaine de technologie|technologie|technologie sensible|technologie critique|
		área tecnológica|área de tecnología|tecnología|tecnología crítica|tecnología sensible|
		technologiegebied|technologiedomein|technologie|sensitieve technologie`},
	{"Ownership share", 1, `ownership share|ownership|ownership percentage|share|share held|shareholding|percent owned|percentage owned|% owned|stake|parent share|parent ownership|ownership stake|
		Beteiligung|Anteil|Beteiligungsquote|Anteil in %|Kapitalanteil|
		participation|part du capital|pourcentage de détention|parts|
		participación|porcentaje de participación|cuota|
		aandeel|eigendomsaandeel|belang|deelneming|aandelenbelang`},
	{"Destination", 1, `destination|destination country|country of destination|final destination|ultimate destination|place of work|place of performance|primary place of performance|where the work is done|work location|location of work|country of work|country of end use|place of end use|
		Bestimmungsort|Bestimmungsland|Zielland|Arbeitsort|Ort der Durchführung|Land der Endverwendung|
		pays de destination|lieu de travail|lieu d'exécution|lieu des travaux|pays d'utilisation finale|
		destino|país de destino|lugar de trabajo|lugar de ejecución|país de uso final|
		bestemming|land van bestemming|plaats van uitvoering|werklocatie|land van eindgebruik`},
}
