package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"partnerscreen/screening/store"
)

// defaultAttempts is how often a job is tried unless its card says otherwise.
const defaultAttempts = 5

// Start puts a job of a kind into the queue and returns its number. args may
// be nil for the defaults; by is who asks for it. Some worker takes it up: serve and work are such.
func Start(ctx context.Context, env *Env, kind string, args any, by string) (int64, error) {
	card, err := env.job(kind)
	if err != nil {
		return 0, err
	}
	q, err := queueOf(env)
	if err != nil {
		return 0, err
	}
	content, err := json.Marshal(args)
	if err != nil {
		return 0, fmt.Errorf("starting a %s: %w", kind, err)
	}
	task := &store.Task{Kind: kind, Args: content, By: by, Queued: env.Now().UTC()}
	err = env.Store.InTx(ctx, "starting a "+kind, func(tx *store.Tx) error { return q.add(ctx, tx, card, task) })
	return task.ID, err
}

// UnknownKind says that there is no such kind of job.
type UnknownKind struct {
	Kind  string
	There []string
}

func (e *UnknownKind) Error() string {
	return fmt.Sprintf("there is no job %q; there are %s", e.Kind, strings.Join(e.There, ", "))
}

// job returns the card of a kind.
func (env *Env) job(kind string) (*Job, error) {
	cards := env.jobs()
	if i := slices.IndexFunc(cards, func(card Job) bool { return card.Kind == kind }); i >= 0 {
		return &cards[i], nil
	}
	unknown := &UnknownKind{Kind: kind}
	for _, card := range cards {
		unknown.There = append(unknown.There, card.Kind)
	}
	return nil, unknown
}

// Tasks returns what is running, waiting, dead or done, newest first.
func Tasks(ctx context.Context, env *Env, f store.TaskFilter) ([]*store.Task, error) {
	return env.Store.Tasks(ctx, f)
}

// Task returns one job by its number, how far it is and what came of it.
// store.ErrNotFound when there is none.
func Task(ctx context.Context, env *Env, id int64) (*store.Task, error) {
	return env.Store.Task(ctx, id)
}

// EndedTask says that a job is not in a state for what was asked.
type EndedTask struct {
	ID    int64
	State store.TaskState
}

func (e *EndedTask) Error() string { return fmt.Sprintf("job %d is %s", e.ID, e.State) }

// Cancel ends a job. A running one is told within a few seconds, wherever it
// runs, and keeps what it has finished; nothing it does after this counts. *EndedTask when it has ended.
func Cancel(ctx context.Context, env *Env, id int64, by string) error {
	q, err := queueOf(env)
	if err != nil {
		return err
	}
	return env.Store.InTx(ctx, fmt.Sprintf("cancelling job %d", id), func(tx *store.Tx) error {
		task, err := tx.Task(ctx, id)
		if err != nil {
			return err
		}
		ended, err := tx.EndTask(ctx, id, store.TaskCancelled, "cancelled by "+by, nil, nil, env.Now())
		if err != nil {
			return err
		}
		if !ended {
			return &EndedTask{id, task.State}
		}
		return q.cancel(ctx, tx, task.Job)
	})
}

// Retry has a dead or cancelled job tried again, with all its tries before it,
// and one that waits for its next try tried now. A screening goes on where it stopped. *EndedTask
// when it is done or running.
func Retry(ctx context.Context, env *Env, id int64) error {
	q, err := queueOf(env)
	if err != nil {
		return err
	}
	return env.Store.InTx(ctx, fmt.Sprintf("trying job %d again", id), func(tx *store.Tx) error {
		task, err := tx.Task(ctx, id)
		if err != nil {
			return err
		}
		if task.State == store.TaskWaiting {
			if _, err := tx.HurryTask(ctx, id); err != nil {
				return err
			}
			return q.hurry(ctx, tx, task.Job)
		}
		opened, err := tx.RetryTask(ctx, id)
		if err != nil {
			return err
		}
		if !opened {
			return &EndedTask{id, task.State}
		}
		card, err := env.job(task.Kind)
		if err != nil {
			return err
		}
		return q.insert(ctx, tx, card, task)
	})
}

// hopeless is an error that trying again will not mend.
type hopeless struct{ error }

func (h hopeless) Unwrap() error { return h.error }

// Hopeless marks an error of a job that trying again will not mend: the job is
// given up at once, and says so.
func Hopeless(err error) error {
	if err == nil {
		return nil
	}
	return hopeless{err}
}

func isHopeless(err error) bool {
	var h hopeless
	var list *UnknownList
	var missing *MissingLists
	return errors.As(err, &h) || errors.As(err, &list) || errors.As(err, &missing)
}
