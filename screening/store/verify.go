package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"partnerscreen/screening"
)

// Fault is something kept that is not as it was written, or is gone. It names
// places and numbers, no party.
type Fault struct {
	Place string `json:"place"`
	What  string `json:"what"`
	Do    string `json:"do"`
}

// Checked counts what was looked at.
type Checked struct {
	What  string `json:"what"`
	Count int64  `json:"count"`
}

// Verification is what proving a store came to.
type Verification struct {
	Checked []Checked `json:"checked"`
	// Notes say what could not be proved, and why that is no fault.
	Notes []string `json:"notes,omitempty"`
	// Erased is what was erased on request, which is no fault.
	Erased []Erasure `json:"erased,omitempty"`
	Faults []Fault   `json:"faults"`
	// FaultsLeftOut are beyond the first thousand.
	FaultsLeftOut int `json:"faults_left_out,omitempty"`
}

// faultsShown bounds what is held of a store that is spoilt from end to end.
const faultsShown = 1000

// CheckpointCopy is a file of checkpoints kept beside the database.
type CheckpointCopy struct {
	Name        string
	Checkpoints []*screening.SignedCheckpoint
}

// VerifyOptions say what to prove a store against.
type VerifyOptions struct {
	Copies []CheckpointCopy
	// PublicKey is the only one whose signature counts, in base64; "" takes every checkpoint's own.
	PublicKey string
	Progress  func(what string, done, total int64)
}

// What to do about a fault: whoever finds one calls somebody, and nothing is mended by hand.
const (
	doCompare = "compare it with a backup from before; whoever may write to the database can say who did"
	doRestore = "put the record back from a backup, into a new database, and compare"
	doFile    = "put the file back from a backup (screener restore), or fetch the list again"
)

// Verify proves that nothing kept was changed or removed: the audit trail and
// its checkpoints, the editions and their files, every run row by row, decisions
// and dispositions with what they are about, and the nights. What it finds is in the result; it
// errors when the store cannot be read.
func (s *Store) Verify(ctx context.Context, opts VerifyOptions) (*Verification, error) {
	v := &verifier{s: s, opts: opts, out: &Verification{Faults: []Fault{}}, told: newTold()}
	for _, step := range []func(context.Context) error{
		v.readCheckpoints, v.audit, v.editions, v.runs, v.decisions, v.dispositions, v.nights, v.gone, v.checkpoints,
	} {
		if err := step(ctx); err != nil {
			return v.out, s.fault(ctx, "verifying "+s.place, err)
		}
	}
	return v.out, nil
}

type verifier struct {
	s    *Store
	opts VerifyOptions
	out  *Verification
	told *told

	kept []*screening.SignedCheckpoint // in the database
	// ends are, by line, the hash or digest of each history, where a checkpoint names the line.
	auditEnds, decisionEnds, dispositionEnds map[int64]string
}

// told is what the audit trail says was kept: by ID, its seal.
type told struct {
	sealed       *sealedBefore
	runs         map[string]toldRun
	removed      map[string]bool // runs
	forgotten    map[string]int  // by run, parties whose names were taken away
	erasures     []Erasure
	erased       map[string]bool // commitments of parties, and IDs of decisions and dispositions, erased on request
	seen         map[int64]bool  // lines looked at since the trail was read
	last         int64           // the last line of the trail as it was read
	nights       map[int64]string
	decisions    map[string]string
	dispositions map[string]string
	editions     map[editionID]string
}

type toldRun struct {
	Results string `json:"results"`
	Record  string `json:"record"`
}

type editionID struct {
	list string
	seq  int
}

func newTold() *told {
	return &told{
		runs: map[string]toldRun{}, removed: map[string]bool{}, forgotten: map[string]int{}, erased: map[string]bool{}, seen: map[int64]bool{}, nights: map[int64]string{},
		decisions: map[string]string{}, dispositions: map[string]string{}, editions: map[editionID]string{},
	}
}

// look takes down what a line says was kept. What it cannot read was written
// by an older program, which kept no seals.
func (t *told) look(e *screening.AuditEntry) {
	var after struct {
		toldRun
		Seal    string         `json:"seal"`
		Edition int            `json:"edition"`
		Runs    map[string]int `json:"runs"`
	}
	if len(e.After) == 0 || json.Unmarshal(e.After, &after) != nil {
		if e.Action == ActRemoveRun {
			t.removed[strings.TrimPrefix(e.Subject, "run:")] = true
		}
		return
	}
	kind, id, _ := strings.Cut(e.Subject, ":")
	switch {
	case e.Action == ActSealed && t.sealed == nil:
		before := new(sealedBefore)
		if json.Unmarshal(e.After, before) == nil {
			t.sealed = before
		}
	case e.Action == ActFinishRun:
		t.runs[id] = after.toldRun
	case e.Action == ActRemoveRun:
		t.removed[id] = true
	case e.Action == ActForget:
		for run, n := range after.Runs {
			t.forgotten[run] += n
		}
	case e.Action == ActErase:
		t.erase(e)
	case after.Seal == "":
	case e.Action == ActFinishNight:
		n, err := strconv.ParseInt(id, 10, 64)
		if err == nil {
			t.nights[n] = after.Seal
		}
	case kind == "list":
		t.editions[editionID{id, after.Edition}] = after.Seal
	case strings.HasPrefix(e.Action, "disposition."):
		t.dispositions[id] = after.Seal
	case strings.HasPrefix(e.Action, "decision."):
		t.decisions[id] = after.Seal
	}
}

