package screening

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"
)

// Checkpoint says how far what is only added to had come at a time. Signed and
// kept elsewhere, it shows that lines were cut off since.
type Checkpoint struct {
	Number int64     `json:"number"` // 1, 2, 3 … without a gap
	At     time.Time `json:"at"`     // UTC, to the microsecond
	Audit  ChainEnd  `json:"audit"`
	// Decisions and Dispositions are how many there were, and a digest of their seals in order.
	Decisions    ChainEnd `json:"decisions"`
	Dispositions ChainEnd `json:"dispositions"`
	// Prev stands for the checkpoint before, "" for the first.
	Prev string `json:"prev"`
}

// ChainEnd is how many lines a history has, and the hash of the last or of all.
type ChainEnd struct {
	Lines int64  `json:"lines"`
	Hash  string `json:"hash"`
}

// SignedCheckpoint is a checkpoint as it is kept: one line of JSON.
type SignedCheckpoint struct {
	Checkpoint Checkpoint `json:"checkpoint"`
	Signature  string     `json:"signature"`  // ed25519 over the checkpoint in JSON, in base64
	PublicKey  string     `json:"public_key"` // in base64
}

// Sign signs a checkpoint.
func (c Checkpoint) Sign(key ed25519.PrivateKey) *SignedCheckpoint {
	public, _ := key.Public().(ed25519.PublicKey)
	return &SignedCheckpoint{
		Checkpoint: c,
		Signature:  base64.StdEncoding.EncodeToString(ed25519.Sign(key, inJSON(c))),
		PublicKey:  base64.StdEncoding.EncodeToString(public),
	}
}

// Sum stands for the checkpoint in the one after it.
func (s *SignedCheckpoint) Sum() string {
	sum := sha256.Sum256(inJSON(s))
	return hex.EncodeToString(sum[:])
}

// Check errors when the checkpoint is not as it was signed.
func (s *SignedCheckpoint) Check() error {
	key, err1 := base64.StdEncoding.DecodeString(s.PublicKey)
	signature, err2 := base64.StdEncoding.DecodeString(s.Signature)
	if err1 != nil || err2 != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, inJSON(s.Checkpoint), signature) {
		return fmt.Errorf("checkpoint %d was changed after it was signed", s.Checkpoint.Number)
	}
	return nil
}
