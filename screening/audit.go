package screening

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// AuditEntry is one line of the audit trail: who did what, when, to what.
// Lines are only ever added, each sealed with the hash of the one before it.
type AuditEntry struct {
	Seq int64     `json:"seq"` // 1, 2, 3 … without a gap
	At  time.Time `json:"at"`  // UTC, to the microsecond
	// Actor is who was signed in; for a sign-in that failed, the name that was tried.
	Actor  string `json:"actor"`
	Action string `json:"action"` // what, as subject.verb: "run.view", "list.accept"
	// Subject is what it was done to: "run:20260102-…", "account:anna".
	Subject string `json:"subject"`
	// List is the list concerned, "" for none: lines on a restricted list are shown to whom it is open to.
	List string `json:"list,omitempty"`
	// Before and After are what changed, as JSON; empty where nothing did.
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
	Request string          `json:"request,omitempty"` // the id of the request that asked for it
	// Prev is the Hash of the line before, "" for the first.
	Prev string `json:"prev"`
	Hash string `json:"hash"`
}

// Sum is the hash the line must have: SHA-256 over its version and every other
// field as a JSON array of texts.
func (e *AuditEntry) Sum() string {
	b, err := json.Marshal([]string{
		"audit/1", fmt.Sprint(e.Seq), e.At.UTC().Format("2006-01-02T15:04:05.000000Z"), e.Actor, e.Action, e.Subject, e.List,
		string(e.Before), string(e.After), e.Request, e.Prev,
	})
	if err != nil { // texts alone
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// BrokenAudit says where an audit trail stops being what was written.
type BrokenAudit struct {
	Seq int64
	Why string
}

func (e *BrokenAudit) Error() string { return fmt.Sprintf("audit trail, line %d: %s", e.Seq, e.Why) }

// VerifyAudit walks a trail from its first line and returns how many lines it
// has and the hash of the last. It errors with *BrokenAudit where a line is
// missing, was changed, or does not follow from the one before it. That lines were cut
// off at the end shows by comparing count and hash with those noted earlier.
func VerifyAudit(trail iter.Seq2[*AuditEntry, error]) (count int64, head string, err error) {
	for e, err := range trail {
		switch {
		case err != nil:
			return count, head, err
		case e.Seq != count+1:
			return count, head, &BrokenAudit{count + 1, fmt.Sprintf("missing; line %d follows", e.Seq)}
		case e.Prev != head:
			return count, head, &BrokenAudit{e.Seq, "does not follow from the line before it"}
		case e.Sum() != e.Hash:
			return count, head, &BrokenAudit{e.Seq, "was changed after it was written"}
		}
		count, head = e.Seq, e.Hash
	}
	return count, head, nil
}
