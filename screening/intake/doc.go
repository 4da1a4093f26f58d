// Package intake reads the sheets an office drops on us into partners, one a
// row, each with its parties in their roles.
//
//	bytes ─▶ sniff ─▶ xlsx | ods | csv ─▶ lines ─▶ findHeader ─▶ layout ─▶ partner
//	         what is   one tab a sheet,   a row     which row    what each   one row read:
//	         it, and   streamed           as it     heads the    column      parties, notes,
//	         may it               stands    table       says        or why rejected
//
// The promises:
//
//   - A file is what its content says, never what its name says. What cannot be
//     read is a *FileError: what is wrong, and what its owner can do.
//   - Every row below the header with a filled cell comes out, with its place:
//     with parties, or rejected with the reason. A bad cell beside a good party
//     is a note. Hidden sheets and hidden rows are read like the others.
//   - How each column was read is told (Book.Sheets), and so is what was not
//     read. `--columns` overrides. People are read only where they are mapped.
//   - Names are kept as written, blanks apart, and never stand in errors.
//   - Files are streamed within Limits: strangers' bytes are hostile.
//
// Which column says what of whom is decided in header.go (see layout.attach),
// what a cell holds in cell.go. To recognise another header, add its phrase to
// phrases.go; to read another format, write its tabs (see tab.go) and tell
// sniff.go how it begins.
//
// What is not here: comparing names, deciding what a country or a date means
// for the work, writing sheets (reports), and the formats that are refused on
// purpose with advice: .xls, .xlsb, Numbers, PDF, JSON, XML.
package intake
