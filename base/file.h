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

// Throws DataError naming the path and the system's reason.
std::string ReadFile(const std::string& path);

// 64 lower-case hexadecimal digits (FIPS 180-4, by OpenSSL).
std::string Sha256(std::string_view bytes);

}  // namespace normlab
