package web

import "slices"

// forProgramsPages are the addresses programs ask: the API, and the two
// interfaces that clients of this field speak already.
var forProgramsPages = slices.Concat([]Page{
	openAPIPage,
	apiRuns, apiRunAdd, apiRunPage, apiRunResults, apiRunReport, apiRunCompare,
	apiMatches,
	apiQuestions, apiQuestionAnswer,
	apiDecisions, apiDecisionAdd, apiDecisionPage, apiDecisionRevoke,
	apiLists, apiListPage, apiListChanges, apiListAccept,
	apiJobs, apiJobAdd, apiJobPage, apiJobCancel, apiJobRetry,
	apiCollaborations, apiCollaborationPage, apiCollaborationEnd,
	apiCheck, apiCompare,
	matchPage, searchPage, entityPage, adjacentPage, adjacentPropertyPage, catalogPage, algorithmsPage,
}, reconcilePages)
