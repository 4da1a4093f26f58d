//go:build !linux

package store

func networkDisk(string) string { return "" }
