package screening

import "time"

// act is what the rule of two people looks at in a decision or a disposition.
type act struct {
	what    string // what was said; two who say the same agree
	actor   string // who was signed in
	grade   Grade
	closes  bool // it ends the matter, so that on an escalated match one is not enough
	revoked bool
	made    time.Time
	expires time.Time
}

// over reports whether the act's time was over at now.
func (a *act) over(now time.Time) bool { return !a.expires.IsZero() && !now.Before(a.expires) }

// acts is what holds of one subject after all that was said of it.
type acts[T any] struct {
	value   *T // the last that counts, or waits
	act     act
	vouched bool      // two signed-in people have said it of an escalated match
	since   time.Time // when it was first said, of what has been said without a break
	pending *act      // the first of two acts that would take the place of a vouched one
}

// add takes the next act. One that closes an escalated match counts when
// another signed-in person has said the same; until then it waits, and what
// two people said before stands, so that a renewal takes two people too.
func (a *acts[T]) add(value *T, next act) {
	repeats := a.value != nil && a.act.what == next.what && !a.act.revoked && !next.revoked && !a.act.over(next.made)
	if !repeats {
		*a = acts[T]{value: value, act: next, since: next.made}
		return
	}
	needsTwo := next.grade == Escalate && next.closes
	since := a.since
	switch {
	case a.vouched && !needsTwo:
		// One person's word adds nothing to that of two.
	case a.vouched && (a.pending == nil || a.pending.actor == next.actor || a.pending.over(next.made)):
		a.pending = &next
	case a.vouched: // the second to renew it; it holds as long as both said
		next.expires = earlier(a.pending.expires, next.expires)
		*a = acts[T]{value: value, act: next, vouched: true, since: since}
	case needsTwo && a.act.grade == Escalate && a.act.actor != next.actor:
		next.expires = earlier(a.act.expires, next.expires)
		*a = acts[T]{value: value, act: next, vouched: true, since: since}
	default:
		*a = acts[T]{value: value, act: next, since: since}
	}
}

// waiting says what the acts still need to count for a match of a grade.
func (a *acts[T]) waiting(g Grade) string {
	switch {
	case !a.act.closes || a.act.revoked || a.vouched:
		return ""
	case a.act.grade == Escalate:
		return SecondPerson
	case g == Escalate:
		return TwoPeople
	}
	return ""
}

// earlier is the earlier of two ends; zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
