package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"partnerscreen/cmd/screener/web"
	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// ServerConfig says how the pages are reached.
type ServerConfig struct {
	Listen    string `toml:"listen"`
	PublicURL string `toml:"public_url"`
	// Certificate and Key are files in PEM, for https without a proxy.
	Certificate        string   `toml:"certificate"`
	Key                string   `toml:"key"`
	RequestsPerMinute  int      `toml:"requests_per_minute"`
	MaxUploadMegabytes int64    `toml:"max_upload_megabytes"`
	MetricsFrom        []string `toml:"metrics_from"`
	Log                string   `toml:"log"`
}

// AccountsConfig says how people sign in with an account of the program's own.
type AccountsConfig struct {
	Passwords    bool   `toml:"passwords"`
	SecondFactor string `toml:"second_factor"`
	IdleMinutes  int    `toml:"idle_minutes"`
	SessionHours int    `toml:"session_hours"`
	// PasswordMegabytes is the memory one guess at a password takes.
	PasswordMegabytes int `toml:"password_megabytes"`
}

// OIDCConfig names an OpenID provider.
type OIDCConfig struct {
	Title            string              `toml:"title"`
	Issuer           string              `toml:"issuer"`
	ClientID         string              `toml:"client_id"`
	ClientSecretFile string              `toml:"client_secret_file"`
	Scopes           []string            `toml:"scopes"`
	NameClaim        string              `toml:"name_claim"`
	GroupsClaim      string              `toml:"groups_claim"`
	Roles            map[string][]string `toml:"roles"`
}

// ProxyConfig names a reverse proxy and what is believed of it.
type ProxyConfig struct {
	From         []string            `toml:"from"`
	Header       string              `toml:"header"`
	GroupsHeader string              `toml:"groups_header"`
	Roles        map[string][]string `toml:"roles"`
}

// webOptions are the options of the pages, and whether the one-time link is
// how one signs in. It errors where the configuration would let strangers in, or nobody.
func (c *Config) webOptions() (opts web.Options, link bool, err error) {
	s := c.Server
	opts = web.Options{
		PublicURL: s.PublicURL, Passwords: c.Accounts.Passwords, PerMinute: s.RequestsPerMinute, MaxUpload: s.MaxUploadMegabytes << 20,
		Idle: time.Duration(c.Accounts.IdleMinutes) * time.Minute, Whole: time.Duration(c.Accounts.SessionHours) * time.Hour,
	}
	switch c.Accounts.SecondFactor {
	case "optional":
	case "required":
		opts.NeedSecondFactor = true
	default:
		return opts, false, fmt.Errorf("accounts.second_factor is %q; it is optional or required", c.Accounts.SecondFactor)
	}
	if c.Accounts.IdleMinutes <= 0 || c.Accounts.SessionHours <= 0 {
		return opts, false, errors.New("accounts.idle_minutes and accounts.session_hours must be above 0")
	}
	if m := c.Accounts.PasswordMegabytes; m < 16 || m > 1024 {
		return opts, false, errors.New("accounts.password_megabytes must be from 16 to 1024")
	}
	if s.MaxUploadMegabytes <= 0 {
		return opts, false, errors.New("server.max_upload_megabytes must be above 0")
	}
	if s.Log != "text" && s.Log != "json" {
		return opts, false, fmt.Errorf("server.log is %q; it is text or json", s.Log)
	}
	if opts.MetricsFrom, err = prefixes("server.metrics_from", s.MetricsFrom); err != nil {
		return opts, false, err
	}
	if opts.OIDC, err = c.oidc(); err != nil {
		return opts, false, err
	}
	if opts.Proxy, err = c.proxy(); err != nil {
		return opts, false, err
	}
	named := opts.Passwords || opts.OIDC != nil || (opts.Proxy != nil && opts.Proxy.Header != "")
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return opts, false, fmt.Errorf("server.listen %q is no address; write 127.0.0.1:8080", s.Listen)
	}
	if !loopbackHost(host) {
		switch {
		case !named:
			return opts, false, fmt.Errorf("server.listen %s is open to other machines, and there is no way to sign in from them: set accounts.passwords, [oidc] or [proxy]", s.Listen)
		case s.PublicURL == "":
			return opts, false, fmt.Errorf("server.listen %s is open to other machines: set server.public_url to the address people use", s.Listen)
		}
	}
	if u, err := url.Parse(s.PublicURL); s.PublicURL != "" && (err != nil || (u.Scheme != "https" && !loopbackHost(u.Hostname()))) {
		return opts, false, fmt.Errorf("server.public_url %q must be https://…: passwords and sessions would cross the network in the open", s.PublicURL)
	}
	if (s.Certificate == "") != (s.Key == "") {
		return opts, false, errors.New("server.certificate and server.key go together")
	}
	return opts, !named, nil
}

func loopbackHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}

func prefixes(key string, texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, t := range texts {
		p, err := netip.ParsePrefix(t)
		if err != nil {
			ip, err := netip.ParseAddr(t)
			if err != nil {
				return nil, fmt.Errorf("%s: %q is no address and no network; write 192.0.2.7 or 192.0.2.0/24", key, t)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

func roleTable(key string, table map[string][]string) (map[string][]screening.AccountRole, error) {
	out := map[string][]screening.AccountRole{}
	for group, words := range table {
		roles, err := jobs.ParseRoles(words)
		if err != nil {
			return nil, fmt.Errorf("%s: group %q: %w", key, group, err)
		}
		out[group] = roles
	}
	return out, nil
}

func (c *Config) oidc() (*web.OIDC, error) {
	o := c.OIDC
	if o.Issuer == "" {
		return nil, nil
	}
	roles, err := roleTable("oidc.roles", o.Roles)
	if err != nil {
		return nil, err
	}
	if len(roles) == 0 {
		return nil, errors.New("[oidc.roles] is empty, so nobody could sign in; name the roles of each group: Research-Security = [\"reviewer\"]")
	}
	out := &web.OIDC{
		Title: o.Title, Issuer: o.Issuer, ClientID: o.ClientID, Scopes: o.Scopes, NameClaim: o.NameClaim, GroupsClaim: o.GroupsClaim, Roles: roles,
	}
	if o.ClientSecretFile != "" {
		b, err := os.ReadFile(c.path(o.ClientSecretFile))
		if err != nil {
			return nil, fmt.Errorf("oidc.client_secret_file: %w", err)
		}
		out.ClientSecret = strings.TrimSpace(string(b))
	}
	return out, nil
}

func (c *Config) proxy() (*web.Proxy, error) {
	p := c.Proxy
	if len(p.From) == 0 {
		if p.Header != "" {
			return nil, errors.New("proxy.header is believed only from the addresses of proxy.from; name the proxy's address there")
		}
		return nil, nil
	}
	from, err := prefixes("proxy.from", p.From)
	if err != nil {
		return nil, err
	}
	for _, prefix := range from {
		if prefix.Bits() == 0 {
			return nil, errors.New("proxy.from is every address there is; name the proxy's own")
		}
	}
	roles, err := roleTable("proxy.roles", p.Roles)
	if err != nil {
		return nil, err
	}
	if p.Header != "" && len(roles) == 0 {
		return nil, errors.New("[proxy.roles] is empty, so nobody could sign in; name the roles of each group, or of \"*\" for everybody")
	}
	return &web.Proxy{From: from, Header: p.Header, GroupsHeader: p.GroupsHeader, Roles: roles}, nil
}
