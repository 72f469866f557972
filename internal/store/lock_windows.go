package store

import (
	"errors"
	"fmt"
	"syscall"
)

// fileLock is held until the process ends, however it ends.
type fileLock struct{ handle syscall.Handle }

// sharingViolation is Windows' ERROR_SHARING_VIOLATION.
const sharingViolation syscall.Errno = 32

// lockFile opens the file without sharing it, which Windows enforces.
func lockFile(path string) (*fileLock, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		err = ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &fileLock{handle: handle}, nil
}

func (l *fileLock) release() error { return syscall.CloseHandle(l.handle) }
