package matching

import (
	"strings"

	"partnerscreen/screening"
)

// sameWebsite is the score an equal website is enough for by itself: less
// than an identifier, since a parent's site serves its parts.
const sameWebsite = 0.93

// sharedHosts serve many parties; the same one there says nothing.
var sharedHosts = map[string]bool{
	"facebook.com": true, "linkedin.com": true, "twitter.com": true, "x.com": true, "instagram.com": true, "youtube.com": true,
	"wikipedia.org": true, "github.com": true, "github.io": true, "wordpress.com": true, "blogspot.com": true, "wixsite.com": true,
	"google.com": true, "sites.google.com": true, "weebly.com": true, "t.me": true, "vk.com": true, "alibaba.com": true,
	"made-in-china.com": true, "orcid.org": true, "researchgate.net": true, "gov.uk": true, "europa.eu": true, "gmail.com": true,
	"yahoo.com": true, "hotmail.com": true, "outlook.com": true, "mail.ru": true, "qq.com": true, "163.com": true, "126.com": true,
}

// host is the name of a website's server without "www." and the like, or ""
// for none and for those many parties share.
func host(site string) string {
	site = strings.ToLower(strings.TrimSpace(site))
	if _, after, ok := strings.Cut(site, "://"); ok {
		site = after
	}
	if at := strings.LastIndexByte(site, '@'); at >= 0 {
		site = site[at+1:]
	}
	if end := strings.IndexAny(site, "/?#: "); end >= 0 {
		site = site[:end]
	}
	site = strings.Trim(site, ".")
	for _, prefix := range []string{"www.", "www2.", "web.", "en.", "m.", "eng.", "english."} {
		if rest := strings.TrimPrefix(site, prefix); strings.Contains(rest, ".") {
			site = rest
		}
	}
	if !strings.Contains(site, ".") || sharedHosts[site] {
		return ""
	}
	return site
}

// hosts are the websites of an entity, from wherever the list gives them.
func hosts(e *screening.Entity) []string {
	var out []string
	for _, w := range e.Websites {
		if h := host(w); h != "" {
			out = append(out, h)
		}
	}
	for _, id := range e.Identifiers {
		if id.Kind == "domain" {
			if h := host(id.Value); h != "" {
				out = append(out, h)
			}
		}
	}
	return out
}

var websiteFeature = Feature{
	Name: "website",
	Doc:  "The party's website beside the listed ones: the same server is nearly as good as an identifier, another one says nothing.",
	Lift: func(p *screening.Party) float64 { return liftIf(p.Website != "", sameWebsite) },
	Score: func(c *Comparison) []screening.Evidence {
		ours := host(c.Party.Website)
		if ours == "" {
			return nil
		}
		for _, theirs := range hosts(c.Entity) {
			if ours == theirs {
				return []screening.Evidence{{
					Direction: screening.For, Score: max(0, sameWebsite-c.Score), Query: c.Party.Website, Candidate: theirs,
					Detail: "the same website",
				}}
			}
		}
		return nil
	},
}
