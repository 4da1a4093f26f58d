// Package store keeps everything: the editions of the lists and the entities
// in them, the runs and what they found, the decisions and their history. It
// keeps them in SQLite, one file that needs no server, or in PostgreSQL, which many
// machines can share; the rest of the program does not know which.
//
//	lists ──▶ editions ──▶ entities        kept once for as long as they stay the same
//	             │   ╰───▶ held_entities   of a quarantined edition, until accepted or superseded
//	             ╰──────▶ files            the publisher's own bytes, by content, in a folder
//	runs ──▶ run_sheets ──▶ run_rows ──▶ run_parties ──▶ run_matches
//	collaborations ──▶ run_rows            the rows of all sheets, and the result each stands on
//	   ╰── collaboration_parties ──▶ parties   by what matching sees of them, each once
//	nights ──▶ night_changes               what screening them again changed
//	decisions                              only ever added to
//	asked ──▶ replies                      questions to who submitted a row, only ever added to
//	guesses                                at passwords, counted by all processes together
//	schedules ──▶ tasks ──▶ batches ──▶ run_chunks   what is to be done, and how far it is
//	workers                                who is alive to do it; the queue's own tables are made beside these
//	drops, drop_looks, leases              the drop folder
//	open_matches                           who a flagged match waits for and until when
//	notices                                messages on their way out
//	secrets                                what the lines of a workbook are sealed with
//
//	audit                                  who did what, each line with the hash of the one before; checkpoints, signed
//
// Rows, editions, decisions and nights are sealed as they are kept, and a line
// of the audit trail in the same transaction has the seal (seal.go); Verify
// compares all of it (verify.go and what begins like it). Who keeps a new kind of evidence seals it, tells of it and adds a step there.
//
//	Backup ──▶ one archive: every table as JSON lines, every file, a manifest ──▶ Restore, into either engine
//
// What holds: an edition, a chunk of results, a decision is written in one
// transaction, so a reader sees all of it or nothing, whatever is killed when.
// Several processes may use one database. Partner names are in the rows and
// never in an error; the columns of a sheet that were given no role are not kept.
//
// To keep something new, write a noun.go with its SQL in constants beside its
// methods ("?" placeholders, text both engines read), a 000N_noun.sql in each
// folder of migrations, and a test in the suite, which runs on both engines:
// storetest starts a PostgreSQL of its own where one is installed, and
// REQUIRE_POSTGRES=1 makes its absence a failure.
// Migrations only move forward and are never edited once released. Times are
// stamps, JSON goes through jsonText, words through text (column.go): SQLite
// would take bytes that PostgreSQL refuses.
//
// What is not here: reading a list (lists), comparing its editions field by
// field (lists), deciding anything.
package store
