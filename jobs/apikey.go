package jobs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// MaxKeyAge is how long an API key lasts at most.
const MaxKeyAge = 366 * 24 * time.Hour

// ErrNoKey is what an API key that is unknown, expired or revoked gives.
var ErrNoKey = errors.New("there is no such API key, or it is no longer good")

// AddAPIKey makes a key for an account, for some of what the account may do,
// and returns its secret, which is kept nowhere.
func AddAPIKey(ctx context.Context, env *Env, a *screening.Account, name string, scopes []screening.Permission, lasts time.Duration) (secret string, err error) {
	switch {
	case strings.TrimSpace(name) == "" || len(name) > 100:
		return "", refuse("a key needs a name that says what it is for, of at most 100 letters")
	case len(scopes) == 0:
		return "", refuse("a key needs something it may do")
	case lasts <= 0 || lasts > MaxKeyAge:
		return "", refuse("a key lasts between a day and %d days", int(MaxKeyAge.Hours()/24))
	}
	for _, p := range scopes {
		if !a.May(p) {
			return "", refuse("the account may not %q itself, so its key may not", p)
		}
	}
	random := make([]byte, 30)
	_, _ = rand.Read(random) // never fails
	words := strings.ToLower(base32.StdEncoding.EncodeToString(random))
	prefix, rest := words[:8], words[8:]
	now := env.Now().UTC()
	k := &store.APIKey{
		Prefix: prefix, Account: a.ID, Name: strings.TrimSpace(name), Scopes: scopes, Hash: hashKey(rest), Created: now, Expires: now.Add(lasts),
	}
	e := env.entry("key.add", "key:"+prefix)
	e.After = inJSON(map[string]any{"account": a.Name, "name": k.Name, "scopes": scopes, "expires": k.Expires})
	if err := env.Store.AddAPIKey(ctx, k, e); err != nil {
		return "", err
	}
	return "scr_" + prefix + "_" + rest, nil
}

// hashKey is what is kept of a key: its 200 random bits need no salt.
func hashKey(secret string) string {
	sum := sha256.Sum256([]byte("key " + secret))
	return hex.EncodeToString(sum[:])
}

// KeyAccount returns the account a key lets in as, and what it is limited to.
// ErrNoKey when it lets nobody in.
func KeyAccount(ctx context.Context, env *Env, secret string) (*screening.Account, *store.APIKey, error) {
	parts := strings.Split(secret, "_")
	if len(parts) != 3 || parts[0] != "scr" || len(secret) > 100 {
		return nil, nil, ErrNoKey
	}
	k, err := env.Store.APIKey(ctx, parts[1])
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, ErrNoKey
	}
	if err != nil {
		return nil, nil, err
	}
	now := env.Now()
	if subtle.ConstantTimeCompare([]byte(hashKey(parts[2])), []byte(k.Hash)) != 1 || !k.Revoked.IsZero() || !now.Before(k.Expires) {
		return nil, nil, ErrNoKey
	}
	a, err := env.Store.Account(ctx, k.Account)
	if err != nil {
		return nil, nil, err
	}
	if a.Disabled {
		return nil, nil, ErrNoKey
	}
	if now.Sub(k.Used) > time.Minute {
		if err := env.Store.TouchAPIKey(ctx, k.Prefix, now); err != nil {
			return nil, nil, err
		}
	}
	return a, k, nil
}

// RevokeAPIKey ends a key for good. Whoever may not manage accounts may end their own.
func RevokeAPIKey(ctx context.Context, env *Env, v *screening.Viewer, prefix string) error {
	k, err := env.Store.APIKey(ctx, prefix)
	if err == nil && !v.May(screening.MayManageAccounts) && (v.Account == nil || v.Account.ID != k.Account) {
		err = store.ErrNotFound
	}
	if err == nil {
		err = env.Store.RevokeAPIKey(ctx, prefix, env.Now(), env.entry("key.revoke", "key:"+prefix))
	}
	if errors.Is(err, store.ErrNotFound) {
		return refuse("there is no key %q that stands", prefix)
	}
	return err
}

// ParseScopes reads the words of permissions.
func ParseScopes(words []string) ([]screening.Permission, error) {
	var out []screening.Permission
	for _, w := range words {
		p := screening.Permission(strings.TrimSpace(w))
		if !slices.ContainsFunc(screening.Grants, func(g screening.Grant) bool { return g.Permission == p }) {
			return nil, refuse("there is no permission %q", w)
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, nil
}
