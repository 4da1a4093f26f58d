package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/agnivade/levenshtein"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
)

// Config is the file that names places and judgement. Every key has a
// default; an unknown key is an error.
type Config struct {
	Office     OfficeConfig         `toml:"office"`
	Lists      ListsConfig          `toml:"lists"`
	CustomList []lists.CustomConfig `toml:"custom_list"`
	Policy     PolicyConfig         `toml:"policy"`
	// Columns maps a role to the headers read as it: Partner = ["Institution"].
	Columns map[string][]string `toml:"columns"`
	Fetch   FetchConfig         `toml:"fetch"`
	Limits  LimitsConfig        `toml:"limits"`
	// Schedule is when jobs run, by the name of the schedule: "refresh us_ofac_sdn" = "0 5 * * *"; "" is off.
	Schedule  map[string]string `toml:"schedule"`
	Review    ReviewConfig      `toml:"review"`
	Notify    NotifyConfig      `toml:"notify"`
	Inbox     InboxConfig       `toml:"inbox"`
	Retention RetentionConfig   `toml:"retention"`
	Evidence  EvidenceConfig    `toml:"evidence"`
	Backup    BackupConfig      `toml:"backup"`
	Work      WorkConfig        `toml:"work"`

	Server   ServerConfig   `toml:"server"`
	Accounts AccountsConfig `toml:"accounts"`
	OIDC     OIDCConfig     `toml:"oidc"`
	Proxy    ProxyConfig    `toml:"proxy"`

	dir string // the config file's folder: relative places start here
}

// OfficeConfig says where the office is.
type OfficeConfig struct {
	Name          string   `toml:"name"`
	Jurisdictions []string `toml:"jurisdictions"`
}

// ListsConfig says which lists are used. Enabled is nil when the key is
// absent: every card then.
type ListsConfig struct {
	Enabled       *[]string `toml:"enabled"`
	AcceptLicence []string  `toml:"accept_licence"`
	MaxAgeDays    int       `toml:"max_age_days"`
}

// PolicyConfig overrides the lines of the default policy, and replaces its
// rules of the work where it has any.
type PolicyConfig struct {
	Note    *float64                `toml:"note,omitempty"`
	Review  *float64                `toml:"review,omitempty"`
	Strong  *float64                `toml:"strong,omitempty"`
	Exact   *float64                `toml:"exact,omitempty"`
	Stakes  []screening.StakesRule  `toml:"stakes"`
	Funding []screening.FundingRule `toml:"funding"`
	// Ownership are the rules by which a listed owner's measure reaches what it owns; switched by their days in force.
	Ownership []screening.OwnershipRule `toml:"ownership"`
	// Destination are the laws that turn on where work is done or things go; each is off until it is enabled.
	Destination []screening.DestinationRule `toml:"destination"`
	// How far the lists' own links are followed for one row.
	ChainDepth   int `toml:"chain_depth,omitzero"`
	ChainParties int `toml:"chain_parties,omitzero"`
	ChainLinks   int `toml:"chain_links,omitzero"`
}

