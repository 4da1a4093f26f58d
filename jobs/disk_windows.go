package jobs

import (
	"syscall"
	"unsafe"
)

var diskFreeSpace = syscall.NewLazyDLL("kernel32.dll").NewProc("GetDiskFreeSpaceExW")

// FreeBytes is how much room is left where a folder is; -1 where that cannot be said.
func FreeBytes(dir string) int64 {
	path, err := syscall.UTF16PtrFromString(dir)
	if dir == "" || err != nil {
		return -1
	}
	var free int64
	if ok, _, _ := diskFreeSpace.Call(uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&free)), 0, 0); ok == 0 {
		return -1
	}
	return free
}
