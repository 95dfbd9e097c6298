// Files that are whole or not there.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

// Written beside its name, flushed to disk and renamed: after a kill at any instant the file is the
// old one or the new one. Throws RunError naming the path and the system's reason; then the old one
// is there as it was, and nothing beside it.
void WriteFile(const std::string& path, std::string_view bytes);

// A rename is on disk only when the folder that holds it is. Says nothing of failures.
void FlushFolder(const std::string& path_of_the_file);

// Of a regular file; a FIFO, a socket, a device or a folder in its place is refused at once,
// without waiting for whoever might write into it. Throws DataError naming the path and the reason.
std::string ReadFile(const std::string& path);

// Of a file that a user names where one text is read from the beginning to the end: what is open
// already may also be a pipe or a terminal (/dev/stdin, /dev/fd/N, a shell's <(...)). Throws as
// ReadFile does, and where it is larger than `most` bytes.
std::string ReadNamedFile(const std::string& path, std::size_t most);

// 64 lower-case hexadecimal digits (FIPS 180-4, by OpenSSL).
std::string Sha256(std::string_view bytes);

}  // namespace normlab
