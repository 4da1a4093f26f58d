// Package matching finds the listed parties a name in a spreadsheet may mean,
// and says why.
//
// # The score in one formula
//
//	score = M / (M + f·(a·Q + b·C + k·K + S) + n)  ± the other features
//
// M is the weight of the words the two names share, times how alike they are
// written; Q is the weight of the words only the query has, C of those only the
// listed name has, K the smaller of the two: words that stand against each
// other. S is what spelling took from M, n what two numbers, two places or two
// telling words cost that differ, and f is more than one where one distinctive
// word is shared, or none. a, b, k, f and n are in align.go, for persons in
// person.go. What is left is cut where only generic words, places, or a word of
// two or three letters agree. The other features (all.go) add what an
// identifier, a website, a city, an address or a birth date says, and take what
// a weak alias, another legal form or another country does. Every part of the
// sum is a line of evidence with its share, and the shares add up to the score.
// Scores run from 0 to 1 and are rounded to four decimals before anything
// compares them.
//
// The weight of a word is built in (lexicon/): a rare word counts 1, a city,
// a generic word ("university", "trading") or a country little, a legal form
// nothing. So a score depends on the two parties and on nothing else in the
// lists: compare, screen and a rescreening of what changed agree, and a new
// entity never moves the score of another.
//
// # The pipeline
//
//  1. Words (word.go) reads a name: folds its letters, romanises its script, and
//     says of each word what it is and means.
//  2. A profile (profile.go) keeps the words that count, apart from legal forms,
//     with what each weighs in this name.
//  3. The index (index.go, space.go) keeps every name as numbers of words, and
//     posts it under its rarest words, and under pairs of the frequent ones:
//     so many that whatever name could score as high as the note line shares one.
//  4. A query (query.go) finds the words like its own, once for each distinct
//     word of a batch; follows the postings; and bounds each name's score by
//     one pass over its words.
//  5. The names left are aligned (align.go, person.go): word by word, joined and
//     split words, initials, and each part of a cell that lists departments and
//     places beside the name. Which two words are alike, and how much, is in
//     term.go and similarity.go.
//  6. Entities whose best name is likely are scored by all features (all.go), and
//     those at or above the review line are returned best first, with the best one below.
//
// Beside the index stands a Directory (directory.go), which finds entities by
// the beginnings of the words of their names, for people who type and look: it
// scores nothing.
//
// # To add a feature
//
// Write a Feature in a file of its own: a name, the sentence a reader of the
// report sees, and a func that returns its evidence; list it in all.go; add
// pairs for and against to testdata/pairs; run the tests with -update, and read
// what changed in testdata/quality.golden. A feature may lift a score only where
// the name has reached the note line already, or where the index can find the
// entity without its name as it does by identifier: anything else it lifted
// would be found by comparing with all names only, and TestExhaustive fails.
//
// # What it does not do
//
// It does not grade (package screening does), know who owns whom, or look a
// name up anywhere. It never uses a country, a nationality, a language or a
// script to raise a score. It does not translate distinctive words: 哈尔滨 is
// Harbin because places are in the lexicon, but a company whose English name is
// not the sound of its own is found by the aliases the list gives, or not at
// all. It does not tell two parties of one name apart, unless an identifier, a
// birth date or a country does. It does not learn from decisions. Below the note
// line the nearest candidate is the best of those the index looked at, which need
// not be the best there is.
package matching