// erase takes down what was erased on request.
func (t *told) erase(e *screening.AuditEntry) {
	x := Erasure{At: e.At, Who: e.Actor}
	if json.Unmarshal(e.After, &x) != nil {
		return
	}
	t.erasures = append(t.erasures, x)
	for _, commitments := range x.Parties {
		for _, c := range commitments {
			t.erased[c] = true
		}
	}
	for run, n := range x.Unsealed {
		t.forgotten[run] += n
	}
	for run, n := range x.Pseudonyms { // they were counted as forgotten before
		t.forgotten[run] -= n
	}
	for _, id := range slices.Concat(x.Decisions, x.Dispositions) {
		t.erased[id] = true
	}
}

func (v *verifier) fault(do, what, place string, args ...any) {
	if len(v.out.Faults) >= faultsShown {
		v.out.FaultsLeftOut++
		return
	}
	v.out.Faults = append(v.out.Faults, Fault{Place: fmt.Sprintf(place, args...), What: what, Do: do})
}

func (v *verifier) note(format string, args ...any) {
	v.out.Notes = append(v.out.Notes, fmt.Sprintf(format, args...))
}

func (v *verifier) checked(what string, n int64) {
	v.out.Checked = append(v.out.Checked, Checked{what, n})
}

func (v *verifier) progress(what string, done, total int64) {
	if v.opts.Progress != nil {
		v.opts.Progress(what, done, total)
	}
}

// toldSince asks the audit trail once more about something it did not tell of:
// it may have been written since the trail was read.
func (v *verifier) toldSince(ctx context.Context, subject string) error {
	lines, err := v.s.Audit(ctx, AuditFilter{Subject: subject, Limit: 1000})
	for _, e := range lines {
		if e.Seq > v.told.last && !v.told.seen[e.Seq] {
			v.told.seen[e.Seq] = true
			v.told.look(e)
		}
	}
	return err
}

// audit proves the audit trail, and takes down what it says was kept.
func (v *verifier) audit(ctx context.Context) error {
	n := int64(0)
	count, _, err := v.s.verifyAudit(ctx, func(e *screening.AuditEntry) {
		v.told.last = e.Seq
		v.told.look(e)
		if _, wanted := v.auditEnds[e.Seq]; wanted {
			v.auditEnds[e.Seq] = e.Hash
		}
		if n++; n%1000 == 0 {
			v.progress("the audit trail", n, 0)
		}
	})
	var broken *screening.BrokenAudit
	switch {
	case errors.As(err, &broken):
		v.fault(doCompare, broken.Why, "audit trail, line %d", broken.Seq)
		// What follows is not proved, and still says what there should be.
		for e, err := range v.s.AuditTrail(ctx) {
			if err != nil {
				return err
			}
			if e.Seq > v.told.last {
				v.told.last = e.Seq
				v.told.look(e)
			}
			if _, wanted := v.auditEnds[e.Seq]; wanted {
				v.auditEnds[e.Seq] = e.Hash
			}
		}
	case err != nil:
		return err
	}
	v.checked("lines of the audit trail", count)
	v.out.Erased = v.told.erasures
	if v.told.sealed == nil {
		v.note("no checkpoint was ever made: what is older than this program's seals is only counted; screener backup makes one, and the clock one a day")
	}
	return nil
}

// nights proves the nights that came to their end.
func (v *verifier) nights(ctx context.Context) error {
	var ids []int64
	if err := v.s.read.SelectContext(ctx, &ids, `select night from nights where finished is not null order by night`); err != nil {
		return err
	}
	for i, id := range ids {
		v.progress("nights", int64(i), int64(len(ids)))
		seal, err := v.s.nightSeal(ctx, v.s.read, id)
		if err != nil {
			return err
		}
		if v.told.nights[id] == "" {
			if err := v.toldSince(ctx, fmt.Sprintf("night:%d", id)); err != nil {
				return err
			}
		}
		want, ok := v.told.nights[id]
		switch {
		case ok && want != seal:
			v.fault(doCompare, "it, or what it says it changed, is not as it was when the night ended", "night %d", id)
		case !ok && v.told.sealed != nil:
			n, err := v.s.Night(ctx, id)
			if err != nil {
				return err
			}
			if n.Started.After(v.told.sealed.At) {
				v.fault(doCompare, "the audit trail knows nothing of it", "night %d", id)
			}
		}
	}
	v.checked("nights", int64(len(ids)))
	return nil
}

