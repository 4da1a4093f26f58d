package jobs

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"partnerscreen/matching"
	"partnerscreen/screening"
)

// compareColumns are the columns Compare writes.
var compareColumns = []string{"name1", "name2", "score", "strength", "flagged", "evidence"}

// Compare scores pairs of names: CSV in with the columns name1 and name2 and,
// where known, country1, country2 and type (org or person); CSV out, one line
// a pair, in the same order, the names unchanged. It opens no database.
func Compare(ctx context.Context, policy *screening.Policy, in io.Reader, out io.Writer) error {
	r := csv.NewReader(skipBOM(in))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty; it needs a header with name1 and name2")
	}
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, h := range header {
		at[strings.ToLower(strings.TrimSpace(h))] = i
	}
	for _, need := range []string{"name1", "name2"} {
		if _, ok := at[need]; !ok {
			return fmt.Errorf("there is no column %s; the header has %s", need, strings.Join(header, ", "))
		}
	}
	w := csv.NewWriter(out)
	if err := w.Write(compareColumns); err != nil {
		return err
	}
	lines := func(yield func([]string, error) bool) {
		for {
			rec, err := r.Read()
			if errors.Is(err, io.EOF) || !yield(rec, err) || err != nil {
				return
			}
		}
	}
	for chunk, err := range inOrder(ctx, lines, func(rec []string) []string { return compareLine(policy, at, rec) }) {
		if err != nil {
			return err
		}
		if err := w.WriteAll(chunk); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func compareLine(policy *screening.Policy, at map[string]int, rec []string) []string {
	cell := func(name string) string {
		if i, ok := at[name]; ok && i < len(rec) {
			return rec[i]
		}
		return ""
	}
	a := screening.Party{Role: screening.RolePartner, Name: cell("name1")}
	b := screening.Party{Role: screening.RolePartner, Name: cell("name2")}
	if strings.EqualFold(strings.TrimSpace(cell("type")), "person") {
		a.Role, b.Role = screening.RolePerson, screening.RolePerson
	}
	a.Country, _ = screening.CountryCode(cell("country1"))
	b.Country, _ = screening.CountryCode(cell("country2"))
	c := matching.CompareEither(&a, &b, matching.Options{Policy: policy})
	var why []string
	for _, e := range c.Evidence {
		why = append(why, fmt.Sprintf("%s %+.4f %s: %s | %s", e.Direction, e.Score, e.Feature, e.Query, e.Candidate))
	}
	score := screening.Round(c.Score)
	return []string{
		cell("name1"), cell("name2"), strconv.FormatFloat(score, 'f', 4, 64), string(policy.Strength(score)),
		strconv.FormatBool(score >= screening.Round(policy.ReviewLine)), strings.Join(why, "; "),
	}
}

func skipBOM(in io.Reader) io.Reader {
	b := bufio.NewReader(in)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3)
	}
	return b
}
