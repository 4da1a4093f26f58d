package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// accountView is an account as administrators see it.
type accountView struct {
	*screening.Account
	Keys     []*store.APIKey
	Sessions int
}

var accountsPage = Page{
	Pattern: "GET /accounts", Doc: "accounts, their roles and keys",
	Needs: []screening.Permission{screening.MayReadAccounts}, Tab: "Accounts",
	Serve: func(r *Request) error { return r.accounts(http.StatusOK, "") },
}

func (r *Request) accounts(status int, problem string) error {
	ctx := r.Context()
	all, err := jobs.Accounts(ctx, r.Env)
	if err != nil {
		return err
	}
	keys, err := r.Env.Store.APIKeys(ctx, "")
	if err != nil {
		return err
	}
	data := struct {
		Accounts  []accountView
		Roles     []screening.AccountRole
		Grants    []screening.Grant
		Manages   bool
		Passwords bool
		Problem   string
		Name      string
	}{Roles: screening.AccountRoles, Grants: screening.Grants, Manages: r.May(screening.MayManageAccounts), Passwords: r.site.opts.Passwords, Problem: problem, Name: r.PostFormValue("name")}
	for _, a := range all {
		v := accountView{Account: a}
		for _, k := range keys {
			if k.Account == a.ID && k.Revoked.IsZero() && r.Env.Now().Before(k.Expires) {
				v.Keys = append(v.Keys, k)
			}
		}
		sessions, err := r.Env.Store.Sessions(ctx, a.ID)
		if err != nil {
			return err
		}
		v.Sessions = len(sessions)
		data.Accounts = append(data.Accounts, v)
	}
	return r.Render(status, "accounts.html", "Accounts", data)
}

// Has reports whether an account has a role.
func (v accountView) Has(role screening.AccountRole) bool { return slices.Contains(v.Roles, role) }

var accountAdd = Page{
	Pattern: "POST /accounts", Doc: "adds a local account",
	Needs: []screening.Permission{screening.MayManageAccounts},
	Serve: func(r *Request) error {
		roles, err := jobs.ParseRoles(r.PostForm["role"])
		if err == nil {
			a := &screening.Account{Name: strings.TrimSpace(r.PostFormValue("name")), FullName: strings.TrimSpace(r.PostFormValue("full_name")), Roles: roles, Source: "local"}
			err = jobs.AddAccount(r.Context(), r.Env, a, r.PostFormValue("password"))
		}
		if err != nil {
			return r.refusal(err, r.accounts)
		}
		return r.Redirect("/accounts?done=account")
	},
}

var accountChange = Page{
	Pattern: "POST /accounts/{name}", Doc: "changes an account's roles, disables it, or takes its second factor or a key away",
	Needs: []screening.Permission{screening.MayManageAccounts},
	Serve: func(r *Request) error {
		ctx, name := r.Context(), r.PathValue("name")
		var err error
		switch r.PostFormValue("do") {
		case "roles":
			var roles []screening.AccountRole
			if roles, err = jobs.ParseRoles(r.PostForm["role"]); err == nil {
				err = jobs.ChangeAccount(ctx, r.Env, name, roles, r.PostFormValue("disabled") == "yes")
			}
		case "password":
			err = jobs.SetPassword(ctx, r.Env, name, r.PostFormValue("password"))
		case "second factor":
			err = jobs.RemoveSecondFactor(ctx, r.Env, name)
		case "key":
			err = jobs.RevokeAPIKey(ctx, r.Env, r.Viewer, r.PostFormValue("key"))
		case "sign out":
			var a *screening.Account
			if a, err = r.Env.Store.AccountNamed(ctx, name); err == nil {
				err = r.Env.Store.EndSessions(ctx, a.ID, r.entry("session.end", "account:"+a.Name))
			}
		default:
			return bad("The form does not say what to do.")
		}
		if err != nil {
			return r.refusal(err, r.accounts)
		}
		return r.Redirect("/accounts?done=account")
	},
}

// refusal shows a page again with why something was refused; any other error
// goes on.
func (r *Request) refusal(err error, again func(status int, problem string) error) error {
	var refused *jobs.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	return again(http.StatusBadRequest, strings.ToUpper(refused.Why[:1])+refused.Why[1:]+".")
}
