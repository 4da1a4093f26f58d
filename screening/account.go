package screening

import (
	"slices"
	"time"
)

// AccountRole is what the person of an account does in the office. An account
// may have several. (Role is what a party does in a row.)
type AccountRole string

const (
	Submitter      AccountRole = "submitter"
	Reviewer       AccountRole = "reviewer"
	SecondReviewer AccountRole = "second_reviewer"
	ListManager    AccountRole = "list_manager"
	Administrator  AccountRole = "administrator"
	Auditor        AccountRole = "auditor"
)

// AccountRoles are the roles there are, in the order of the table.
var AccountRoles = []AccountRole{Submitter, Reviewer, SecondReviewer, ListManager, Administrator, Auditor}

// Permission is one thing an account may do; an API key has some of its account's.
type Permission string

const (
	MaySubmit               Permission = "submit"
	MayReadRuns             Permission = "read_runs"
	MayReadReview           Permission = "read_review"
	MayDecide               Permission = "decide"
	MayDecideSecond         Permission = "decide_second"
	MayReadCollaborations   Permission = "read_collaborations"
	MayManageCollaborations Permission = "manage_collaborations"
	MayReadLists            Permission = "read_lists"
	MayManageLists          Permission = "manage_lists"
	MayReadHealth           Permission = "read_health"
	MayManageJobs           Permission = "manage_jobs"
	MayReadAccounts         Permission = "read_accounts"
	MayManageAccounts       Permission = "manage_accounts"
	MayReadAudit            Permission = "read_audit"
)

// Grant is one line of the table of who may do what.
type Grant struct {
	Permission Permission
	Doc        string
	Roles      []AccountRole
	// Changes marks what alters something: an auditor has none of it.
	Changes bool
}

// Grants is who may do what. There is no other place where it is decided.
var Grants = []Grant{
	{MaySubmit, "screen sheets; see, download and answer questions on one's own runs", []AccountRole{Submitter, Reviewer, SecondReviewer}, true},
	{MayReadRuns, "see and download everybody's runs", []AccountRole{Reviewer, SecondReviewer, Auditor}, false},
	{MayReadReview, "see reviewers' names, notes and history", []AccountRole{Reviewer, SecondReviewer, Auditor}, false},
	{MayDecide, "decide on a match", []AccountRole{Reviewer, SecondReviewer}, true},
	{MayDecideSecond, "say the second word on an escalated match", []AccountRole{SecondReviewer}, true},
	{MayReadCollaborations, "see the active collaborations", []AccountRole{Reviewer, SecondReviewer, Auditor}, false},
	{MayManageCollaborations, "add and end collaborations", []AccountRole{Reviewer, SecondReviewer}, true},
	{MayReadLists, "see the lists, their editions and what changed", AccountRoles, false},
	{MayManageLists, "fetch lists and put held editions in force", []AccountRole{ListManager}, true},
	{MayReadHealth, "see versions, jobs and what needs attention", []AccountRole{ListManager, Administrator, Auditor}, false},
	{MayManageJobs, "start and stop jobs", []AccountRole{ListManager, Administrator}, true},
	{MayReadAccounts, "see accounts, roles and keys", []AccountRole{Administrator, Auditor}, false},
	{MayManageAccounts, "add, change and disable accounts and keys", []AccountRole{Administrator}, true},
	{MayReadAudit, "read the audit trail", []AccountRole{Administrator, Auditor}, false},
}

// Account is who signs in. Name is what runs, decisions and the audit trail call it.
type Account struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	FullName string        `json:"full_name,omitempty"`
	Roles    []AccountRole `json:"roles"`
	// Source is where the account signs in: local, link, oidc or proxy; Subject
	// is what an OpenID provider calls it.
	Source       string    `json:"source"`
	Subject      string    `json:"subject,omitempty"`
	Disabled     bool      `json:"disabled"`
	SecondFactor bool      `json:"second_factor"`
	Created      time.Time `json:"created"`
	SignedIn     time.Time `json:"signed_in,omitzero"` // last
}

// May reports whether one of the account's roles grants it.
func (a *Account) May(p Permission) bool {
	if a == nil || a.Disabled {
		return false
	}
	for _, g := range Grants {
		if g.Permission == p {
			return slices.ContainsFunc(a.Roles, func(r AccountRole) bool { return slices.Contains(g.Roles, r) })
		}
	}
	return false
}

// To reports whether a role has the permission.
func (g Grant) To(r AccountRole) bool { return slices.Contains(g.Roles, r) }
