package store

import "syscall"

// networkDisks are file systems whose locks SQLite cannot trust, by the number statfs gives.
var networkDisks = map[int64]string{
	0x6969: "NFS", 0xff534d42: "SMB", 0xfe534d42: "SMB", 0x517b: "SMB", 0x01021997: "9P", 0x00c36400: "Ceph",
	0x5346414f: "AFS", 0x0bd00bd0: "Lustre", 0x47504653: "GPFS", 0x01161970: "GFS2", 0x7461636f: "OCFS2",
}

// networkDisk names the network file system a file lies on, "" for none.
func networkDisk(path string) string {
	var st syscall.Statfs_t
	if syscall.Statfs(path, &st) != nil {
		return ""
	}
	return networkDisks[int64(st.Type)&0xffffffff] //nolint:unconvert // its type differs by processor
}
