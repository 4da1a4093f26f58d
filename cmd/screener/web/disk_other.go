//go:build !unix

package web

func freeBytes(string) int64 { return -1 }
