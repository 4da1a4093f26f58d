package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"partnerscreen/screening/store"
)

var notifyJob = Job{
	Kind:   "notify",
	Doc:    "send the notices that wait, by mail, webhook and file",
	Urgent: true,
	Schedules: func(env *Env) []Schedule {
		if !env.Notices.Any() {
			return nil
		}
		return []Schedule{{Name: "notify", Spec: "*/2 * * * *"}}
	},
	Run: func(ctx context.Context, env *Env, args json.RawMessage) (any, error) {
		var opts NotifyOptions
		if err := json.Unmarshal(args, &opts); err != nil {
			return nil, fmt.Errorf("reading what to tell: %w", err)
		}
		return Notify(ctx, env, opts)
	},
}

// NotifyOptions say what is told besides what waits.
type NotifyOptions struct {
	Run    string `json:"run,omitempty"`    // tell of this run
	Attach bool   `json:"attach,omitempty"` // with its workbook, where it may leave by mail
	Again  bool   `json:"again,omitempty"`  // try those again that were given up
}

// Notified is what became of the notices.
type Notified struct {
	Sent   int      `json:"sent"`
	Later  int      `json:"later"` // failed, and tried again
	Dead   int      `json:"dead"`  // given up
	Failed []string `json:"failed,omitempty"`
}

const (
	// maxNoticeTries is how often a notice is tried: over some thirty hours.
	maxNoticeTries = 12
	// sendTime is how long one try may take before another process may try.
	sendTime = 5 * time.Minute
)

// Notify sends what waits in the outbox and is due. A notice that fails is
// tried again later and later, and given up in the end, or at once when trying again would not mend it;
// the reason is kept. A receiver may see one twice, under one ID, where the program was
// killed between handing it over and noting that.
func Notify(ctx context.Context, env *Env, opts NotifyOptions) (*Notified, error) {
	if !env.Notices.Any() {
		return nil, errors.New("nobody is told: set [notify] in the configuration")
	}
	if opts.Run != "" {
		run, err := env.Store.Run(ctx, opts.Run)
		if err != nil {
			return nil, err
		}
		if run.Finished.IsZero() {
			return nil, &UnfinishedRun{opts.Run}
		}
		n, err := NoticeOfRun(ctx, env, run)
		if err != nil {
			return nil, err
		}
		n.Attach = opts.Attach || (env.Notices.Mail != nil && env.Notices.Mail.Attach)
		if err := Announce(ctx, env, n); err != nil {
			return nil, err
		}
	}
	if opts.Again {
		if _, err := env.Store.ReviveNotices(ctx, env.Now()); err != nil {
			return nil, err
		}
	}
	out := &Notified{}
	for {
		due, err := env.Store.DueNotices(ctx, env.Now(), 100)
		if err != nil || len(due) == 0 {
			return out, err
		}
		for _, n := range due {
			if err := sendOne(ctx, env, n, out); err != nil {
				return out, err
			}
		}
	}
}

func sendOne(ctx context.Context, env *Env, n *store.Notice, out *Notified) error {
	ours, err := env.Store.ClaimNotice(ctx, n, env.Now().Add(sendTime))
	if err != nil || !ours {
		return err
	}
	err = send(ctx, env, n)
	if ctx.Err() != nil {
		return ctx.Err() // it is tried again when its time is over
	}
	now := env.Now().UTC()
	if err == nil {
		n.Sent, n.Reason = now, ""
		out.Sent++
		return env.Store.EndNotice(ctx, n)
	}
	n.Reason = err.Error()
	out.Failed = append(out.Failed, n.Channel+": "+n.Reason)
	if _, hopeless := errors.AsType[permanent](err); hopeless || n.Tries >= maxNoticeTries {
		n.Dead = now
		out.Dead++
	} else {
		n.Next = now.Add(min(time.Minute<<n.Tries, 6*time.Hour))
		out.Later++
	}
	return env.Store.EndNotice(ctx, n)
}
