// Package lists gets the public lists, reads them, and decides whether what it
// read may be believed.
//
//	publisher ──Fetch──┐
//	                   ├─▶ Fetched ──Read──▶ Reading ──Gate──▶ reasons to hold it, or none
//	folder ──FromDir───┘   (files, hash)     (entities, findings, counts)
//
//	two editions of a list ──Compare──▶ what was added, removed, changed
//
// A card (card.go) says all there is to say of one list: who publishes it,
// where and in which formats, whom it binds, what it bars, how old its content
// may get, and what an edition of it must look like. All (all.go) holds the
// cards. An office's own lists are cards too, made from its configuration
// (custom.go); template.go writes the file to fill in.
//
// # Words
//
// An edition is one published version of a list, one file or several. A format
// is one way it is published; a parser reads one edition in one format and
// emits each party once. A finding is something a person should know of an
// edition: a row that cannot be read, a country that is not known. Findings
// that hold (an unknown column, source or control; a file cut short; a web page
// where a list was expected) keep the edition from being used, as do bounds
// that are broken: too few or too many parties, names, countries or aliases
// missing, a list or a part of one (a source, an annex) that shrank or grew
// against the last good edition, an edition older than the one in use. Nothing
// a parser leaves out is left out in silence.
//
// # How a list is read
//
// A parser opens its files through a Source, so it reads a folder, a download
// and a test alike. The readers of the families are
//
//   - table.go: delimited files by the names of their columns;
//   - nodes.go: XML, record by record;
//   - records.go: JSON, record by record;
//   - sheet.go: workbooks, row by row;
//   - draft.go: the entity while its records are read, and its findings.
//
// All of them stream, bound the size of a record and the depth of nesting, and
// refuse web pages and files that end early. The largest file, OFAC's advanced
// XML of 126 MB, is read in about 140 MB of memory.
//
// # To add a list
//
// Write the card and its parser into <id>.go; add one line to all.go; put a
// fixture in the publisher's true format, with invented parties and every
// oddity you know of, into testdata/<id>/ (in a folder named as the format,
// when there are several). Then
//
//	go test ./lists -run TestFixtures -update
//
// writes the golden file: read it. The tests loop over All and fail for a card
// without a fixture, and for an entity that does not keep the contract (unique
// ids, a name to show, ISO countries and dates, controls the card declares).
// With REAL_LISTS naming a folder of real editions, TestRealLists reads each.
//
// # What it does not do
//
// It stores nothing and knows no database: package jobs keeps the original
// files, the entities and the differences, and asks again for what fetching
// needs to know (Validator). It does not match, grade or merge: a party on
// three lists is three entities here. It reads no clock: how old is too old is
// for the caller to say, with the card's Cadence.
package lists