// checkRules finds rules of the work that could never hold or say nothing. A
// rule's conditions are the words of answers; nothing else can be one.
func (c *PolicyConfig) checkRules() error {
	for i, r := range c.Stakes {
		at := fmt.Sprintf("policy.stakes, rule %d", i+1)
		if r.Name == "" || r.Why == "" || r.Source == "" || r.Owner == "" {
			return fmt.Errorf("%s: name, owner, why and source must be given", at)
		}
		at = fmt.Sprintf("policy.stakes, %q", r.Name)
		if r.Stakes != screening.Routine && r.Stakes != screening.Standard && r.Stakes != screening.Enhanced {
			return fmt.Errorf("%s: stakes is routine, standard or enhanced, not %q", at, r.Stakes)
		}
		if !slices.Contains(screening.Owners, r.Owner) {
			return fmt.Errorf("%s: there is no office %q%s", at, r.Owner, suggest(string(r.Owner), plain(screening.Owners)))
		}
		if len(r.Any)+len(r.Only)+len(r.AtLeast) == 0 {
			return fmt.Errorf("%s: it has no condition under any, only or at_least, and would hold for every row that answers something", at)
		}
		for q, least := range r.AtLeast {
			if q != screening.AskValue || least <= 0 {
				return fmt.Errorf("%s: at_least is for value, and above 0: at_least = { value = 50000 }", at)
			}
		}
		for _, conditions := range []map[screening.Ask][]string{r.Any, r.Only, r.Not} {
			for _, q := range slices.Sorted(maps.Keys(conditions)) {
				words, ok := screening.AnswerWords[q]
				if !ok {
					return fmt.Errorf("%s: %q is no question a rule can ask%s", at, q, suggest(string(q), plain(slices.Sorted(maps.Keys(screening.AnswerWords)))))
				}
				for _, w := range conditions[q] {
					if !slices.Contains(words, w) {
						return fmt.Errorf("%s: %s is never answered %q%s", at, q, w, suggest(w, words))
					}
				}
			}
		}
	}
	for i, r := range c.Funding {
		if r.List == "" || len(r.Funders) == 0 || r.Why == "" || r.Source == "" {
			return fmt.Errorf("policy.funding, rule %d: list, funders, why and source must be given", i+1)
		}
	}
	for key, limit := range map[string]int{"chain_depth": c.ChainDepth, "chain_parties": c.ChainParties, "chain_links": c.ChainLinks} {
		if limit < 0 {
			return fmt.Errorf("policy.%s must be above 0", key)
		}
	}
	for i, r := range c.Ownership {
		at := fmt.Sprintf("policy.ownership, rule %d", i+1)
		if r.Name == "" || (len(r.Lists)+len(r.Authorities) == 0 && !r.Others) || len(r.Controls) == 0 || r.Why == "" || r.Source == "" {
			return fmt.Errorf("%s: name, lists (or authorities, or others), controls, why and source must be given", at)
		}
		if r.Percent <= 0 || r.Percent > 100 {
			return fmt.Errorf("%s: percent must be above 0 and at most 100", at)
		}
		for _, control := range r.Controls {
			if !control.Valid() {
				return fmt.Errorf("%s: there is no control %q%s", at, control, suggest(string(control), plain(screening.Controls)))
			}
		}
		if err := checkDays(at, r.InForce); err != nil {
			return err
		}
	}
	return c.checkDestinations()
}

// destinations are the built-in destination rules and the file's. One of a
// built-in's name stands in its place, or switches it where it says no more than
// that; what is off stays, to be named as not checked.
func (c *PolicyConfig) destinations() []screening.DestinationRule {
	out := slices.Clone(screening.DefaultDestinationRules)
	for _, r := range c.Destination {
		i := slices.IndexFunc(out, func(o screening.DestinationRule) bool { return o.Name == r.Name })
		switch {
		case i < 0:
			out = append(out, r)
		case r.Source == "" && r.Why == "" && len(r.Countries)+len(r.Places) == 0:
			out[i].Enabled = r.Enabled
		default:
			out[i] = r
		}
	}
	return out
}

// checkDestinations finds destination rules that name no place, office, law or
// day, and writes their countries as codes.
func (c *PolicyConfig) checkDestinations() error {
	for _, r := range c.Destination {
		for _, codes := range [][]string{r.Countries, r.Within} {
			for n, name := range codes {
				code, ok := screening.CountryCode(name)
				if !ok {
					return fmt.Errorf("policy.destination, %q: %q is no country; write its two-letter code", r.Name, name)
				}
				codes[n] = code
			}
		}
	}
	for i, r := range c.destinations() {
		at := fmt.Sprintf("policy.destination, rule %d", i+1)
		if r.Name == "" || r.Why == "" || r.Source == "" || r.Checked == "" || len(r.InForce) == 0 {
			return fmt.Errorf("%s: name, why, source, checked and in_force must be given", at)
		}
		at = fmt.Sprintf("policy.destination, %q", r.Name)
		if len(r.Countries)+len(r.Places) == 0 {
			return fmt.Errorf("%s: countries or places must be given", at)
		}
		if !slices.Contains(screening.Owners, r.Owner) {
			return fmt.Errorf("%s: there is no office %q%s", at, r.Owner, suggest(string(r.Owner), plain(screening.Owners)))
		}
		if err := checkDays(at, r.InForce); err != nil {
			return err
		}
	}
	return nil
}

func checkDays(at string, spans []screening.Period) error {
	for _, p := range spans {
		for _, d := range []string{p.First, cmp.Or(p.Last, p.First)} {
			if _, err := time.Parse(time.DateOnly, d); err != nil {
				return fmt.Errorf("%s: in_force: %q is no day; write it as 2026-01-31", at, d)
			}
		}
	}
	return nil
}

