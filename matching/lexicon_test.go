package matching

import (
	"strings"
	"testing"
)

func TestLexiconFilesExplainThemselves(t *testing.T) {
	files, err := lexiconFiles.ReadDir("lexicon")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := lexiconFiles.ReadFile("lexicon/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(b), "# ") {
			t.Errorf("lexicon/%s does not begin with a comment that says what it holds", f.Name())
		}
		for i, line := range strings.Split(string(b), "\n") {
			if strings.HasSuffix(line, "\t") || strings.Contains(line, ", ,") || strings.TrimRight(line, " ") != line {
				t.Errorf("lexicon/%s line %d has an empty word", f.Name(), i+1)
			}
		}
	}
}

func TestWordsOfSpellingHaveMeanings(t *testing.T) {
	b, err := lexiconFiles.ReadFile("lexicon/spelling.txt")
	if err != nil {
		t.Fatal(err)
	}
	v := lexicon()
	for line := range strings.SplitSeq(string(b), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, token := range tokenise(clean(line), nil, false) {
			if len(token.norm) >= leastMisspelt && !v.inPhrase[token.norm] && v.word(&token) == nil {
				t.Errorf("%s means nothing", token.raw)
			}
		}
	}
}

// A short stem would claim words that only begin like it.
func TestStemsAreLong(t *testing.T) {
	for stem := range lexicon().stems {
		if len(stem) < 4 && stem[0] < 0x80 {
			t.Errorf("%s* is too short to be told from other words", stem)
		}
	}
}

func TestWordsThatBeginLikeStemsAreNames(t *testing.T) {
	for _, in := range []string{"Portalix", "Uralmash", "Electrolux", "Indiabulls", "Medtronix", "Genoptix", "Romanov", "Podolskkabel", "Bankov"} {
		if w := Words(in); len(w) != 1 || w[0].Class != Distinctive {
			t.Errorf("%s is %s, want a name", in, show(w))
		}
	}
}

func TestScannersSlips(t *testing.T) {
	for in, want := range map[string]string{
		"lnstitute": "institute", "C0rporation": "corporation", "Univers1ty": "university", "Reseach": "research", "Tecnhology": "technology", "Enginneering": "engineering",
	} {
		if got := Words(in + " Orvex")[0].Key; got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func TestShortWordsOfTheField(t *testing.T) {
	for word := range strings.FieldsSeq("oil gas law art car bank fund food farm fish port ship coal mine iron steel film park club army navy fire tea rail land water") {
		if w := Words(word); len(w) != 1 || w[0].Class != Generic {
			t.Errorf("%s is %s, want a generic word", word, show(w))
		}
	}
}
