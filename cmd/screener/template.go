package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"partnerscreen/lists"
)

type templateCmd struct {
	Out string `arg:"" help:"File to write: a .csv or a .xlsx." type:"path"`
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
	if err := lists.WriteTemplate(f, format); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing the template: %w", err)
	}
	fmt.Fprintf(a.stderr, "fill in %s and name it in the configuration:\n[[custom_list]]\nid = \"own_watch\"\nformat = %q\nurl = %q\n", c.Out, format, c.Out)
	return nil
}
