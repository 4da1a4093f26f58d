package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"partnerscreen/screening/store"
)

var verifyJob = Job{
	Kind:     "verify",
	Local:    true, // it reads the original files
	Doc:      "prove that nothing kept was changed or removed",
	Attempts: 1,
	Schedules: func(*Env) []Schedule {
		return []Schedule{{Name: "verify", Spec: "30 5 * * 0"}}
	},
	Run: func(ctx context.Context, env *Env, args json.RawMessage) (any, error) {
		var opts VerifyOptions
		if err := json.Unmarshal(args, &opts); err != nil {
			return nil, fmt.Errorf("reading what to verify: %w", err)
		}
		out, err := Verify(ctx, env, opts)
		if err == nil && len(out.Faults) > 0 {
			err = Hopeless(fmt.Errorf("%d faults: run screener verify to see them", len(out.Faults)+out.FaultsLeftOut))
		}
		return out, err
	},
}

// VerifyOptions say what to prove the store against.
type VerifyOptions struct {
	// Checkpoints is a file of checkpoints that was kept elsewhere.
	Checkpoints string `json:"checkpoints,omitempty"`
	// Key is a file with the public key that alone counts; "" takes the key each
	// checkpoint names.
	Key string `json:"key,omitempty"`
}

// Verify proves that nothing kept was changed or removed, as store.Verify
// does, against the checkpoints in the data folder and the configured folder too. Faults are in the
// result; it errors when something cannot be read.
func Verify(ctx context.Context, env *Env, opts VerifyOptions) (*store.Verification, error) {
	how := store.VerifyOptions{Progress: func(what string, done, total int64) {
		env.progress("verifying: "+what, "")(done, total)
	}}
	files := checkpointFiles(env)
	if opts.Checkpoints != "" {
		files = append(files, opts.Checkpoints)
	}
	absent := ""
	for _, path := range files {
		all, _, err := readCheckpoints(path)
		if errors.Is(err, fs.ErrNotExist) && path != opts.Checkpoints {
			absent = cmp.Or(absent, path)
			continue
		}
		if err != nil {
			return nil, err
		}
		how.Copies = append(how.Copies, store.CheckpointCopy{Name: path, Checkpoints: all})
	}
	var err error
	if opts.Key != "" {
		if how.PublicKey, err = publicKeyIn(opts.Key); err != nil {
			return nil, err
		}
	}
	out, err := env.Store.Verify(ctx, how)
	if err == nil && absent != "" {
		out.Notes = append(out.Notes, "there is no "+absent+": only a copy of the checkpoints kept elsewhere shows whether the end of everything was cut off with them")
	}
	return out, err
}
