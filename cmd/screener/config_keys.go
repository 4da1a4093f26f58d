package main

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// A configKey is one key of the configuration: what it means, and how it is
// written where its default does not show that.
type configKey struct {
	name    string // "server.listen"
	doc     string
	example string // in TOML; "" shows the default
}

// configKeys are the keys the file may have, in the order people read them.
// The test holds them to Config: one that is not here fails it.
var configKeys = []configKey{
	{"office.name", "as reports and notices name the office", `"Research Office"`},
	{"office.jurisdictions", "countries whose law binds the office, or EU; unset: every list is binding, and the report says so", `["GB"]`},

	{"lists.enabled", "the lists in use; unset: every list; []: none. Lists of your own are always in use", `["us_ofac_sdn", "un_sc_sanctions"]`},
	{"lists.accept_licence", "licences that are not free and whose terms you accept; without them their lists are off", `["CC-BY-NC-4.0"]`},
	{"lists.max_age_days", "a list can be used for so long after it was last fetched", ""},

	{"custom_list.id", "a list of your own: a short name, in small letters", `"local_watch"`},
	{"custom_list.title", "as reports name it; unset: the id", `"Our own watch list"`},
	{"custom_list.publisher", "who keeps it", `"Research Security"`},
	{"custom_list.format", "names.csv, names.xlsx, targets.simple.csv, targets.nested.json or entities.ftm.json", `"names.csv"`},
	{"custom_list.url", "http(s), or a file relative to this one", `"watch.csv"`},
	{"custom_list.control", "what the law does with what is on it; unset: as the list says, else advisory", `"advisory"`},
	{"custom_list.licence", "as reports name it", `"internal"`},
	{"custom_list.restricted", "the roles it is open to; unset: all", `["reviewer"]`},

	{"policy.note", "the score from 0 to 1 from which a match is noted; unset: the built-in policy's, as for the other lines", "0.6"},
	{"policy.review", "the score from which a person is asked", "0.8"},
	{"policy.strong", "the score from which a match is strong", "0.9"},
	{"policy.exact", "the score from which a match is exact", "0.98"},
	{"policy.chain_depth", "steps the lists' own links to owners are followed up from a party", "8"},
	{"policy.chain_parties", "owners by those links that are screened with a row", "25"},
	{"policy.chain_links", "links whose shares are added up for a row", "1000"},
	{"policy.stakes.name", "a rule that turns answers into stakes; `screener template rules.toml` writes the built-in ones, which these replace", `"defence funder"`},
	{"policy.stakes.any", "it holds where one of the words was answered", `{ dual_use = ["yes"] }`},
	{"policy.stakes.only", "it holds where these words and no others were answered", `{ shared = ["published"] }`},
	{"policy.stakes.not", "it holds where none of the words was answered", `{ dual_use = ["yes"] }`},
	{"policy.stakes.at_least", "it holds where so high an amount was answered, whatever its currency", `{ value = 50000 }`},
	{"policy.stakes.stakes", "routine, standard or enhanced", `"enhanced"`},
	{"policy.stakes.owner", "the office that answers for it", `"export_control"`},
	{"policy.stakes.why", "the reason, as people are told", `"Dual use was answered with yes."`},
	{"policy.stakes.source", "the law or guidance it comes from", `"Regulation (EU) 2021/821"`},
	{"policy.funding.list", "the list whose funding bar a funder brings along", `"us_dod_1286"`},
	{"policy.funding.funders", "words of such funders' names, in small letters", `["office of naval research"]`},
	{"policy.funding.why", "the reason, as people are told", `"The bar is on this funder's money."`},
	{"policy.funding.source", "the law or guidance it comes from", `"NDAA 2019, section 1286"`},
	{"policy.ownership.name", "a rule by which a listed owner's measure reaches what it owns", `"OFAC 50 percent"`},
	{"policy.ownership.lists", "the lists whose owners count", `["us_ofac_sdn"]`},
	{"policy.ownership.controls", "the controls that count", `["asset_freeze"]`},
	{"policy.ownership.authorities", "words of authorities whose listings count on other lists, too", `["Office of Foreign Assets Control"]`},
	{"policy.ownership.others", "it holds for every listing that no other rule is about", "true"},
	{"policy.ownership.only", "words of the programmes that count; unset: all", `["SDGT"]`},
	{"policy.ownership.except", "words of programmes that have no such rule", `["SSI"]`},
	{"policy.ownership.percent", "the share that must be reached", "50"},
	{"policy.ownership.more", "the share must be passed, not only reached", "false"},
	{"policy.ownership.aggregate", "shares of several listed owners are added", "true"},
	{"policy.ownership.control", "a listed owner that is said to control is a question, however small its share", "false"},
	{"policy.ownership.in_force", "the days it holds, first and last; no last: until it is changed", `[{ first = "2014-08-13", last = "" }]`},
	{"policy.ownership.why", "the reason, as people are told", `"What listed parties own by half is blocked too."`},
	{"policy.ownership.source", "the law or guidance it comes from", `"OFAC, 2014-08-13"`},
	{"policy.ownership.checked", "when its status was last looked up", `"2026-11-01"`},

	{"policy.destination.name", "a law that turns on where work is done or things go; the name of a built-in one (`screener template rules.toml` writes them) changes that one", `"Occupied territories"`},
	{"policy.destination.enabled", "every one is off until it is enabled", "true"},
	{"policy.destination.countries", "codes of countries it is about", `["KP"]`},
	{"policy.destination.places", "names of places it is about, where it is about a part of a country", `["Sevastopol"]`},
	{"policy.destination.within", "the countries its places are in", `["UA"]`},
	{"policy.destination.routine", "it holds for routine work, too", "true"},
	{"policy.destination.in_force", "the days it holds, first and last; no last: until it is changed", `[{ first = "2014-06-25", last = "" }]`},
	{"policy.destination.owner", "the office that answers for it", `"export_control"`},
	{"policy.destination.why", "the question, as people are asked", `"Work there needs a licence."`},
	{"policy.destination.source", "the law it comes from", `"Regulation (EU) 692/2014"`},
	{"policy.destination.checked", "when its status was last looked up", `"2026-11-01"`},

	{"columns", "headers of your sheets, by what they are read as", `Partner = ["Institution"]`},

	{"fetch.timeout_minutes", "how long one list may take", ""},
	{"fetch.max_megabytes", "how large one file of a list may be", ""},
	{"fetch.user_agent", "how the program names itself to publishers", `"Research Office, someone@office.example"`},
	{"fetch.formats", "the format to fetch, where a list is published in several", `{ us_ofac_sdn = "advanced-xml" }`},

	{"limits.sheet_megabytes", "how large a sheet may be; a larger one is refused, as for all limits", ""},
	{"limits.unfolded_megabytes", "how large a zipped one may be when it is unfolded", ""},
	{"limits.rows", "of a sheet", ""},
	{"limits.columns", "of a sheet, 16384 at most", ""},
	{"limits.cells", "of a sheet", ""},
	{"limits.seconds", "how long reading a sheet, or a workbook that comes back, may take", ""},
	{"limits.workbook_megabytes", "how large a workbook may be that comes back with verdicts", ""},
	{"limits.list_seconds", "how long reading one edition of a list may take", ""},

	{"schedule", "when jobs start by themselves: five fields of cron in UTC, \"\" is off; `screener jobs schedules` has the names", `"refresh us_ofac_sdn" = "5 */2 * * *"`},

	{"review.legal_compliance", "who answers for its open matches, and who is told when one is overdue", `["lena@office.example", "rolf@office.example"]`},
	{"review.export_control", "as above, as for the offices that follow", `["gus@office.example"]`},
	{"review.sponsored_programmes", "", `["desk@office.example"]`},
	{"review.procurement", "", `["desk@office.example"]`},
	{"review.disclosure", "", `["desk@office.example"]`},
	{"review.ethics", "", `["desk@office.example"]`},
	{"review.data_protection", "", `["desk@office.example"]`},
	{"review.default", "for the offices that are not named", `["desk@office.example"]`},
	{"review.escalate_days", "working days until a match is due that is to escalate", ""},
	{"review.review_days", "working days until a match is due that is to review", ""},
	{"review.remind_days", "working days before that, when people are reminded", ""},

	{"notify.link", "where the pages are, for who reads a notice", `"https://screening.office.example"`},
	{"notify.folder", "a folder that gets a line a notice, in JSON", `"notices"`},
	{"notify.mail.host", "the server mail is handed in at", `"smtp.office.example"`},
	{"notify.mail.port", "unset: 587, or 465 with tls", "587"},
	{"notify.mail.tls", "starttls, tls, or none on this machine only; unset: starttls", `"starttls"`},
	{"notify.mail.ca_file", "the certificate of the office's own authority, in PEM", `"office-ca.pem"`},
	{"notify.mail.user", "unset: not signed in", `"screener"`},
	{"notify.mail.password_file", "a file with the password; or SCREENER_SMTP_PASSWORD in the environment", `"smtp-password"`},
	{"notify.mail.from", "the sender's address", `"screener@office.example"`},
	{"notify.mail.to", "who gets notices that are for nobody in particular", `["desk@office.example"]`},
	{"notify.mail.attach", "the workbook of a run goes along, where it may leave", "false"},
	{"notify.webhook.url", "an address that is told by signed JSON", `"https://hooks.office.example/screening"`},
	{"notify.webhook.secret_file", "a file with the shared secret; or SCREENER_WEBHOOK_SECRET in the environment", `"webhook-secret"`},

	{"inbox.folder", "the drop folder, relative to this file; unset: none", `"inbox"`},
	{"inbox.people", "folders in it that one person alone may write to", `{ legal = "lena" }`},
	{"inbox.settle_seconds", "a file has to stand still so long, over two looks", ""},

	{"retention.record_years", "runs and what they found, archive and outbox of the drop folder; 0 keeps for ever, here and below", ""},
	{"retention.file_days", "original files that nothing names any more", ""},
	{"retention.rejected_days", "what the drop folder refused", ""},
	{"retention.job_days", "jobs that ended, notices that were sent", ""},
	{"retention.person_months", "names of persons in clear rows; a keyed hash stands in their place then", ""},
	{"retention.sheet_days", "sheets that were sent in, after their run; what their mapped columns say stays in the record", ""},
	{"retention.silence_days", "nothing recorded for so long, and nothing is removed until a person says that the clock is right; 0 asks nobody", ""},
	{"retention.hold", `runs that are kept whatever their age, each with its reason behind a colon; "all" keeps every record`, `["20261123-091500-1a2b3c: a claim of the funder"]`},
	{"retention.law.name", "a law that asks for the records of runs; the one that asks longest holds; none: record_years from the end of the collaboration", `"31 CFR 501.601"`},
	{"retention.law.years", "how long it asks", "10"},
	{"retention.law.from", "counted from: run, or end_of_collaboration", `"end_of_collaboration"`},
	{"retention.law.source", "where it says so", `"https://www.ecfr.gov/current/title-31/section-501.601"`},

	{"evidence.checkpoints", "a second place for checkpoints.jsonl, best one where nothing can be removed from here; unset: the data folder alone", `"/mnt/worm/screener"`},
	{"evidence.key", "signs checkpoints: PEM, ed25519; unset: one that is made in the data folder", `"checkpoint-key.pem"`},
	{"backup.folder", "where a backup goes every night, relative to this file; unset: none is made by itself", `"backups"`},
	{"backup.keep", "how many stay there; 0: 14", ""},

	{"work.chunks_at_once", "chunks of screenings a process works at once; 0: one a core", ""},
	{"work.jobs_at_once", "other jobs at once, beside the urgent ones; 0: 2", ""},
	{"work.grace_seconds", "how long running work may go on after a signal to stop; 0: 8", ""},
	{"work.beat_seconds", "how often a process says that it lives; 0: 5", ""},

	{"server.listen", "where the pages are served; the next free port if taken", ""},
	{"server.public_url", "where people reach them", `"https://screening.example.ac.uk"`},
	{"server.certificate", "for https without a proxy, in PEM", `"tls.pem"`},
	{"server.key", "the certificate's key, in PEM", `"tls.key"`},
	{"server.requests_per_minute", "of an address, and of an account; -1: no limit", ""},
	{"server.max_upload_megabytes", "how large a sheet may be", ""},
	{"server.metrics_from", "addresses that may read /metrics, beside this machine", `["192.0.2.0/24"]`},
	{"server.log", "text or json", ""},

	{"accounts.passwords", "people sign in with accounts of the program's own: screener accounts add NAME", ""},
	{"accounts.second_factor", "optional or required", ""},
	{"accounts.idle_minutes", "a session ends when it is not used for so long", ""},
	{"accounts.session_hours", "a session ends after so long", ""},
	{"accounts.password_megabytes", "the memory one guess at a password takes", ""},

	{"oidc.title", "what the button says", `"University sign-in"`},
	{"oidc.issuer", "an OpenID provider; unset: none", `"https://login.example.ac.uk"`},
	{"oidc.client_id", "as the provider knows this program", `"screener"`},
	{"oidc.client_secret_file", "a file with the secret the provider gave", `"oidc-secret"`},
	{"oidc.scopes", "what is asked for", ""},
	{"oidc.name_claim", "which claim is the account's name", ""},
	{"oidc.groups_claim", "which claim has the groups", ""},
	{"oidc.roles", `the roles of each group; "*" is everybody`, `{ "Research Security" = ["reviewer", "second_reviewer"], "*" = ["submitter"] }`},

	{"proxy.from", "addresses of a reverse proxy, which is believed", `["192.0.2.7"]`},
	{"proxy.header", "its header that says who is signed in; unset: it only passes on", `"X-Remote-User"`},
	{"proxy.groups_header", "its header with the groups", `"X-Remote-Groups"`},
	{"proxy.roles", "as oidc.roles", `{ "*" = ["submitter"] }`},
}

