// Package reports turns the results of a run into what people read and
// programs take in: the graded workbook, JSON lines and CSV. It also reads
// the decisions back that a reviewer wrote into a workbook.
//
//	results ──▶ gather ──▶ Findings ──▶ one Tab after another ──▶ workbook
//	               └─ rows wait in a temporary file, likely matches in memory
//
//	workbook (.xlsx, or .ods of it), filled in ──▶ ReadDecisions ──▶ lines to apply + problems by cell
//
// Each sheet is a card: a Tab in a file of its own, listed in All. To add
// one, write reports/<name>.go with its Name, its Doc, how many Rows it will
// have and how to Fill it, list it in All, and run the tests with -update:
// the golden text of the new sheet is the review.
//
// A Tab writes through a Page, the one owner of the sheet's stream: what the
// sheet allows and how it looks comes first (Layout), then rows from top to
// bottom, then End. The library drops silently what comes in another order.
//
// Each line of Review is sealed: an HMAC over its protected cells as they read
// back, and a tag for each cell that tells which one was changed. The lock of
// the sheet has no password; the seal is what counts. Columns are found by
// their titles, lines by their hidden keys, so rows and columns may be moved.
//
// The green columns of Review take a verdict, the blue ones how a true match
// is closed for the work of its rows. What comes back are Lines; what they mean
// for decisions and dispositions is for the job.
//
// What a reader sees says "No likely match in the lists named", and never
// that a party is cleared or safe. Colours differ in lightness as well, and
// always stand beside the word. No country has a colour.
//
// The room decides nothing: grades, strengths and keys come with the results,
// and whether a decision still holds is for the job that applies it.
package reports
