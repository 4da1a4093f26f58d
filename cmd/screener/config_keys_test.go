package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

// keysOf are the keys of a struct of the configuration, as the file has them.
func keysOf(t reflect.Type, prefix string) (out []string) {
	for i := range t.NumField() {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("toml"), ",")
		if tag == "" {
			continue
		}
		field := t.Field(i).Type
		for field.Kind() == reflect.Pointer || field.Kind() == reflect.Slice {
			field = field.Elem()
		}
		// Of the days a rule is in force the example shows both keys.
		if field.Kind() == reflect.Struct && tag != "in_force" {
			out = append(out, keysOf(field, prefix+tag+".")...)
			continue
		}
		out = append(out, prefix+tag)
	}
	return out
}

// The reference has every key the program reads, and no other.
func TestConfigKeys(t *testing.T) {
	var have []string
	for _, k := range configKeys {
		have = append(have, k.name)
	}
	want := keysOf(reflect.TypeFor[Config](), "")
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("configKeys (-the program reads +is written down):\n%s", diff)
	}
}

// The configuration the command writes is the default one, and with every key
// set every key is still known.
func TestConfigTemplate(t *testing.T) {
	var b bytes.Buffer
	if err := writeConfig(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "screener.toml")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	want := defaultConfig()
	got.dir = ""
	if !reflect.DeepEqual(normal(t, want), normal(t, got)) {
		t.Errorf("as it is written it is not the default: %s", cmp.Diff(normal(t, want), normal(t, got)))
	}
	set := regexp.MustCompile(`(?m)^#(\S)`).ReplaceAllString(b.String(), "$1")
	var all Config
	md, err := toml.Decode(set, &all)
	if err != nil {
		t.Fatalf("%v in\n%s", err, set)
	}
	if unknown := md.Undecoded(); len(unknown) > 0 {
		t.Errorf("unknown: %v", unknown)
	}
	for _, k := range configKeys {
		if !md.IsDefined(strings.Split(k.name, ".")...) && !slices.ContainsFunc(tableLists, func(l string) bool { return strings.HasPrefix(k.name, l) }) {
			t.Errorf("%s is not in the template", k.name)
		}
	}
}

// normal is a configuration as TOML has it: no difference between nothing and none.
func normal(t *testing.T, c *Config) string {
	t.Helper()
	if len(c.Columns)+len(c.Schedule) == 0 {
		c.Columns, c.Schedule = nil, nil
	}
	b, err := toml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every configuration the README shows is one the program takes.
func TestReadmeConfigurations(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?m)(?:^    \[.*\n)(?:^(?:    .*)?\n)*`).FindAllString(string(readme), -1)
	if len(blocks) < 2 {
		t.Fatalf("%d configurations were found in the README", len(blocks))
	}
	for _, b := range blocks {
		var c Config
		md, err := toml.Decode(b, &c)
		if err != nil {
			t.Errorf("%v in\n%s", err, b)
		}
		if unknown := md.Undecoded(); len(unknown) > 0 {
			t.Errorf("%s in\n%s", unknownKeys(unknown), b)
		}
	}
}

func TestUnknownKeys(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"misspelt":              {"[lists]\nenabeld = []", "unknown key lists.enabeld; did you mean lists.enabled?"},
		"a misspelt table":      {"[offce]\nname = \"x\"", "unknown key offce; did you mean office?"},
		"in an array of tables": {"[[custom_list]]\nid = \"a\"\nformt = \"names.csv\"", "unknown key custom_list.formt; did you mean custom_list.format?"},
		"two deep":              {"[notify.mail]\nhots = \"x\"", "unknown key notify.mail.hots; did you mean notify.mail.host?"},
		"three deep":            {"[[policy.ownership]]\nin_forc = []", "unknown key policy.ownership.in_forc; did you mean policy.ownership.in_force?"},
		"in the wrong table":    {"listen = \"127.0.0.1:1\"", "unknown key listen; did you mean server.listen?"},
		"nothing like it":       {"xyzzyplugh = 1", "unknown key xyzzyplugh"},
		"several":               {"[server]\nlisten_to = \"x\"\nlogs = \"text\"", "unknown keys server.listen_to; did you mean server.listen? server.logs; did you mean server.log?"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "screener.toml")
			if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := loadConfig(path); err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
