#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/descriptor.h"
#include "base/error.h"

namespace normlab {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;
// What a file system says of a size may be wrong, or another one by now.
constexpr std::uintmax_t kMostReserved = std::uintmax_t{1} << 30;

[[noreturn]] void Fail(const std::string& doing, const std::string& path) {
  throw RunError(fmt::format("cannot {} {}: {}", doing, path, std::strerror(errno)));
}

void WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) Fail("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void FlushFolder(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder.push_back('.');
  Descriptor descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY));
  if (descriptor.get() >= 0) fsync(descriptor.get());
}

namespace {

void WriteAndRename(const std::string& beside, const std::string& path, std::string_view bytes) {
  Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.get() < 0) Fail("write", beside);
  WriteAll(file.get(), bytes, beside);
  if (fsync(file.get()) != 0) Fail("flush", beside);
  if (file.Close() != 0) Fail("close", beside);
  if (rename(beside.c_str(), path.c_str()) != 0) Fail("rename " + beside + " to", path);
}

}  // namespace

void WriteFile(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".part";
  try {
    WriteAndRename(beside, path, bytes);
  } catch (const RunError&) {
    unlink(beside.c_str());  // on a disk that is full it only takes room
    throw;
  }
  FlushFolder(path);
}

std::string ReadFile(const std::string& path) {
  std::error_code status;
  if (std::filesystem::is_directory(path, status)) {
    throw DataError(fmt::format("cannot read {}: it is a folder", path));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw DataError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  std::string bytes;
  const std::uintmax_t size = std::filesystem::file_size(path, status);
  if (!status) bytes.reserve(std::min(size, kMostReserved));
  std::vector<char> chunk(kChunk);
  while (file) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    bytes.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw DataError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  return bytes;
}

std::string Sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
    throw RunError("SHA-256 is not available in this OpenSSL");
  }
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace normlab
