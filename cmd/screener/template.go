package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"partnerscreen/lists"
	"partnerscreen/screening"
)

type templateCmd struct {
	Out string `arg:"" help:"File to write: .csv or .xlsx for an empty list, screener.toml for the configuration with every key, another .toml for the rules of the work as they are built in." type:"path"`
}

func (c *templateCmd) Run(a *app) error {
	format := "names.csv"
	if strings.EqualFold(filepath.Ext(c.Out), ".xlsx") {
		format = "names.xlsx"
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return fmt.Errorf("writing the template: %w", err)
	}
	defer func() { _ = f.Close() }()
	if filepath.Base(c.Out) == "screener.toml" {
		if err := errors.Join(writeConfig(f), f.Close()); err != nil {
			return fmt.Errorf("writing the template: %w", err)
		}
		fmt.Fprintf(a.stderr, "set what you need in %s and name it with --config, or put it into the data folder\n", c.Out)
		return nil
	}
	if strings.EqualFold(filepath.Ext(c.Out), ".toml") {
		if err := errors.Join(writeRules(f), f.Close()); err != nil {
			return fmt.Errorf("writing the template: %w", err)
		}
		fmt.Fprintf(a.stderr, "change %s and put it into the configuration: its tables replace the built-in ones\n", c.Out)
		return nil
	}
	if err := lists.WriteTemplate(f, format); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing the template: %w", err)
	}
	fmt.Fprintf(a.stderr, "fill in %s and name it in the configuration:\n[[custom_list]]\nid = \"own_watch\"\nformat = %q\nurl = %q\n", c.Out, format, c.Out)
	return nil
}

// writeRules writes the built-in rules of the work as the configuration has them.
func writeRules(w io.Writer) error {
	if _, err := fmt.Fprint(w, "# The rules that turn a row's answers into stakes, the funders whose money brings a funding bar with it,\n"+
		"# the ownership rules (change the days in force to switch one on or off), and the destination rules: all off.\n"+
		"# Set enabled = true for those that bind the office, and have a lawyer check them first.\n"+
		"# What can be answered, by question:\n"); err != nil {
		return err
	}
	for _, q := range slices.Sorted(maps.Keys(screening.AnswerWords)) {
		if _, err := fmt.Fprintf(w, "#   %s: %s\n", q, strings.Join(screening.AnswerWords[q], ", ")); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprint(w, "# A rule may ask for an amount, too, in whatever currency the sheet has: at_least = { value = 50000 }\n\n"); err != nil {
		return err
	}
	var rules struct {
		Policy PolicyConfig `toml:"policy"`
	}
	rules.Policy.Stakes, rules.Policy.Funding = screening.DefaultStakesRules, screening.DefaultFundingRules
	rules.Policy.Ownership, rules.Policy.Destination = screening.DefaultOwnershipRules, screening.DefaultDestinationRules
	return toml.NewEncoder(w).Encode(rules)
}
