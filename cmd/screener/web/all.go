package web

import "slices"

// All are the pages and the addresses for programs. Their tabs stand in the
// navigation in this order.
var All = slices.Concat([]Page{
	home,
	screenPage, screenUpload, columnsPage, screenStart, checkPage, checkName,
	reviewPage, oneMatchPage, matchDecide,
	collaborationsPage, collaborationPage, collaborationEnd,
	runsPage, runPage, runReport, comparePage, questionAnswer,
	listsPage, listPage, listAccept,
	healthPage, auditPage,
	accountsPage, accountAdd, accountChange,
	ownPage, ownPassword, secondFactorPage, secondFactorSet, keyAdd, keyRevoke,
	signInPage, signInWithPassword, signInLink, signInAtProvider, signInBack, signOut,
	healthz, readyz, metricsPage,
}, forProgramsPages)
