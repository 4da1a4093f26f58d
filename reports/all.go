package reports

// Tab is one sheet of the workbook, or one that goes on over several where a
// sheet is full. It stands in a file of its own and is listed in All.
type Tab struct {
	// Name is the sheet's name.
	Name string
	// Doc is the line above the sheet's table, and beside its name on Summary.
	Doc string
	// Opens marks the sheet the workbook opens on; the first present wins.
	Opens bool
	// Rows counts the rows the sheet will have; a tab without rows is absent.
	Rows func(*Findings) int
	// Free sheets are no table: they stay on one sheet.
	Free bool
	// Fill writes the sheet. The book's sheets are written one after another.
	Fill func(*Book, Tab, *Findings) error

	rows int // what Rows said
}

// All are the sheets of the workbook, in their order.
var All = []Tab{
	summary, review, holdInstructions, work, questions, ownership, parties, allRows, notFlagged, dismissed, closedMatches, rejected,
	byOwner, changes, listsUsed, parity, policy, methods,
}

// ForSubmitters are the sheets for who submitted the sheet and does not
// review: without what reviewers said and fill in.
var ForSubmitters = []Tab{
	summary, reviewToRead, work, questions, ownership, parties, allRows, notFlagged, rejected, byOwner, changes, listsUsed, policy, methods,
}
