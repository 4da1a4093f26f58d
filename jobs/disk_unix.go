//go:build unix

package jobs

import "syscall"

// FreeBytes is how much room is left where a folder is; -1 where that cannot be said.
func FreeBytes(dir string) int64 {
	var st syscall.Statfs_t
	if dir == "" || syscall.Statfs(dir, &st) != nil {
		return -1
	}
	return int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // their types differ by system
}
