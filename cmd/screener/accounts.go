package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

type accountsCmd struct {
	Add          accountsAddCmd    `cmd:"" help:"Add an account that signs in with a password, read from the terminal or stdin."`
	List         accountsListCmd   `cmd:"" help:"Every account: roles, how it signs in, when last."`
	Roles        accountsRolesCmd  `cmd:"" help:"Set an account's roles; its sessions end."`
	Disable      accountsOffCmd    `cmd:"" help:"Let an account sign in no more; its sessions and keys end."`
	Enable       accountsOnCmd     `cmd:"" help:"Let a disabled account sign in again."`
	Passwd       accountsPasswdCmd `cmd:"" help:"Set an account's password, read from the terminal or stdin."`
	SecondFactor accountsFactorCmd `cmd:"" name:"second-factor" help:"Take a lost second factor away."`
	Key          accountsKeyCmd    `cmd:"" help:"Make an API key for an account; it is printed once, to stdout."`
	Permissions  accountsTableCmd  `cmd:"" help:"The table of who may do what."`
}

type accountsAddCmd struct {
	Name     string   `arg:"" help:"Name to sign in with."`
	Role     []string `help:"Role; several may be given." required:"" placeholder:"ROLE"`
	FullName string   `help:"Full name."`
}

func (c *accountsAddCmd) Run(ctx context.Context, a *app) error {
	roles, err := jobs.ParseRoles(c.Role)
	if err != nil {
		return usage("%w", err)
	}
	password, err := a.password()
	if err != nil {
		return err
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := jobs.AddAccount(ctx, env, &screening.Account{Name: c.Name, FullName: c.FullName, Roles: roles, Source: "local"}, password); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "account %s is added; accounts.passwords = true in the configuration lets it sign in\n", c.Name)
	return nil
}

// password asks for a new password, twice on a terminal; else it is the first line of stdin.
func (a *app) password() (string, error) {
	if f, ok := a.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		ask := func(prompt string) (string, error) {
			fmt.Fprint(a.stderr, prompt)
			b, err := term.ReadPassword(int(f.Fd()))
			fmt.Fprintln(a.stderr)
			return string(b), err
		}
		first, err := ask("New password: ")
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		again, err := ask("Once more: ")
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		if first != again {
			return "", errors.New("the two passwords differ")
		}
		return first, nil
	}
	line, err := bufio.NewReader(io.LimitReader(a.stdin, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("no password came on stdin")
	}
	return line, nil
}

type accountsListCmd struct{}

func (c *accountsListCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	all, err := jobs.Accounts(ctx, env)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLES\tSIGNS IN BY\tSECOND FACTOR\tLAST\tSTATE")
	for _, acc := range all {
		var roles []string
		for _, r := range acc.Roles {
			roles = append(roles, string(r))
		}
		factor, state := "no", "good"
		if acc.SecondFactor {
			factor = "yes"
		}
		if acc.Disabled {
			state = "disabled"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", acc.Name, strings.Join(roles, ","), acc.Source, factor, dateOrUnknown(acc.SignedIn), state)
	}
	return w.Flush()
}

type accountsRolesCmd struct {
	Name string   `arg:"" help:"The account."`
	Role []string `arg:"" help:"Its roles from now on."`
}

func (c *accountsRolesCmd) Run(ctx context.Context, a *app) error {
	roles, err := jobs.ParseRoles(c.Role)
	if err != nil {
		return usage("%w", err)
	}
	return a.changeAccount(ctx, c.Name, func(acc *screening.Account) { acc.Roles = roles })
}

type accountsOffCmd struct {
	Name string `arg:"" help:"The account."`
}

func (c *accountsOffCmd) Run(ctx context.Context, a *app) error {
	return a.changeAccount(ctx, c.Name, func(acc *screening.Account) { acc.Disabled = true })
}

type accountsOnCmd struct {
	Name string `arg:"" help:"The account."`
}

func (c *accountsOnCmd) Run(ctx context.Context, a *app) error {
	return a.changeAccount(ctx, c.Name, func(acc *screening.Account) { acc.Disabled = false })
}

func (a *app) changeAccount(ctx context.Context, name string, change func(*screening.Account)) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	all, err := jobs.Accounts(ctx, env)
	if err != nil {
		return err
	}
	for _, acc := range all {
		if acc.Name == name {
			change(acc)
			return jobs.ChangeAccount(ctx, env, name, acc.Roles, acc.Disabled)
		}
	}
	return fmt.Errorf("there is no account %q", name)
}

type accountsPasswdCmd struct {
	Name string `arg:"" help:"The account."`
}

func (c *accountsPasswdCmd) Run(ctx context.Context, a *app) error {
	password, err := a.password()
	if err != nil {
		return err
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	return jobs.SetPassword(ctx, env, c.Name, password)
}

type accountsFactorCmd struct {
	Name string `arg:"" help:"The account."`
}

func (c *accountsFactorCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	return jobs.RemoveSecondFactor(ctx, env, c.Name)
}

type accountsKeyCmd struct {
	Name string   `arg:"" help:"The account."`
	For  string   `help:"What the key is for." required:"" placeholder:"TEXT"`
	May  []string `help:"What it may do, of what the account may; see screener accounts permissions." required:"" placeholder:"PERMISSION"`
	Days int      `help:"For how many days it is good, 366 at most." default:"90"`
}

func (c *accountsKeyCmd) Run(ctx context.Context, a *app) error {
	scopes, err := jobs.ParseScopes(c.May)
	if err != nil {
		return usage("%w", err)
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	acc, err := jobs.FindAccount(ctx, env, c.Name)
	if err != nil {
		return err
	}
	secret, err := jobs.AddAPIKey(ctx, env, acc, c.For, scopes, time.Duration(c.Days)*24*time.Hour)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, secret)
	return nil
}

type accountsTableCmd struct{}

func (c *accountsTableCmd) Run(a *app) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "PERMISSION")
	for _, r := range screening.AccountRoles {
		fmt.Fprintf(w, "\t%s", r)
	}
	fmt.Fprintln(w, "\tWHAT")
	for _, g := range screening.Grants {
		fmt.Fprint(w, g.Permission)
		for _, r := range screening.AccountRoles {
			yes := "-"
			if g.To(r) {
				yes = "yes"
			}
			fmt.Fprintf(w, "\t%s", yes)
		}
		fmt.Fprintf(w, "\t%s\n", g.Doc)
	}
	return w.Flush()
}
