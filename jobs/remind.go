package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"partnerscreen/screening/store"
)

var remindJob = Job{
	Kind: "remind",
	Doc:  "bring the open matches up to date and remind those they wait for",
	Schedules: func(*Env) []Schedule {
		return []Schedule{{Name: "remind", Spec: "5 * * * *"}}
	},
	Run: func(ctx context.Context, env *Env, _ json.RawMessage) (any, error) { return Remind(ctx, env) },
}

// Reminded is what one pass over the open matches came to.
type Reminded struct {
	Open    int    `json:"open"`
	Overdue int    `json:"overdue"`
	Oldest  string `json:"oldest,omitempty"`
	// Reminders and Overdues count the matches told of for the first time.
	Reminders int `json:"reminders"`
	Overdues  int `json:"overdues"`
	// Nobody counts open matches whose office has no address.
	Nobody int `json:"nobody,omitempty"`
}

// Remind tells the assignee of each open match once before it is due, and
// the assignee and the second addressee once when it is overdue: one notice a person and a look,
// with counts. That a match was told of and the notice are kept together, so neither is without the other.
func Remind(ctx context.Context, env *Env) (*Reminded, error) {
	if err := SyncOpen(ctx, env); err != nil {
		return nil, err
	}
	matches, err := OpenMatches(ctx, env)
	if err != nil {
		return nil, err
	}
	n, err := CountOpen(ctx, env)
	if err != nil {
		return nil, err
	}
	out := &Reminded{Open: n.Open, Overdue: n.Overdue, Oldest: n.Oldest}
	today := env.today()
	soon, late := map[string][]string{}, map[string][]string{} // keys of matches by address
	var told []*store.OpenMatch
	for _, m := range matches {
		if m.Assignee == "" && m.Second == "" {
			out.Nobody++
			continue
		}
		next := *m.OpenMatch
		switch {
		case m.State == "overdue" && m.Overdue == "":
			next.Overdue = today
			out.Overdues++
			for _, who := range slices.Compact([]string{m.Assignee, m.Second}) {
				if who != "" {
					late[who] = append(late[who], m.Key)
				}
			}
		case m.State == "due soon" && m.Reminded == "" && m.Assignee != "":
			next.Reminded = today
			out.Reminders++
			soon[m.Assignee] = append(soon[m.Assignee], m.Key)
		default:
			continue
		}
		told = append(told, &next)
	}
	if len(told) == 0 || !env.Notices.Any() {
		return out, nil // kept untold until there is a way to tell
	}
	var notices []*store.Notice
	add := func(kind, title string, keys map[string][]string) error {
		for _, who := range slices.Sorted(maps.Keys(keys)) {
			one, err := outbox(env, &Notice{
				ID: noticeID(slices.Concat([]string{kind, env.Office, who, today}, keys[who])...), Kind: kind, For: who,
				Title: fmt.Sprintf(title, len(keys[who])), Counts: map[string]int{"matches": len(keys[who])},
				Open: n.Open, Overdue: n.Overdue, Oldest: n.Oldest,
			})
			if err != nil {
				return err
			}
			notices = append(notices, one...)
		}
		return nil
	}
	if err := add("overdue", "Screening: %d open matches are overdue", late); err != nil {
		return nil, err
	}
	if err := add("reminder", "Screening: %d open matches are due soon", soon); err != nil {
		return nil, err
	}
	return out, env.Store.Remind(ctx, env.Office, told, notices)
}
