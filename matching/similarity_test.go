package matching

import (
	"math"
	"testing"

	"github.com/adrg/strutil/metrics"
)

func TestSpelling(t *testing.T) {
	for _, test := range []struct {
		name     string
		a, b     string
		min, max float32
	}{
		{"the same", "vostrikov", "vostrikov", 1, 1},
		{"one letter of a long word", "aerospace", "aerospase", 0.9, 1},
		{"two letters exchanged", "optical", "optcial", 0.9, 1},
		{"a doubled letter", "cryogenics", "cryogennics", 0.95, 1},
		{"letters that sound alike", "vostrikov", "vostrikof", 0.9, 1},
		{"a figure that looks like a letter", "0ptics", "optics", 0.85, 1},
		{"a consonant of a short word", "maki", "mabi", 0.6, 0.75},
		{"a vowel of a short word", "maki", "maku", 0.8, 0.9},
		{"a word of three letters", "abc", "abd", 0, 0},
		{"three letters exchanged", "sok", "sko", 0.7, 0.85},
		{"two letters of a word of seven", "airbond", "airburg", 0, 0},
		{"another first letter costs more", "polaris", "solaris", 0.8, 0.88},
		{"other words", "ostankov", "belgarov", 0, 0},
		{"one inside the other", "star", "starlight", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := spelling(test.a, test.b, letters(test.a), letters(test.b))
			if got < test.min || got > test.max {
				t.Errorf("spelling(%q, %q) = %v, want %v to %v", test.a, test.b, got, test.min, test.max)
			}
			if back := spelling(test.b, test.a, letters(test.b), letters(test.a)); back != got {
				t.Errorf("spelling(%q, %q) = %v, but %v the other way round", test.a, test.b, got, back)
			}
		})
	}
}

// TestSimilarMeet checks what the vocabulary rests on: words that are similar
// at all share a key of their neighbourhoods, whichever is listed, and are not
// refused for their letters under it.
func TestSimilarMeet(t *testing.T) {
	n := newNames(11)
	var terms []term
	for i := range 1500 {
		for _, w := range Words(n.misspell(n.organisation())) {
			terms = append(terms, *newTerm(&w, false))
		}
		if i%10 == 0 {
			for _, w := range Words("جامعة تلمير Щербаков Завод 上海维利光学") {
				terms = append(terms, *newTerm(&w, false))
			}
		}
	}
	keys := func(t *term, listed bool) map[uint64]bool {
		m := map[uint64]bool{}
		t.neighbourhood(listed, func(h uint64, _ bool) { m[h] = true })
		return m
	}
	met := 0
	for i := 0; i < len(terms); i += 7 {
		asked := keys(&terms[i], false)
		for j := range terms {
			if terms[i].text == terms[j].text || similar(&terms[i], &terms[j]) == 0 {
				continue
			}
			met++
			shared := false
			terms[j].neighbourhood(true, func(h uint64, letters bool) {
				shared = shared || asked[h] && (!letters || mayBeSpelt(shapeOf(&terms[i]), shapeOf(&terms[j])))
			})
			if !shared {
				t.Fatalf("%q and %q are similar (%v) and share no key", terms[i].text, terms[j].text, similar(&terms[i], &terms[j]))
			}
		}
	}
	if met < 100 {
		t.Errorf("only %d pairs of similar words: the test shows nothing", met)
	}
}

// TestLibrary pins what the string library does, traps included, so that
// another version or another library shows here.
func TestLibrary(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want float64
	}{
		{"martha", "marhta", 0.9611},
		{"dixon", "dicksonx", 0.8133},
		{"ivan petrov", "petrov ivan", 0.6932}, // 0.52 by the textbook
		{"", "ivan", 0},                        // NaN without the guard
	} {
		if got := jaroWinkler(test.a, test.b); math.Abs(got-test.want) > 0.0005 {
			t.Errorf("jaroWinkler(%q, %q) = %.4f, want %.4f", test.a, test.b, got, test.want)
		}
	}
}

// BenchmarkSpelling compares the ways of comparing two words of ten letters;
// run it with go test ./matching -run '^$' -bench Spelling.
func BenchmarkSpelling(b *testing.B) {
	x, y := "vostrikova", "vostrikovo"
	xs, ys := letters(x), letters(y)
	far := "belgarovsk"
	fs := letters(far)
	b.Run("alike", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			spelling(x, y, xs, ys)
		}
	})
	b.Run("unlike", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			spelling(x, far, xs, fs)
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		jw := metrics.NewJaroWinkler()
		for b.Loop() {
			jw.Compare(x, y)
		}
	})
}
