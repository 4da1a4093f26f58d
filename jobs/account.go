package jobs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// accountName is what an account may be called: a user name, or a mail address.
var accountName = regexp.MustCompile(`^[\pL\pN][\pL\pN._@+-]{0,99}$`)

// ErrSignIn is what a name, password or code that is wrong gives; it does not
// say which.
var ErrSignIn = errors.New("the name, the password or the code is not right")

// ErrNeedsCode is what the right password gives where the second factor is still to come.
var ErrNeedsCode = errors.New("a code of the second factor is needed")

// Refusal is what asking for something that cannot be done gives: the words
// are for the one who asked.
type Refusal struct{ Why string }

func (e *Refusal) Error() string { return e.Why }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// Accounts returns every account, by name.
func Accounts(ctx context.Context, env *Env) ([]*screening.Account, error) {
	return env.Store.Accounts(ctx)
}

// ParseRoles reads the words of roles.
func ParseRoles(words []string) ([]screening.AccountRole, error) {
	var out []screening.AccountRole
	for _, w := range words {
		r := screening.AccountRole(strings.TrimSpace(w))
		if !slices.Contains(screening.AccountRoles, r) {
			return nil, refuse("there is no role %q; there are %s", w, rolesText(screening.AccountRoles))
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out, nil
}

func rolesText(roles []screening.AccountRole) string {
	var words []string
	for _, r := range roles {
		words = append(words, string(r))
	}
	return strings.Join(words, ", ")
}

// AddAccount adds an account that signs in with a password, or from another
// source, then without one.
func AddAccount(ctx context.Context, env *Env, a *screening.Account, password string) error {
	if !accountName.MatchString(a.Name) {
		return refuse("%q is no name for an account: letters, figures and . _ @ + -, at most 100", a.Name)
	}
	if a.Source == "local" {
		if err := checkPassword(password, a.Name); err != nil {
			return err
		}
	}
	id := make([]byte, 8)
	_, _ = rand.Read(id) // never fails
	a.ID, a.Created = hex.EncodeToString(id), env.Now().UTC()
	e := env.entry("account.add", "account:"+a.Name)
	e.After = inJSON(accountState(a))
	err := env.Store.AddAccount(ctx, a, e)
	if errors.Is(err, store.ErrConflict) {
		return refuse("there is an account %q already", a.Name)
	}
	if err != nil || a.Source != "local" {
		return err
	}
	return env.Store.SetPassword(ctx, a.ID, env.hashPassword(password))
}

// accountState is what the audit trail says of an account.
func accountState(a *screening.Account) any {
	return map[string]any{"full_name": a.FullName, "roles": a.Roles, "disabled": a.Disabled, "source": a.Source}
}

// FindAccount returns an account by its name; a *Refusal where there is none.
func FindAccount(ctx context.Context, env *Env, name string) (*screening.Account, error) {
	a, err := env.Store.AccountNamed(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, refuse("there is no account %q", name)
	}
	return a, err
}

// ChangeAccount sets an account's roles and whether it is disabled. Its
// sessions end. The last administrator who can sign in stays one.
func ChangeAccount(ctx context.Context, env *Env, name string, roles []screening.AccountRole, disabled bool) error {
	a, err := FindAccount(ctx, env, name)
	if err != nil {
		return err
	}
	e := env.entry("account.change", "account:"+a.Name)
	e.Before = inJSON(accountState(a))
	if a.May(screening.MayManageAccounts) && (disabled || !slices.Contains(roles, screening.Administrator)) {
		all, err := env.Store.Accounts(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(b *screening.Account) bool { return b.ID != a.ID && b.May(screening.MayManageAccounts) }) {
			return refuse("this is the last administrator; make another one first")
		}
	}
	a.Roles, a.Disabled = roles, disabled
	e.After = inJSON(accountState(a))
	return env.Store.ChangeAccount(ctx, a, e)
}

// SetPassword gives a local account a new password. Its sessions end.
func SetPassword(ctx context.Context, env *Env, name, password string) error {
	a, err := FindAccount(ctx, env, name)
	if err != nil {
		return err
	}
	if a.Source != "local" {
		return refuse("account %q signs in by %s and has no password", name, a.Source)
	}
	if err := checkPassword(password, a.Name); err != nil {
		return err
	}
	return env.Store.SetPassword(ctx, a.ID, env.hashPassword(password), env.entry("account.password", "account:"+a.Name))
}

// ChangePassword is SetPassword by the account's own person, who has to know the present one.
func ChangePassword(ctx context.Context, env *Env, a *screening.Account, present, password string) error {
	c, err := env.Store.Credentials(ctx, a.ID)
	if err != nil {
		return err
	}
	if right, _ := env.rightPassword(c.Password, present); !right {
		return refuse("the present password is not right")
	}
	return SetPassword(ctx, env, a.Name, password)
}

// SignIn returns the local account of a name and password, and of a code
// where it has a second factor. ErrNeedsCode when the code is all that is missing, else
// ErrSignIn, which takes as long whether there is such an account or not.
func SignIn(ctx context.Context, env *Env, name, password, code string) (*screening.Account, error) {
	a, err := env.Store.AccountNamed(ctx, name)
	var c store.Credentials
	if err == nil {
		c, err = env.Store.Credentials(ctx, a.ID)
	}
	if errors.Is(err, store.ErrNotFound) || (err == nil && (a.Disabled || a.Source != "local" || c.Password == "")) {
		_, _ = env.rightPassword(env.noPassword(), password)
		return nil, ErrSignIn
	}
	if err != nil {
		return nil, err
	}
	right, old := env.rightPassword(c.Password, password)
	if !right {
		return nil, ErrSignIn
	}
	if c.TOTP != "" {
		if strings.TrimSpace(code) == "" {
			return nil, ErrNeedsCode
		}
		if err := takeCode(ctx, env, a.ID, c.TOTP, code); errors.Is(err, ErrWrongCode) {
			return nil, ErrSignIn
		} else if err != nil {
			return nil, err
		}
	}
	if old {
		if err := env.Store.Rehash(ctx, a.ID, env.hashPassword(password)); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Known returns the account of someone whom another source vouches for, and
// adds it at its first sign-in. Its roles are those the source gives today. A
// name that belongs to an account of another source is refused.
func Known(ctx context.Context, env *Env, who *screening.Account) (*screening.Account, error) {
	a, err := env.Store.AccountOf(ctx, who.Source, who.Subject)
	switch {
	case errors.Is(err, store.ErrNotFound):
		if err := AddAccount(ctx, env, who, ""); err != nil {
			return nil, err
		}
		return who, nil
	case err != nil:
		return nil, err
	case a.Disabled:
		return nil, ErrSignIn
	}
	slices.Sort(who.Roles)
	had := slices.Sorted(slices.Values(a.Roles))
	if slices.Equal(had, who.Roles) && a.FullName == who.FullName {
		return a, nil
	}
	e := env.entry("account.change", "account:"+a.Name)
	e.Before = inJSON(accountState(a))
	a.Roles, a.FullName = who.Roles, who.FullName
	e.After = inJSON(accountState(a))
	return a, env.Store.ChangeAccount(ctx, a, e)
}
