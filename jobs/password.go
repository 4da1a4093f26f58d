package jobs

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// What one guess costs: argon2id with 64 MB and three passes, the second
// recommendation of RFC 9106. A hash names its own costs, so they may rise.
const (
	argonMemory = 64 // MB, unless Env.PasswordMegabytes says otherwise
	argonPasses = 3
	argonLanes  = 2
	argonKey    = 32
	argonSalt   = 16
)

// MinPassword is how many letters a password has at least. Length is what
// counts; no mixture of signs is asked for.
const MinPassword = 12

// maxPassword bounds what is hashed.
const maxPassword = 256

// hashing bounds the memory all guesses at once may take.
var hashing = make(chan struct{}, 2)

func (env *Env) argonMemory() uint32 {
	if env.PasswordMegabytes > 0 {
		return uint32(min(env.PasswordMegabytes, 1024)) << 10
	}
	return argonMemory << 10
}

// hashPassword returns the hash to keep of a password, as a PHC string.
func (env *Env) hashPassword(password string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return phc(env.argonMemory(), salt, argon2.IDKey([]byte(password), salt, argonPasses, env.argonMemory(), argonLanes, argonKey))
}

func phc(memory uint32, salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, argonPasses, argonLanes, b64(salt), b64(key))
}

// noPassword is what a guess at an account that is not there is held against,
// so that it takes as long as any.
func (env *Env) noPassword() string {
	return phc(env.argonMemory(), make([]byte, argonSalt), make([]byte, argonKey))
}

// rightPassword reports whether a password is the one a hash was made of, and
// whether the hash was made with other costs than today's.
func (env *Env) rightPassword(hash, password string) (right, old bool) {
	var version, memory, passes int
	var lanes uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil || memory < 8 || memory > 1<<21 || passes < 1 || passes > 64 || lanes < 1 {
		return false, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) < 16 || len(password) > maxPassword {
		return false, false
	}
	hashing <- struct{}{}
	defer func() { <-hashing }()
	got := argon2.IDKey([]byte(password), salt, uint32(passes), uint32(memory), lanes, uint32(len(want)))
	right = subtle.ConstantTimeCompare(got, want) == 1
	return right, right && (uint32(memory) != env.argonMemory() || passes != argonPasses || lanes != argonLanes || len(want) != argonKey)
}

// checkPassword says what is wrong with a new password.
func checkPassword(password, name string) error {
	switch {
	case !utf8.ValidString(password):
		return refuse("the password is not text")
	case utf8.RuneCountInString(password) < MinPassword:
		return refuse("the password has fewer than %d letters; a few words make a good one", MinPassword)
	case len(password) > maxPassword:
		return refuse("the password is longer than %d bytes", maxPassword)
	case strings.Contains(strings.ToLower(password), strings.ToLower(name)):
		return refuse("the password contains the account's name")
	case strings.Count(password, password[:1]) == len(password):
		return refuse("the password is one sign again and again")
	}
	return nil
}
