package lists

import (
	"io"
	"time"

	"partnerscreen/screening"
)

// Card is one public list: where it is published, how to read it, and what
// an edition of it must look like to be believed.
type Card struct {
	ID        string // OpenSanctions' dataset name where one exists
	Title     string
	Publisher string
	Doc       string // one line for people
	Page      string // the publisher's page, for readers
	// Licence is an SPDX expression or "LicenseRef-…"; lists under
	// CC-BY-NC-4.0 or LicenseRef-all-rights-reserved are off until the
	// configuration accepts that licence.
	Licence string
	// Binds names the jurisdictions whose law the list is: ISO 3166-1
	// alpha-2, "EU", or screening.Everywhere. Reaches marks lists that also
	// follow items or funds abroad, so that they bind others by contract.
	Binds   []string
	Reaches bool
	// Blocking names the laws under which acting on this list may be unlawful elsewhere.
	Blocking string
	Controls []screening.Control // every control its listings may carry
	Cadence  time.Duration       // content older than this is marked stale
	Formats  []Format            // in order of preference when dates do not decide
	Bounds   Bounds
	Note     string // shown to people beside the list: "read from a public transcription of the PDF"
	// Part names the part of the list a listing belongs to (its source, its
	// annex), for Bounds.Parts; nil where the list has no parts.
	Part func(*screening.Listing) string
	// IDsFromContent marks lists whose publisher gives parties no lasting id,
	// so that between editions they are matched by content.
	IDsFromContent bool
	// Timeout bounds fetching the whole list, all tries; 0 is the fetcher's own.
	Timeout time.Duration
	// Custom marks a list of the office's own configuration: it binds the
	// office, and its licence needs no accepting.
	Custom bool
	// Registry marks a register of organisations: it is refreshed by its name
	// and never screened against.
	Registry bool
	// Retired are files the list was once published in and no longer is.
	Retired []RetiredFile
}

// RetiredFile is a file that must not be taken for the list any more.
type RetiredFile struct {
	Name    string // a path.Match pattern, case ignored
	Instead string // what to use instead, for people
}

// Format is one way a list is published.
type Format struct {
	Name  string // "csv", "xml", "advanced-xml"
	Files []File
	// Parse reads one edition. It emits each party once, in file order, and
	// reports what it could not read as findings, never dropping it in silence.
	// It errors only when the edition as a whole cannot be read.
	Parse func(src Source, emit func(*screening.Entity)) (Header, error)
	// Published reads only the publisher's date, where that is quicker than
	// Parse; nil: Parse is asked. It matters where several formats lie in a folder.
	Published func(src Source) (time.Time, error)
}

// File is one published file of a format.
type File struct {
	Name     string // as published, and in DIR/<list id>/<name> (a path.Match pattern where the publisher dates its names)
	URL      string
	Optional bool
	// Newest reads what URL answers and says which file is the newest, where
	// the address of the file itself changes with each edition; nil: URL is the file.
	Newest func(answer []byte) (Newest, error)
}

// Source opens the files of one edition by name. Opening an optional file that
// is not there gives fs.ErrNotExist.
type Source interface {
	Open(name string) (io.ReadCloser, error)
	Names() []string // the files there are, sorted
}

// Header is what an edition says of itself, and what reading it brought up.
type Header struct {
	Published time.Time // from the content; zero where it says nothing
	Declared  int       // the record count the publisher declares; 0 where none
	Findings  []Finding
}

// Finding is something in an edition that a person should know of.
type Finding struct {
	Kind  string `json:"kind"`  // column, source, code, row, orphan, retired, html, truncated …
	Place string `json:"place"` // "SDN.CSV line 12"
	Text  string `json:"text"`
	// Holds marks findings that must keep an edition from being used.
	Holds bool `json:"holds,omitempty"`
}

// Bounds is what an edition must look like. Zero fields are not checked.
type Bounds struct {
	MinEntities int
	MaxEntities int
	// Shares of entities, 0 to 1.
	MinNamed, MinCountry, MinAlias float64
	// MaxShrink and MaxGrow bound the change in the number of entities
	// against the last good edition, as shares of it.
	MaxShrink, MaxGrow float64
	// Parts bounds the entities of each part (CSL source, annex) by name; "*"
	// stands for every part not named. A part's shrink and growth count from
	// 20 entities on, below that chance rules.
	Parts map[string]Bounds
}
