package lists

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"partnerscreen/screening"
)

// ofacFiles are the four CSV files of one edition. They have no header row;
// what is empty is -0- ; a file ends with a line that holds only 0x1A.
type ofacFiles struct{ main, aliases, addresses, comments string }

// csv returns the reader of a list's CSV files. Aliases, addresses and the
// overflow of the remarks are joined to their party by its number. An edition
// whose aliases or addresses are missing, or belong to parties the main file
// lacks, must not be used: it would miss names.
func (l ofacList) csv(files ofacFiles) func(Source, func(*screening.Entity)) (Header, error) {
	return func(src Source, emit func(*screening.Entity)) (Header, error) {
		var found findings
		// The main file first, if only its first line: an empty one is what to say, not what is missing beside it.
		if err := ofacRows(src, files.main, 12, &found, nil); err != nil {
			return Header{}, err
		}
		found = findings{}
		side := func(file string, width int, needed bool) (map[string][][]string, error) {
			rows := map[string][][]string{}
			err := ofacRows(src, file, width, &found, func(_ string, cells []string) {
				rows[cells[0]] = append(rows[cells[0]], slices.Clone(cells[1:]))
			})
			if errors.Is(err, fs.ErrNotExist) {
				found.add("file", file, "the file is missing from the edition", needed)
				return rows, nil
			}
			if errors.Is(err, errEmpty) && !needed { // no remark is longer than its field
				return rows, nil
			}
			return rows, err
		}
		aliases, err := side(files.aliases, 5, true)
		if err != nil {
			return Header{}, err
		}
		addresses, err := side(files.addresses, 6, true)
		if err != nil {
			return Header{}, err
		}
		comments, err := side(files.comments, 2, false)
		if err != nil {
			return Header{}, err
		}
		joinable := len(aliases) + len(addresses) + len(comments)
		err = ofacRows(src, files.main, 12, &found, func(place string, cells []string) {
			number := cells[0]
			p := l.party(number, place, &found)
			var known bool
			if p.Kind, known = ofacKind(cells[2]); !known {
				found.add("code", place, fmt.Sprintf("unknown type of party %q", cells[2]), true)
			}
			person := p.Kind == screening.KindPerson
			p.name(ofacName(cells[1], screening.PrimaryName, person))
			p.programmes = ofacProgrammes(cells[3])
			if cells[4] != "" {
				p.remark("Title: " + cells[4])
			}
			p.identifier("callsign", cells[5], "")
			if cells[6] != "" {
				p.remark("Vessel type: " + cells[6])
			}
			p.nationality(cells[9])
			p.link(screening.Link{Kind: "owned_by", Name: cells[10], Source: "Vessel owner"})
			for _, a := range aliases[number] {
				kind, known := ofacAlias(a[1])
				if !known {
					found.add("code", place, fmt.Sprintf("unknown type of alias %q", a[1]), false)
				}
				p.name(ofacName(a[2], kind, person))
			}
			for _, a := range addresses[number] {
				p.located(a[1], a[2], a[3])
			}
			// Remarks are cut at 1,000 characters and go on in the comments, in mid-word.
			text := cells[11]
			for _, c := range comments[number] {
				text += c[0]
			}
			p.remarks(text, cells[11] != "" || len(comments[number]) == 0)
			delete(aliases, number)
			delete(addresses, number)
			delete(comments, number)
			emit(l.entity(p))
		})
		if err != nil {
			return Header{}, err
		}
		ofacOrphans(&found, files, joinable, aliases, addresses, comments)
		return Header{Findings: found.all()}, nil
	}
}

// ofacOrphans reports aliases, addresses and comments whose party the main
// file lacks. A few come from files written minutes apart; many mean that the
// files are of different days, or the main file was cut.
func ofacOrphans(found *findings, files ofacFiles, of int, aliases, addresses, comments map[string][][]string) {
	left := len(aliases) + len(addresses) + len(comments)
	if left == 0 {
		return
	}
	text := fmt.Sprintf("%d parties have aliases, %d addresses and %d comments, but are not in %s: a mix of editions", len(aliases), len(addresses), len(comments), files.main)
	found.add("orphan", files.aliases, text, left > 20 && left*50 > of)
}

var errEmpty = errors.New("is empty")

// ofacRows calls each with the rows of a CSV file; with nil it only looks at the first.
func ofacRows(src Source, file string, width int, found *findings, each func(place string, cells []string)) error {
	f, err := src.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	m := &meter{r: f, limit: maxRecord}
	text, err := plainText(m, file)
	if err != nil {
		return err
	}
	r := csv.NewReader(text)
	r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = true, -1, true
	rows, bad, short := 0, 0, false
	for {
		m.n = 0
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", file, err)
		}
		line, _ := r.FieldPos(0)
		place := fmt.Sprintf("%s line %d", file, line)
		if len(cells) == 1 && strings.Trim(cells[0], "\x1a \t") == "" {
			continue
		}
		rows++
		for i, c := range cells {
			if c = strings.TrimSpace(c); c == "-0-" {
				c = ""
			}
			cells[i] = c
		}
		if _, err := strconv.Atoi(cells[0]); err != nil {
			if rows == 1 && strings.EqualFold(cells[0], "ent_num") {
				found.add("row", place, "a header row, which the publisher does not write; left out", false)
				continue
			}
			if rows == 1 {
				return fmt.Errorf("%s does not begin with a party's number: it is not the file it is named as", file)
			}
			bad++
			found.add("row", place, "a row does not begin with a party's number, left out", false)
			continue
		}
		short = len(cells) < width
		for len(cells) < width {
			cells = append(cells, "")
		}
		if each == nil {
			return nil
		}
		if short || len(cells) > width {
			found.add("row", place, fmt.Sprintf("a row has not the %d cells it should have", width), false)
		}
		each(place, cells)
	}
	switch {
	case rows == 0:
		return fmt.Errorf("%s %w", file, errEmpty)
	case bad*100 > rows:
		return fmt.Errorf("%s: %d of %d rows do not begin with a party's number", file, bad, rows)
	case short:
		return fmt.Errorf("%s ends in the middle of a row, it was cut short: %w", file, io.ErrUnexpectedEOF)
	}
	return nil
}
