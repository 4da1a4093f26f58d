package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// FuzzConfig reads any text as a configuration: it is taken, or refused in
// words that name the file, and what is taken can be built from.
func FuzzConfig(f *testing.F) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		f.Fatal(err)
	}
	// The example of the README, section by section.
	_, example, _ := strings.Cut(string(readme), "## Configuration")
	example, _, _ = strings.Cut(example, "\n## ")
	example = regexp.MustCompile(`(?m)^    `).ReplaceAllString(example, "")
	for _, section := range regexp.MustCompile(`(?m)^\[`).Split(example, -1) {
		f.Add("[" + section)
	}
	f.Add("[limits]\nrows = -1\n")
	f.Add("[policy]\nreview = nan\n")
	f.Add("[[policy.stakes]]\nname = \"x\"\n")
	f.Add("a = [[[[[[")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig(text, "c.toml")
		if err != nil {
			if !strings.Contains(err.Error(), "c.toml") {
				t.Errorf("an error that does not name the file: %v", err)
			}
			return
		}
		l := c.limits()
		if l.Sheet.Rows < 1 || l.Sheet.Time <= 0 || l.List.Time <= 0 || l.Workbook.Bytes <= 0 {
			t.Errorf("limits that let nothing through: %+v", l)
		}
		if _, err := c.cards(); err != nil {
			t.Errorf("it was taken, and no cards can be made of it: %v", err)
		}
		_, _ = c.columns()
		_ = c.policy()
		_, _, _ = c.webOptions()
	})
}
