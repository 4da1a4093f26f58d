package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"
)

// errSeal is what a text gives that we did not seal, or too long ago.
var errSeal = errors.New("not sealed here, or too long ago")

type sealed struct {
	Until time.Time       `json:"u"`
	Value json.RawMessage `json:"v"`
}

// seal makes a text of v that a browser may carry and neither read nor
// change. It is good for one use, named by purpose, until a time.
func (s *Site) seal(purpose string, v any, until time.Time) (string, error) {
	value, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	plain, err := json.Marshal(sealed{until, value})
	if err != nil {
		return "", err
	}
	gcm, err := s.gcm(purpose)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return base64.RawURLEncoding.EncodeToString(gcm.Seal(nonce, nonce, plain, nil)), nil
}

// unseal reads what seal made. errSeal otherwise.
func (s *Site) unseal(purpose, text string, v any, now time.Time) error {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return errSeal
	}
	gcm, err := s.gcm(purpose)
	if err != nil {
		return err
	}
	if len(b) < gcm.NonceSize() {
		return errSeal
	}
	plain, err := gcm.Open(nil, b[:gcm.NonceSize()], b[gcm.NonceSize():], nil)
	if err != nil {
		return errSeal
	}
	var held sealed
	if err := json.Unmarshal(plain, &held); err != nil || !now.Before(held.Until) {
		return errSeal
	}
	return json.Unmarshal(held.Value, v)
}

// gcm has a key of its own for each purpose.
func (s *Site) gcm(purpose string) (cipher.AEAD, error) {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("seal " + purpose))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
