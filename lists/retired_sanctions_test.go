package lists

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partnerscreen/screening"
)

// The list OFSI closed still lies in many folders and downloads fine: it must
// be refused, by its own names and under the name of the list that replaced it.
func TestRetiredUKList(t *testing.T) {
	const old = "Last Updated,13/04/2018,,,\r\nName 6,Name 1,Title,Group Type,Alias Type,Regime,Group ID\r\nMARMOT,Sea,,Entity,AKA,Nowhere,99001\r\n"
	for _, name := range []string{"ConList.csv", "sanctionsconlist.csv", "UK-Sanctions-List.csv"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			folder := filepath.Join(dir, "gb_fcdo_sanctions")
			if err := os.Mkdir(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name), []byte(old), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := FromDir(&ukSanctions, dir)
			if err == nil {
				_, err = parseUKCSV(Dir(folder), func(*screening.Entity) { t.Error("a party of the old list was emitted") })
			}
			if !errors.Is(err, ErrRetired) || !strings.Contains(err.Error(), "28 January 2026") || !strings.Contains(err.Error(), "UK-Sanctions-List.csv") {
				t.Errorf("got %v, want ErrRetired with its date and what to use instead", err)
			}
		})
	}
}

func TestRetiredEUFile(t *testing.T) {
	dir := t.TempDir()
	old := "Entity_id;Entity_legal_basis;Naal_id;Naal_wholename\n1;x;2;SEA MARMOT\n"
	if err := os.WriteFile(filepath.Join(dir, "csvFullSanctionsList_1_1.csv"), []byte(old), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := parseEUCSV(Dir(dir), func(*screening.Entity) {})
	if !errors.Is(err, ErrRetired) || !strings.Contains(err.Error(), "version 1.0") {
		t.Errorf("got %v, want ErrRetired that names the version", err)
	}
}
