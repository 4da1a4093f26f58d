package web

import "partnerscreen/screening/store"

func auditOf(actor, action, subject string) store.AuditFilter {
	return store.AuditFilter{Actor: actor, Action: action, Subject: subject}
}