// suggestKey returns the known key that an unknown one is nearest to: the one
// of its name in another table, else by spelling.
func suggestKey(key string) string {
	var names []string
	for _, k := range configKeys {
		names = append(names, k.name)
		for table := k.name; strings.Contains(table, "."); { // a table may be misspelt, too
			table = table[:strings.LastIndex(table, ".")]
			names = append(names, table)
		}
	}
	last := key[strings.LastIndex(key, ".")+1:]
	if i := slices.IndexFunc(names, func(name string) bool { return strings.HasSuffix(name, "."+last) }); i >= 0 {
		return "; did you mean " + names[i] + "?"
	}
	return suggest(key, names)
}

// unknownKeys says which keys are not known, each with a suggestion.
func unknownKeys(unknown []toml.Key) string {
	var out []string
	for _, key := range unknown {
		// Of a table that is not known its keys need not be told.
		if len(out) > 0 && slices.ContainsFunc(unknown, func(t toml.Key) bool { return strings.HasPrefix(key.String(), t.String()+".") }) {
			continue
		}
		out = append(out, key.String()+suggestKey(key.String()))
	}
	if len(out) == 1 {
		return "unknown key " + out[0]
	}
	return "unknown keys " + strings.Join(out, " ")
}

// writeConfig writes a configuration that names every key, what it means and
// its default, or an example where the default is none. No key is set.
func writeConfig(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Every key of the configuration. A line such as #name = … sets nothing until the # is taken away. It shows the\n" +
		"# default, or where it ends in \"# example\" what could stand there: such a key has no default.\n")
	table := ""
	for _, k := range configKeys {
		value, optional, err := defaultOf(k.name)
		if err != nil {
			return err
		}
		header, name := "", k.name
		if i := strings.LastIndex(k.name, "."); i >= 0 {
			header, name = k.name[:i], k.name[i+1:]
		}
		switch {
		case header == "": // a table of what people name themselves
			fmt.Fprintf(&b, "\n# %s\n[%s]\n#%s # example\n", k.doc, name, k.example)
			continue
		case header != table && slices.Contains(tableLists, header):
			fmt.Fprintf(&b, "\n#[[%s]]\n", header)
		case header != table && optional:
			fmt.Fprintf(&b, "\n#[%s]\n", header)
		case header != table:
			fmt.Fprintf(&b, "\n[%s]\n", header)
		}
		table = header
		if k.doc != "" {
			fmt.Fprintf(&b, "# %s\n", k.doc)
		}
		if k.example != "" {
			value = k.example + " # example"
		}
		fmt.Fprintf(&b, "#%s = %s\n", name, value)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tableLists are the tables there may be several of.
var tableLists = []string{"custom_list", "policy.stakes", "policy.funding", "policy.ownership", "policy.destination", "retention.law"}

// defaultOf is the default of a key, in TOML, and whether its table is not
// there unless it is written.
func defaultOf(name string) (value string, optional bool, err error) {
	v := reflect.ValueOf(defaultConfig()).Elem()
	for _, part := range strings.Split(name, ".") {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice {
			v, optional = reflect.Zero(v.Type().Elem()), true
		}
		field := -1
		for i := range v.NumField() {
			if tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("toml"), ","); tag == part {
				field = i
			}
		}
		if field < 0 {
			return "", false, fmt.Errorf("the configuration has no key %s", name)
		}
		v = v.Field(field)
	}
	if v.Kind() == reflect.Pointer {
		return "", optional, nil
	}
	b, err := toml.Marshal(map[string]any{"v": v.Interface()})
	return strings.TrimSpace(strings.TrimPrefix(string(b), "v =")), optional, err
}
