// Package jobs holds the work: each job takes an Env and options, and does one
// thing a customer would ask for. It is the one room that sees all others;
// the command line starts a job's func in its own process.
//
//	Refresh   lists ──fetch, read, gate──▶ store
//	Screen    sheet ──intake──▶ matcher ──▶ judge ──▶ store and report
//	Rescreen  what changed since last night ──▶ the collaborations it concerns ──▶ store and report
//	Regrade   one collaboration, with an answer its submitter gave ──▶ store
//	Check     one name ──▶ matcher ──▶ judge
//	Collaborations  the rows of all sheets, as they stand
//	Changes   two editions ──▶ what differs
//	Accept    a held edition ──▶ in force, at a named person's word
//	Inbox     the drop folder ──▶ Screen or Decide ──▶ outbox, archive, rejected
//	Open      flagged matches no decision closes: for whom, until when; Remind
//	Notify    notices that wait ──▶ mail, webhook, file
//	Prune     what is past its time ──▶ gone, and said
//	Backup    everything kept ──▶ one archive, checked; Restore the other way
//	MakeCheckpoint  how far the audit trail and the decisions have come, signed
//	Replay    a past run ──▶ screened again as of its day, and compared
//	Verify    everything kept ──▶ counts, and what is not as it was written
//	Compare   pairs of names ──▶ scores, without a store
//
// A server that has to answer at once asks a Keeper (keeper.go), which keeps
// the lists loaded and loads them again when an edition, a decision or the policy has changed. A
// process loads the same editions once: the Shelf (shelf.go) of its Env has them for all who work in it.
//
// Work that is to outlive its asker goes through the queue: Start keeps a task
// and gives the queue a job for it in one transaction, and Work, in any number of processes, takes it up.
//
//	Start, StartScreen, the clock ──▶ tasks ──▶ Work ──▶ the card's Run ──▶ outcome
//	                                    ▲         ╰──▶ chunks of a screening, on any machine
//	Tasks, Cancel, Retry ───────────────╯
//
// queue.go is the one file that knows the queue's library, work.go tries, gives
// up, hands back and takes from the dead, clock.go starts what is due, batch.go cuts a screening
// and screens its chunks. What a task came to and that it ended are written in one transaction, so
// neither stands alone. A run's editions, policy and decisions are fixed when it starts.
//
// A job may be run twice: same input, same editions, same policy, same result,
// whatever the number of workers (inorder.go). It answers to its context and
// leaves nothing half-written. What goes wrong with one list or one file is
// said in its outcome and does not stop the others.
//
// To add a job, write <kind>.go with a func that takes an Env, a command that
// calls it, and where it is to go through the queue a card in all.go. What is not here: reading flags, files of configuration, the
// environment or the clock (cmd/screener), SQL (store), any rule of judgement
// (screening).
package jobs
