package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

type disclosuresCmd struct {
	Earlier string `arg:"" help:"Disclosure: the XML that SciENcv writes, the common form's fields as .json or .csv, or an ORCID record as JSON." type:"path"`
	Later   string `arg:"" help:"The same person's other disclosure, in any of the forms." type:"path"`
	Format  string `help:"table, or json (one object for each difference)." enum:"table,json" default:"table"`
}

func (c *disclosuresCmd) Run(a *app) error {
	changes, err := jobs.CompareDisclosures(c.Earlier, c.Later)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		for _, x := range changes {
			if err := enc.Encode(x); err != nil {
				return fmt.Errorf("writing the differences: %w", err)
			}
		}
	} else if err := disclosureTable(a, changes); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "%d differences, each a question for the disclosure office and no verdict\n", len(changes))
	return nil
}

func disclosureTable(a *app, changes []screening.DisclosureChange) error {
	if len(changes) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CHANGE\tWHAT\tORGANISATION\tTITLE\tAWARD\tDIFFERENCE\tQUESTION")
	for _, x := range changes {
		var fields []string
		for _, f := range x.Fields {
			fields = append(fields, fmt.Sprintf("%s: %s -> %s", f.Field, cmp.Or(strings.Join(f.Removed, ", "), "none"), cmp.Or(strings.Join(f.Added, ", "), "none")))
		}
		h := x.Held
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.Change, h.Kind, cmp.Or(h.Organisation, "-"), cmp.Or(h.Title, "-"), cmp.Or(h.Award, "-"), cmp.Or(strings.Join(fields, "; "), "-"), x.Question)
	}
	return w.Flush()
}
