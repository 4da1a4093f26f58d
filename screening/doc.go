// Package screening holds the nouns every room shares and the pure rules over
// them. It imports the standard library only, and nothing here reads a clock,
// a file or the environment.
//
//	Card ─▶ Edition ─▶ Entity ──┐
//	                            ├─▶ Candidate ─▶ Match ─▶ Grade ─▶ Decision
//	Sheet ─▶ Partner ─▶ Party ──┘
//
// A list is published in editions; an edition holds entities, each with its
// names and with listings that say why it is there and by which controls. A
// sheet holds partners, one a row, each naming parties in roles. A matcher
// returns candidates with their evidence; a Judge joins those that are one
// party and grades them by the Policy's table: control, strength, stakes and
// bearing in, grade out. A Decision says whether a match is true; a
// Disposition how a true one was closed for one row and its work; a Memory
// knows both, and when to forget. An Amendment says what became of the Policy
// between two days. What is kept has a Seal, and a Checkpoint signs how far it
// had come. The words are those of the README's glossary
// and are used in this sense in code, columns, pages and texts.
//
// To add a noun, write it here first, in a file of its own, and to the
// glossary. To change what a grade depends on, change Facts and the table in
// grade.go. What is not here: reading sheets (intake), keeping things (store),
// comparing names (matching).
package screening
