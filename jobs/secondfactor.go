package jobs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

const (
	totpPeriod = 30 // seconds, RFC 6238
	totpSkew   = 1  // steps a clock may be off, either way
	recoveries = 10
)

// SecondFactor is a new time-based second factor, to be shown once: the seed
// as an authenticator app takes it, by URL or by hand, and the codes that
// stand in for a lost app.
type SecondFactor struct {
	Seed     string
	URL      string
	Recovery []string
}

// NewSecondFactor makes a second factor for an account. It holds from
// SetSecondFactor on.
func NewSecondFactor(env *Env, account string) (*SecondFactor, error) {
	issuer := "screener"
	if env.Office != "" {
		issuer += " " + env.Office
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: strings.ReplaceAll(issuer, ":", " "), AccountName: account, Period: totpPeriod, SecretSize: 20})
	if err != nil {
		return nil, err
	}
	f := &SecondFactor{Seed: key.Secret(), URL: key.URL()}
	for range recoveries {
		b := make([]byte, 10)
		_, _ = rand.Read(b) // never fails
		code := strings.ToLower(base32.StdEncoding.EncodeToString(b))
		f.Recovery = append(f.Recovery, code[:4]+"-"+code[4:8]+"-"+code[8:12]+"-"+code[12:])
	}
	return f, nil
}

// ErrWrongCode is what a second factor that is wrong, or was used before, gives.
var ErrWrongCode = errors.New("the code is wrong, or was used before")

// SetSecondFactor puts a second factor in force once a code of it shows that
// the app has it. The account's sessions end.
func SetSecondFactor(ctx context.Context, env *Env, a *screening.Account, f *SecondFactor, code string) error {
	if _, ok := totpStep(f.Seed, code, env.Now()); !ok {
		return ErrWrongCode
	}
	var hashes []string
	for _, r := range f.Recovery {
		hashes = append(hashes, hashRecovery(r))
	}
	return env.Store.SetSecondFactor(ctx, a.ID, f.Seed, hashes, env.entry("account.second_factor.set", "account:"+a.Name))
}

// RemoveSecondFactor takes an account's second factor away.
func RemoveSecondFactor(ctx context.Context, env *Env, name string) error {
	a, err := FindAccount(ctx, env, name)
	if err != nil {
		return err
	}
	return env.Store.SetSecondFactor(ctx, a.ID, "", nil, env.entry("account.second_factor.remove", "account:"+a.Name))
}

// takeCode uses up a code of the second factor, or a recovery code. ErrWrongCode otherwise.
func takeCode(ctx context.Context, env *Env, account, seed, code string) error {
	code = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(code), " ", ""))
	if len(code) > 64 {
		return ErrWrongCode
	}
	if step, ok := totpStep(seed, code, env.Now()); ok {
		if err := env.Store.TakeStep(ctx, account, step); errors.Is(err, store.ErrConflict) {
			return ErrWrongCode
		} else if err != nil {
			return err
		}
		return nil
	}
	err := env.Store.TakeRecovery(ctx, account, hashRecovery(code))
	if errors.Is(err, store.ErrNotFound) {
		return ErrWrongCode
	}
	return err
}

// totpStep finds the time step a code belongs to: this one, or one beside it.
func totpStep(seed, code string, now time.Time) (int64, bool) {
	for _, off := range []int64{0, -totpSkew, totpSkew} {
		at := now.Add(time.Duration(off*totpPeriod) * time.Second)
		want, err := totp.GenerateCodeCustom(seed, at, totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return at.Unix() / totpPeriod, true
		}
	}
	return 0, false
}

// hashRecovery is what is kept of a recovery code: 80 random bits need no salt.
func hashRecovery(code string) string {
	sum := sha256.Sum256([]byte("recovery " + strings.ReplaceAll(strings.ToLower(code), "-", "")))
	return hex.EncodeToString(sum[:])
}