func plain[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// FetchConfig bounds downloads.
type FetchConfig struct {
	TimeoutMinutes int    `toml:"timeout_minutes"`
	MaxMegabytes   int64  `toml:"max_megabytes"`
	UserAgent      string `toml:"user_agent"`
	// Formats names, by list, the format to fetch where it is published in several.
	Formats map[string]string `toml:"formats"`
}

// LimitsConfig bounds what a stranger's file may cost. An office meets them
// with very large sheets; all other limits are fixed.
type LimitsConfig struct {
	SheetMegabytes    int64 `toml:"sheet_megabytes"`
	UnfoldedMegabytes int64 `toml:"unfolded_megabytes"`
	Rows              int   `toml:"rows"`
	Columns           int   `toml:"columns"`
	Cells             int   `toml:"cells"`
	Seconds           int   `toml:"seconds"`
	WorkbookMegabytes int64 `toml:"workbook_megabytes"` // of one that comes back with decisions
	ListSeconds       int   `toml:"list_seconds"`
}

func defaultLimits() LimitsConfig {
	sheet := intake.DefaultLimits
	return LimitsConfig{
		SheetMegabytes: sheet.Bytes >> 20, UnfoldedMegabytes: sheet.Unzipped >> 20, Rows: sheet.Rows, Columns: sheet.Columns, Cells: sheet.Cells,
		Seconds: int(sheet.Time.Seconds()), WorkbookMegabytes: 64, ListSeconds: int(lists.DefaultLimits.Time.Seconds()),
	}
}

// wrong says what is wrong with it, or "".
func (l *LimitsConfig) wrong() string {
	if min(l.SheetMegabytes, l.UnfoldedMegabytes, l.WorkbookMegabytes) < 1 || min(l.Rows, l.Columns, l.Cells, l.Seconds, l.ListSeconds) < 1 {
		return "limits: each must be 1 or more"
	}
	if l.Columns > 16_384 {
		return "limits.columns must be at most 16384: no spreadsheet has more"
	}
	return ""
}

// limits are those of each door.
func (c *Config) limits() jobs.Limits {
	l := c.Limits
	out := jobs.Limits{
		Sheet: intake.Limits{
			Bytes: l.SheetMegabytes << 20, Unzipped: l.UnfoldedMegabytes << 20, Rows: l.Rows, Columns: l.Columns, Cells: l.Cells,
			Time: time.Duration(l.Seconds) * time.Second,
		},
		Workbook: reports.Limits{Bytes: l.WorkbookMegabytes << 20, Unzipped: 8 * l.WorkbookMegabytes << 20, Time: time.Duration(l.Seconds) * time.Second},
		List:     lists.DefaultLimits,
	}
	out.List.MaxFile, out.List.Time = c.Fetch.MaxMegabytes<<20, time.Duration(l.ListSeconds)*time.Second
	return out
}

func defaultConfig() *Config {
	return &Config{
		Lists:  ListsConfig{MaxAgeDays: 10},
		Fetch:  FetchConfig{TimeoutMinutes: 15, MaxMegabytes: 1024},
		Limits: defaultLimits(),
		Inbox:  InboxConfig{SettleSeconds: 20},
		Retention: RetentionConfig{
			RecordYears: jobs.DefaultRetention.RecordYears, FileDays: jobs.DefaultRetention.FileDays,
			RejectedDays: jobs.DefaultRetention.RejectedDays, JobDays: jobs.DefaultRetention.JobDays,
			PersonMonths: jobs.DefaultRetention.PersonMonths, SheetDays: jobs.DefaultRetention.SheetDays, SilenceDays: jobs.DefaultRetention.SilenceDays,
		},
		Review: ReviewConfig{
			EscalateDays: jobs.DefaultDays[screening.Escalate], ReviewDays: jobs.DefaultDays[screening.Review], RemindDays: jobs.DefaultRemindDays,
		},

		Server:   ServerConfig{Listen: "127.0.0.1:8080", RequestsPerMinute: 1200, MaxUploadMegabytes: 64, Log: "text"},
		Accounts: AccountsConfig{SecondFactor: "optional", IdleMinutes: 60, SessionHours: 12, PasswordMegabytes: 64},
		OIDC:     OIDCConfig{Scopes: []string{"profile", "email"}, NameClaim: "preferred_username", GroupsClaim: "groups"},
	}
}

// loadConfig reads the file at path; "" gives the defaults.
func loadConfig(path string) (*Config, error) {
	if path == "" {
		return defaultConfig(), nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the configuration: there is no file %s", path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, largestConfig+1))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	if len(text) > largestConfig {
		return nil, fmt.Errorf("reading the configuration %s: it is larger than %d kB, so it is another file", path, largestConfig>>10)
	}
	return parseConfig(string(text), path)
}

// largestConfig is how large the file may be; a long one has some 10 kB.
const largestConfig = 1 << 20

// parseConfig reads the text of the file at path.
func parseConfig(text, path string) (*Config, error) {
	c := defaultConfig()
	md, err := toml.Decode(text, c)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	if unknown := md.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("reading the configuration %s: %s", path, unknownKeys(unknown))
	}
	if c.dir, err = filepath.Abs(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	return c, c.check(path)
}

// check finds values that no run could use.
func (c *Config) check(path string) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("reading the configuration %s: %s", path, fmt.Sprintf(format, args...))
	}
	for i, j := range c.Office.Jurisdictions {
		code, ok := screening.CountryCode(j)
		if strings.EqualFold(j, "EU") {
			code, ok = "EU", true
		}
		if !ok {
			return bad("office.jurisdictions: %q is no country; write its two-letter code", j)
		}
		c.Office.Jurisdictions[i] = code
	}
	if c.Lists.MaxAgeDays <= 0 {
		return bad("lists.max_age_days must be above 0")
	}
	if what := c.wrongWork(); what != "" {
		return bad("%s", what)
	}
	if _, err := c.columns(); err != nil {
		return bad("columns: %v", err)
	}
	if err := c.Policy.checkRules(); err != nil {
		return bad("%v", err)
	}
	p := c.policy()
	if lines := []float64{0, p.NoteLine, p.ReviewLine, p.StrongLine, p.ExactLine, 1}; !slices.IsSorted(lines) {
		return bad("the lines of [policy] must rise from note (%v) over review (%v) and strong (%v) to exact (%v), from 0 to 1",
			p.NoteLine, p.ReviewLine, p.StrongLine, p.ExactLine)
	}
	seen := map[string]bool{}
	for _, l := range c.CustomList {
		if l.ID == "" {
			return bad("a [[custom_list]] has no id")
		}
		if _, ok := lists.Find(lists.All, l.ID); ok || seen[l.ID] {
			return bad("the id %q of a [[custom_list]] is taken", l.ID)
		}
		seen[l.ID] = true
		if _, err := jobs.ParseRoles(l.Restricted); err != nil {
			return bad("custom list %s: restricted: %v", l.ID, err)
		}
		if _, err := lists.Custom(l); err != nil {
			return bad("custom list %s: %v", l.ID, err)
		}
	}
	if _, _, err := c.webOptions(); err != nil {
		return bad("%v", err)
	}
	for id, format := range c.Fetch.Formats {
		card, ok := lists.Find(lists.All, id)
		if !ok {
			return bad("fetch.formats: there is no list %q%s", id, suggest(id, c.listIDs()))
		}
		var names []string
		for _, f := range card.Formats {
			names = append(names, f.Name)
		}
		if !slices.Contains(names, format) {
			return bad("fetch.formats: %s is read as %s, not as %q", id, strings.Join(names, ", "), format)
		}
	}
	if c.Lists.Enabled != nil {
		for _, id := range *c.Lists.Enabled {
			if _, ok := lists.Find(lists.All, id); !ok && !seen[id] {
				return bad("lists.enabled: there is no list %q%s", id, suggest(id, c.listIDs()))
			}
		}
	}
	return nil
}

