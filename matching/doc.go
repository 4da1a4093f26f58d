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
// person.go. In Q and C the words of a description count for less where the other
// name has nothing of its own left. What is left is cut where only generic words, places, or a word of
// two or three letters agree; less where many generic words all have their
// partner in another language, and always where they name an office that every
// state has. The other features (all.go) add what an identifier, a website, a
// city, an address or a birth date says, and take what a weak alias, another
// legal form or another country does. Every part of the sum is a line of
// evidence with its share, and the shares add up to the score. Scores run from 0 to 1 and are rounded to four decimals before anything
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
//     says of each word what it is and means, pinyin included where the whole
//     name is in it; read.go mends what typing broke and spells out what the name
//     begins with ("JSC SPA").
//  2. A profile (profile.go) keeps the words that count, apart from legal forms,
//     with what each weighs in this name.
//  3. The index (index.go, space.go) keeps every name as numbers of words, and
//     posts it under its rare words, and under pairs of the frequent ones.
//  4. A query (query.go) finds the words like its own, once for each distinct
//     word of a batch; follows the postings of those that may carry a match; and
//     bounds what each name can score (bound.go) before it compares letters.
//  5. The names left are aligned (align.go, person.go): word by word, joined and
//     split words, initials, and each part of a cell that lists departments and
//     places beside the name. Which two words are alike, and how much, is in
//     term.go and similarity.go; sound.go hears foreign names in Chinese letters,
//     korean.go Korean ones in any romanisation. "Korea" agrees with either state
//     of that name, and the two differ (lexicon/vague.tsv).
//  6. Entities whose best name is likely are scored by all features (all.go), and
//     those at or above the review line are returned best first, with the best one below.
//
// # Why the index misses nothing
//
// What comparing with every name would put at or above the note line, the index
// finds; a line below 0.60 (oneName) is not held for persons of whom initials are
// all that agrees. The argument, with L for the note line:
//
//   - Words that are alike at all share a key of their neighbourhoods (term.go),
//     so every word of a listed name that a word of the query could be paired with is
//     known before any name is read (the hits). Words written as one are found by
//     the runs of neighbours that some name has.
//   - Let r be the rarest hit that a name holds, by the number of names that hold
//     each word. All its rarer words are missing from the query, which leaves
//     M/(M+lackCost·(W−M)) at most, M the weight of r and of all that is more
//     frequent, W of the name. So a name is posted under those of its words only where
//     that is L or more, and under a frequent r together with the second rarest hit.
//   - The query's words that have only hits rarer than r are unanswered in that
//     name; with Q their weight and M that of the others, it scores
//     M/(M+f·extraCost·Q) at most. Where that is below L the names under r need not
//     be read: mostly the names that share a frequent word and nothing else. It
//     holds for each run of words that is compared by itself (a part of a cell, a
//     university behind its institute), and a word is read if any run allows it.
//   - f is loneCost or more where one distinctive word is shared at most,
//     frequentCost where that is one of many names', and strict where they
//     weigh next to nothing, unless words were joined.
//   - A name that is read is bounded again from both sides, with its own words
//     and what spelling costs at least, and compared only if that reaches L.
//   - Names that are the same letters with other spaces, initials of each other,
//     or of a person with initials, have keys of their own.
//   - What the features may add to a name is known before they are asked (Lift),
//     and a name that cannot reach the line with it is not explained.
//
// TestExhaustive compares the index with all names, at both lines, and
// TestExhaustiveReal does so with real ones. What a query costs is in
// match_bench_test.go, whose made-up names share words as real ones do.
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
// what changed in testdata/quality.golden. If it ever adds to what the name came
// to, say how much at most (Lift). A feature may lift a score only where
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
// line the nearest candidate is the best of those that could not be ruled out
// without comparing, which need not be the best there is, and often is none.
package matching
