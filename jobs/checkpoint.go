package jobs

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"partnerscreen/screening"
)

var checkpointJob = Job{
	Kind:  "checkpoint",
	Local: true, // the key and the copy are in the data folder
	Doc:   "write down, signed, how far the audit trail and the decisions have come",
	Schedules: func(*Env) []Schedule {
		return []Schedule{{Name: "checkpoint", Spec: "10 1 * * *"}}
	},
	Run: func(ctx context.Context, env *Env, _ json.RawMessage) (any, error) {
		return MakeCheckpoint(ctx, env)
	},
}

// Evidence says by what checkpoints are signed and where else they are kept.
type Evidence struct {
	Key    string // file of the private key, PEM; "" is one in the data folder, made at its first use
	Folder string // a second place for the copy; "" for none
}

// The names of what is kept beside the database.
const (
	checkpointKey  = "checkpoint-key.pem"
	checkpointFile = "checkpoints.jsonl"
	// checkpointBytes bounds a file of checkpoints, a century of them: 500 bytes a day.
	checkpointBytes = 64 << 20
)

// Checkpointed is a checkpoint that was made, and the files it is in.
type Checkpointed struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	Lines  int64     `json:"audit_lines"`
	Files  []string  `json:"files"`
}

// MakeCheckpoint signs how far what is only added to has come, keeps that in
// the database, and adds it to the files beside it. A file that has a checkpoint the
// database does not have is left as it is, and an error.
func MakeCheckpoint(ctx context.Context, env *Env) (*Checkpointed, error) {
	key, err := signingKey(env)
	if err != nil {
		return nil, err
	}
	signed, err := env.Store.AddCheckpoint(ctx, key, env.entry("checkpoint.make", "store"))
	if err != nil {
		return nil, err
	}
	out := &Checkpointed{Number: signed.Checkpoint.Number, At: signed.Checkpoint.At, Lines: signed.Checkpoint.Audit.Lines}
	all, err := env.Store.Checkpoints(ctx)
	if err != nil {
		return out, err
	}
	for _, path := range checkpointFiles(env) {
		if err := addCheckpoints(path, all); err != nil {
			return out, err
		}
		out.Files = append(out.Files, path)
	}
	return out, nil
}

// checkpointFiles are where checkpoints are kept beside the database.
func checkpointFiles(env *Env) []string {
	var out []string
	for _, folder := range []string{env.Store.Folder(), env.Evidence.Folder} {
		if folder != "" {
			out = append(out, filepath.Join(folder, checkpointFile))
		}
	}
	return out
}

// addCheckpoints adds to a file the checkpoints it has not got.
func addCheckpoints(path string, all []*screening.SignedCheckpoint) error {
	have, size, err := readCheckpoints(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for i, c := range have {
		if i >= len(all) || c.Sum() != all[i].Sum() {
			return fmt.Errorf("%s has checkpoint %d and the database has not: run screener verify; "+
				"if the database was put back from a backup on purpose, move the file aside and keep it", path, c.Checkpoint.Number)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("keeping checkpoints: %w", err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		return fmt.Errorf("keeping checkpoints: %w", err)
	}
	var lines bytes.Buffer
	for _, c := range all[len(have):] {
		lines.Write(inJSON(c))
		lines.WriteByte('\n')
	}
	err = f.Truncate(size)
	if err == nil {
		_, err = f.Write(lines.Bytes())
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keeping checkpoints: %w", err)
	}
	return nil
}

// readCheckpoints reads a file of checkpoints, and says how long it is without
// a last line that a killed process left half written.
func readCheckpoints(path string) (all []*screening.SignedCheckpoint, size int64, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, fmt.Errorf("reading checkpoints: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > checkpointBytes {
		return nil, 0, fmt.Errorf("reading checkpoints: %s is no file of checkpoints", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, fmt.Errorf("reading checkpoints: %w", err)
	}
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		c := new(screening.SignedCheckpoint)
		if err := json.Unmarshal(lines.Bytes(), c); err != nil || c.Checkpoint.Number < 1 {
			return nil, 0, fmt.Errorf("reading checkpoints: %s, line %d is no checkpoint", path, n)
		}
		all = append(all, c)
	}
	return all, int64(len(b)), lines.Err()
}

// signingKey is the office's private key for checkpoints. The one in the data
// folder is made at its first use; one that is configured has to be there.
func signingKey(env *Env) (ed25519.PrivateKey, error) {
	path := env.Evidence.Key
	if path == "" {
		if env.Store.Folder() == "" {
			return nil, errors.New("signing a checkpoint: the store has no data folder to keep a key in; name one with --data")
		}
		path = filepath.Join(env.Store.Folder(), checkpointKey)
		if err := makeSigningKey(path); err != nil {
			return nil, fmt.Errorf("making the key for checkpoints: %w", err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the key for checkpoints: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("reading the key for checkpoints: %s is no PEM file", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("reading the key for checkpoints: %s is no ed25519 key; make one with: openssl genpkey -algorithm ed25519", path)
	}
	return key, nil
}

// makeSigningKey makes a key for its owner alone, unless there is one.
func makeSigningKey(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".screener-key-*") // for its owner alone
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if err := errors.Join(pem.Encode(tmp, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	// A link takes no name that is taken: of two processes one gives the key.
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return os.Rename(tmp.Name(), path) // a disk without links
	}
	return nil
}

// PublicKey is the key by which anybody can check the office's checkpoints, in PEM.
func PublicKey(env *Env) ([]byte, error) {
	key, err := signingKey(env)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// publicKeyIn reads a public key from a PEM file, as checkpoints name it.
func publicKeyIn(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the public key: %w", err)
	}
	if block, _ := pem.Decode(b); block != nil {
		if parsed, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
			if key, ok := parsed.(ed25519.PublicKey); ok {
				return base64.StdEncoding.EncodeToString(key), nil
			}
		}
	}
	return "", fmt.Errorf("reading the public key: %s is no ed25519 key in PEM; screener verify --public-key writes one", path)
}
