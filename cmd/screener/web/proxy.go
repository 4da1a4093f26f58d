package web

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// Proxy is a reverse proxy in front of the site. What it says is believed of
// requests that come from its addresses, and of no others.
type Proxy struct {
	From []netip.Prefix
	// Header names who is signed in to the proxy; "" leaves signing in to the site.
	Header string
	// GroupsHeader has their groups, with commas; Roles are the roles of each group.
	GroupsHeader string
	Roles        map[string][]screening.AccountRole
}

func (p *Proxy) trusts(ip netip.Addr) bool {
	for _, prefix := range p.From {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// byProxy lets in whom the proxy names; done says whether that settles it.
func (s *Site) byProxy(r *Request) (done bool, err error) {
	p := s.opts.Proxy
	if p.Header == "" {
		return false, nil
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !p.trusts(at.Addr().Unmap()) {
		return false, nil
	}
	names := r.Header.Values(p.Header)
	if len(names) == 0 {
		return false, nil
	}
	if len(names) > 1 { // the proxy adds to what a browser sent instead of replacing it
		return true, &Problem{Status: http.StatusBadRequest, Detail: "The proxy sends more than one " + p.Header + "; have it replace the header, not add to it."}
	}
	name := strings.TrimSpace(names[0])
	if name == "" {
		return false, nil
	}
	var groups []string
	if p.GroupsHeader != "" {
		for _, g := range strings.Split(strings.Join(r.Header.Values(p.GroupsHeader), ","), ",") {
			groups = append(groups, strings.TrimSpace(g))
		}
	}
	roles := rolesOf(groups, p.Roles)
	if len(roles) == 0 {
		return true, denied("None of your groups has a role here; ask an administrator of the screening.")
	}
	r.Env.Actor = name
	a, err := jobs.Known(r.Context(), r.Env, &screening.Account{Name: name, Source: "proxy", Subject: name, Roles: roles})
	if err != nil {
		return true, s.unknownTo(r, "proxy", name, err)
	}
	r.Viewer.Account = a
	return true, nil
}

// unknownTo turns away whom a source vouches for and the site does not take.
func (s *Site) unknownTo(r *Request, method, name string, err error) error {
	var refused *jobs.Refusal
	if !errors.As(err, &refused) && !errors.Is(err, jobs.ErrSignIn) {
		return err
	}
	if werr := s.refused(r, method, name, err.Error()); werr != nil {
		return werr
	}
	return denied("You are signed in elsewhere, and not let in here: the account is disabled, or its name belongs to another one.")
}

// rolesOf are the roles that groups give; what a group "*" gives, everybody has.
func rolesOf(groups []string, table map[string][]screening.AccountRole) []screening.AccountRole {
	var out []screening.AccountRole
	for _, role := range screening.AccountRoles {
		has := contains(table["*"], role)
		for _, g := range groups {
			has = has || (g != "*" && contains(table[g], role))
		}
		if has {
			out = append(out, role)
		}
	}
	return out
}

func contains(roles []screening.AccountRole, role screening.AccountRole) bool {
	for _, r := range roles {
		if r == role {
			return true
		}
	}
	return false
}