// policy is the default policy with the lines the file sets.
func (c *Config) policy() *screening.Policy {
	p := screening.DefaultPolicy()
	for line, set := range map[*float64]*float64{
		&p.NoteLine: c.Policy.Note, &p.ReviewLine: c.Policy.Review, &p.StrongLine: c.Policy.Strong, &p.ExactLine: c.Policy.Exact,
	} {
		if set != nil {
			*line = *set
		}
	}
	if len(c.Policy.Stakes) > 0 {
		p.StakesRules = c.Policy.Stakes
	}
	if len(c.Policy.Funding) > 0 {
		p.FundingRules = c.Policy.Funding
	}
	if len(c.Policy.Ownership) > 0 {
		p.OwnershipRules = c.Policy.Ownership
	}
	p.DestinationRules = c.Policy.destinations()
	for limit, set := range map[*int]int{&p.Chain.Depth: c.Policy.ChainDepth, &p.Chain.Parties: c.Policy.ChainParties, &p.Chain.Links: c.Policy.ChainLinks} {
		if set > 0 {
			*limit = set
		}
	}
	// A review line moved past a neighbour that was not named takes it along.
	if c.Policy.Note == nil {
		p.NoteLine = min(p.NoteLine, p.ReviewLine)
	}
	if c.Policy.Strong == nil {
		p.StrongLine = max(p.StrongLine, p.ReviewLine)
	}
	if c.Policy.Exact == nil {
		p.ExactLine = max(p.ExactLine, p.StrongLine)
	}
	return p
}

