package routes

import (
	"io/fs"
	"net/http"
)

// staticOnly serves files and no listings of folders.
type staticOnly struct{ files http.FileSystem }

// Open opens a file; a folder is not there.
func (s staticOnly) Open(name string) (http.File, error) {
	file, err := s.files.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
