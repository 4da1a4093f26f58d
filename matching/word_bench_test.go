package matching

import "testing"

// Run with: go test ./matching -run XXX -bench 'Words|Lexicon' -benchmem

var benchNames = map[string]string{
	"latin":   "Harbin Jiancheng Precision Instrument Trading Co., Ltd.",
	"russian": "Акционерное общество «Научно-исследовательский институт точных приборов»",
	"chinese": "北京星河微电子科技有限公司",
	"persian": "شرکت صنایع دریایی البرز",
	"korean":  "한국해양과학기술원",
}

func BenchmarkWords(b *testing.B) {
	Words("warm") // the tables are built by the first call
	for name, text := range benchNames {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Words(text)
			}
		})
	}
}

func BenchmarkLexicon(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		readLexicon()
	}
}