// cards are the cards of all lists, the custom ones last.
func (c *Config) cards() ([]lists.Card, error) {
	cards := slices.Clone(lists.All)
	for _, custom := range c.CustomList {
		if custom.URL != "" && !strings.Contains(custom.URL, "://") && !filepath.IsAbs(custom.URL) {
			custom.URL = filepath.Join(c.dir, custom.URL)
		}
		card, err := lists.Custom(custom)
		if err != nil {
			return nil, fmt.Errorf("reading the configuration: custom list %s: %w", custom.ID, err)
		}
		cards = append(cards, card)
	}
	return cards, nil
}

// columns are the mappings of the file, in the order of their roles.
func (c *Config) columns() (intake.Columns, error) {
	var specs []string
	for _, role := range slices.Sorted(maps.Keys(c.Columns)) {
		for _, header := range c.Columns[role] {
			specs = append(specs, role+"="+header)
		}
	}
	return intake.ParseColumns(specs)
}

// enabled reports whether a list takes part: every card when the key is
// absent, and custom lists always.
func (c *Config) enabled(id string) bool {
	return c.Lists.Enabled == nil || slices.Contains(*c.Lists.Enabled, id) || c.custom(id)
}

// custom reports whether a list is one of the office's own, which are always enabled.
func (c *Config) custom(id string) bool {
	return slices.ContainsFunc(c.CustomList, func(l lists.CustomConfig) bool { return l.ID == id })
}

// restricted are the lists that are open to some roles only. The roles have been checked.
func (c *Config) restricted() map[string][]screening.AccountRole {
	out := map[string][]screening.AccountRole{}
	for _, l := range c.CustomList {
		if roles, err := jobs.ParseRoles(l.Restricted); err == nil && len(roles) > 0 {
			out[l.ID] = roles
		}
	}
	return out
}

// path is a file the configuration names: relative ones lie beside it.
func (c *Config) path(file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(c.dir, file)
}

func (c *Config) listIDs() []string {
	var ids []string
	for _, card := range lists.All {
		ids = append(ids, card.ID)
	}
	for _, l := range c.CustomList {
		ids = append(ids, l.ID)
	}
	return ids
}

// suggest returns "; did you mean X?" for the nearest of the choices, or ""
// when none is near.
func suggest(word string, choices []string) string {
	best, near := "", max(2, len(word)/3)+1
	for _, c := range choices {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(c)); d < near {
			best, near = c, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// places are where a run keeps things.
type places struct {
	config string
	db     string
	data   string
	home   bool // data is the user's own default folder
}

// locate fills what the flags and the environment leave open: data goes to
// the user's data folder, or beside the database where only that is named.
func locate(config, db, data string) (places, error) {
	p := places{config: config, db: db, data: data}
	if p.data == "" {
		if p.db != "" && !strings.Contains(p.db, "://") {
			p.data = filepath.Join(filepath.Dir(strings.TrimPrefix(p.db, "file:")), "screener-data")
		} else {
			home, err := os.UserHomeDir()
			if err != nil {
				return p, fmt.Errorf("finding a folder for data: %w; name one with --data", err)
			}
			p.home = true
			p.data = filepath.Join(cmp.Or(os.Getenv("XDG_DATA_HOME"), filepath.Join(home, ".local", "share")), "screener")
		}
	}
	if p.db == "" {
		p.db = filepath.Join(p.data, "screener.db")
	}
	if p.config == "" {
		if own := filepath.Join(p.data, "screener.toml"); exists(own) {
			p.config = own
		}
	}
	return p, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