// gone finds what the audit trail tells of and nothing keeps any more.
func (v *verifier) gone(ctx context.Context) error {
	for _, k := range []struct {
		noun, query string
		ids         iter.Seq[any]
	}{
		{"decision", `select count(*) from decisions where decision = ?`, keysOf(v.told.decisions)},
		{"disposition", `select count(*) from dispositions where disposition = ?`, keysOf(v.told.dispositions)},
		{"night", `select count(*) from nights where night = ?`, keysOf(v.told.nights)},
		{"run", `select count(*) from runs where run = ?`, keysOf(v.told.runs)},
	} {
		for id := range k.ids {
			if run, ok := id.(string); ok && k.noun == "run" && v.told.removed[run] {
				continue
			}
			var n int
			if err := v.s.read.GetContext(ctx, &n, v.s.read.Rebind(k.query), id); err != nil {
				return err
			}
			if n == 0 {
				v.fault(doRestore, "the audit trail says it was kept, and it is gone", "%s %v", k.noun, id)
			}
		}
	}
	for id := range v.told.editions {
		if _, err := v.s.EditionBySeq(ctx, id.list, id.seq); errors.Is(err, ErrNotFound) {
			v.fault(doRestore, "the audit trail says it was kept, and it is gone", "list %s, edition %d", id.list, id.seq)
		} else if err != nil {
			return err
		}
	}
	return nil
}

func keysOf[K comparable, V any](m map[K]V) iter.Seq[any] {
	return func(yield func(any) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// readCheckpoints reads the checkpoints of the database, and notes at which
// lines they and their copies want to know the histories.
func (v *verifier) readCheckpoints(ctx context.Context) (err error) {
	if v.kept, err = v.s.Checkpoints(ctx); err != nil {
		return err
	}
	v.auditEnds, v.decisionEnds, v.dispositionEnds = map[int64]string{}, map[int64]string{}, map[int64]string{}
	want := func(all []*screening.SignedCheckpoint) {
		for _, c := range all {
			v.auditEnds[c.Checkpoint.Audit.Lines] = ""
			v.decisionEnds[c.Checkpoint.Decisions.Lines] = ""
			v.dispositionEnds[c.Checkpoint.Dispositions.Lines] = ""
		}
	}
	want(v.kept)
	for _, c := range v.opts.Copies {
		want(c.Checkpoints)
	}
	return nil
}

// checkpoints proves the checkpoints, and by them that nothing was cut off:
// those of the database, and the copies kept beside it.
func (v *verifier) checkpoints(context.Context) error {
	prev := ""
	sums := map[int64]string{}
	for i, c := range v.kept {
		place := fmt.Sprintf("checkpoint %d of %s", c.Checkpoint.Number, c.Checkpoint.At.Format(time.RFC3339))
		if c.Checkpoint.Number != int64(i)+1 || c.Checkpoint.Prev != prev {
			v.fault(doCompare, "it does not follow from the one before it", "%s", place)
		}
		prev = c.Sum()
		sums[c.Checkpoint.Number] = prev
		v.checkpoint(c, place)
	}
	v.checked("checkpoints", int64(len(v.kept)))
	for _, file := range v.opts.Copies {
		for _, c := range file.Checkpoints {
			place := fmt.Sprintf("checkpoint %d of %s in %s", c.Checkpoint.Number, c.Checkpoint.At.Format(time.RFC3339), file.Name)
			switch sums[c.Checkpoint.Number] {
			case c.Sum():
				continue // proved above
			case "":
				v.fault(doRestore, "the database has no such checkpoint: its end was cut off, or it was put back from an older backup", "%s", place)
			default:
				v.fault(doCompare, "the database has another checkpoint of that number", "%s", place)
			}
			v.checkpoint(c, place)
		}
		v.checked("checkpoints in "+file.Name, int64(len(file.Checkpoints)))
	}
	return nil
}

// checkpoint proves one checkpoint, and what it says of the histories.
func (v *verifier) checkpoint(c *screening.SignedCheckpoint, place string) {
	if err := c.Check(); err != nil {
		v.fault(doCompare, "it was changed after it was signed", "%s", place)
		return
	}
	if v.opts.PublicKey != "" && c.PublicKey != v.opts.PublicKey {
		v.fault("find out whose key it is; only the office's own counts", "it is signed with another key", "%s", place)
	}
	for _, h := range []struct {
		noun string
		end  screening.ChainEnd
		ends map[int64]string
	}{
		{"audit trail", c.Checkpoint.Audit, v.auditEnds},
		{"decisions", c.Checkpoint.Decisions, v.decisionEnds},
		{"dispositions", c.Checkpoint.Dispositions, v.dispositionEnds},
	} {
		switch got := h.ends[h.end.Lines]; got {
		case h.end.Hash:
		case "":
			v.fault(doRestore, fmt.Sprintf("the %s had %d lines then and has fewer now: the end was cut off", h.noun, h.end.Lines), "%s", place)
		default:
			v.fault(doCompare, fmt.Sprintf("the first %d lines of the %s are not what they were then", h.end.Lines, h.noun), "%s", place)
		}
	}
}
