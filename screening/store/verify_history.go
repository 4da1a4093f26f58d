package store

import (
	"context"
	"fmt"

	"partnerscreen/screening"
)

// decisions proves every decision, and that what it is about is on record.
func (v *verifier) decisions(ctx context.Context) error {
	return v.history(ctx, &historyCheck{
		history: decisionHistory, told: v.told.decisions, ends: v.decisionEnds,
		sealed: func(b *sealedBefore) int64 { return b.Decisions }, words: `verdict`,
		subject: func(content []byte) (*subject, error) {
			d := new(screening.Decision)
			err := fromJSON(content, d)
			return &subject{d.ID, d.Run, d.List, d.Entity, d.MatchKey, d.PartyKey, d.EntityKey, string(d.Verdict), d.Revoked, d.Erased()}, err
		},
	})
}

// dispositions proves every disposition, and that what it is about is on record.
func (v *verifier) dispositions(ctx context.Context) error {
	return v.history(ctx, &historyCheck{
		history: dispositionHistory, told: v.told.dispositions, ends: v.dispositionEnds,
		sealed: func(b *sealedBefore) int64 { return b.Dispositions }, words: `closing`,
		subject: func(content []byte) (*subject, error) {
			d := new(screening.Disposition)
			err := fromJSON(content, d)
			return &subject{d.ID, d.Run, d.List, d.Entity, "", d.PartyKey, d.EntityKey, string(d.Closing), d.Revoked, d.Erased()}, err
		},
	})
}

// subject is what a line of a history is about.
type subject struct {
	id, run, list, entity, match, party, candidate, word, revoked string
	// erased says that nothing tells any more whom it is about.
	erased bool
}

// historyCheck says how to prove a history.
type historyCheck struct {
	history
	told    map[string]string
	ends    map[int64]string
	sealed  func(*sealedBefore) int64
	words   string // the column that has its word
	subject func(content []byte) (*subject, error)
}

type historyLine struct {
	Seq       int64  `db:"seq"`
	ID        string `db:"id"`
	Party     string `db:"party_key"`
	Candidate string `db:"entity_key"`
	List      string `db:"list"`
	Entity    string `db:"entity"`
	Word      string `db:"word"`
	Revoked   string `db:"revoked"`
	Salt      string `db:"salt"`
	Sealed    string `db:"sealed"`
	Seal      string `db:"seal"`
	Content   []byte `db:"content"`
}

func (v *verifier) history(ctx context.Context, h *historyCheck) error {
	query := fmt.Sprintf(`select seq, %s as id, party_key, entity_key, list, entity, %s as word, revoked, salt, sealed, seal, content from %s where seq > ? order by seq limit ?`,
		h.id, h.words, h.table)
	sum := h.newSum()
	end := func() {
		if _, wanted := h.ends[sum.lines]; wanted {
			h.ends[sum.lines] = sum.end().Hash
		}
	}
	end()
	matches := map[string]map[string]bool{}
	for after := int64(0); ; {
		var lines []historyLine
		if err := v.s.read.SelectContext(ctx, &lines, v.s.read.Rebind(query), after, pageRows); err != nil {
			return err
		}
		for i := range lines {
			line := &lines[i]
			after = line.Seq
			sum.add(line.ID, line.Seal)
			end()
			about, err := h.subject(line.Content)
			if err != nil {
				return err
			}
			if err := v.line(ctx, h, line, about); err != nil {
				return err
			}
			if err := v.about(ctx, h.id, about, matches); err != nil {
				return err
			}
		}
		v.progress(h.table, sum.lines, 0)
		if len(lines) < pageRows {
			break
		}
	}
	v.checked(h.table+", each with what it is about", sum.lines)
	return nil
}

// line proves one line of a history.
func (v *verifier) line(ctx context.Context, h *historyCheck, line *historyLine, about *subject) error {
	seal, err := h.seal(line.Content, line.Salt, line.Sealed)
	if err != nil {
		return err
	}
	if line.Seal != "" && seal != line.Seal ||
		about.id != line.ID || text(about.list) != line.List || text(about.entity) != line.Entity || about.word != line.Word || text(about.revoked) != line.Revoked ||
		about.party != line.Party || about.candidate != line.Candidate {
		v.fault(doCompare, "it is not as it was made", "%s %s", h.id, line.ID)
		return nil
	}
	if taken := line.Sealed != "" && line.Salt == ""; taken || v.told.erased[line.ID] {
		if err := v.takenSince(ctx); err != nil {
			return err
		}
		switch {
		case !v.told.erased[line.ID]:
			v.fault(doCompare, "whom it is about was taken away, and the audit trail knows nothing of it", "%s %s", h.id, line.ID)
		case !taken || !about.erased:
			v.fault(doCompare, "whom it is about was erased, and is there again", "%s %s", h.id, line.ID)
		}
	}
	if h.told[line.ID] == "" {
		if err := v.toldSince(ctx, "decision:"+line.ID); err != nil {
			return err
		}
	}
	want, ok := h.told[line.ID]
	switch {
	case ok && want != line.Seal:
		v.fault(doCompare, "it is not as it was made", "%s %s", h.id, line.ID)
	case !ok && v.told.sealed != nil && line.Seq > h.sealed(v.told.sealed):
		v.fault(doCompare, "the audit trail knows nothing of it", "%s %s", h.id, line.ID)
	}
	return nil
}

const (
	selectMatchKeys = `select distinct m.match_key from run_matches m join run_sheets s on s.id = m.sheet_id where s.run = ?`
	countEntity     = `select count(*) from entities where list = ? and entity = ?`
	// runsRemembered is of how many runs the matches are in memory at once.
	runsRemembered = 16
)

// about makes sure that what a line is about is on record: the run and its
// match, unless the run is past its time and was removed, and the listed party.
func (v *verifier) about(ctx context.Context, noun string, about *subject, matches map[string]map[string]bool) error {
	if about.list != "" {
		var n int
		if err := v.s.read.GetContext(ctx, &n, v.s.read.Rebind(countEntity), text(about.list), text(about.entity)); err != nil {
			return err
		}
		if n == 0 {
			v.fault(doRestore, "the listed party it is about was never in list "+about.list, "%s %s", noun, about.id)
		}
	}
	if about.run == "" || v.told.removed[about.run] {
		return nil
	}
	keys, ok := matches[about.run]
	if !ok {
		var there int
		if err := v.s.read.GetContext(ctx, &there, v.s.read.Rebind(countRuns), about.run); err != nil {
			return err
		}
		if there > 0 {
			var all []string
			if err := v.s.read.SelectContext(ctx, &all, v.s.read.Rebind(selectMatchKeys), about.run); err != nil {
				return err
			}
			keys = map[string]bool{}
			for _, k := range all {
				keys[k] = true
			}
		}
		if len(matches) >= runsRemembered {
			clear(matches)
		}
		matches[about.run] = keys
	}
	switch {
	case keys == nil:
		v.fault(doRestore, "the run it was made on is gone: "+about.run, "%s %s", noun, about.id)
	case about.match != "" && !keys[about.match]:
		v.fault(doRestore, "the match it is about is not in run "+about.run, "%s %s", noun, about.id)
	}
	return nil
}
