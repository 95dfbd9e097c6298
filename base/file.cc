#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <vector>

#include "base/descriptor.h"
#include "base/disk.h"
#include "base/error.h"
#include "base/printable.h"
#include "base/regular_file.h"
#include "base/system_advice.h"

namespace normlab {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;

[[noreturn]] void Fail(const std::string& doing, const std::string& path) {
  throw RunError(fmt::format("cannot {} {}: {}", doing, path, SystemReason(errno)));
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
  if (descriptor.get() >= 0) Flush(descriptor.get());
}

namespace {

// What an earlier process has left there, or another program has put there (a link, a FIFO that
// nobody reads), is not written into. Where two processes write one file, the other one's may come
// in between.
Descriptor MakeAnew(const std::string& path) {
  constexpr int kTries = 10;
  for (int i = 0;; ++i) {
    unlink(path.c_str());
    Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file.get() >= 0) return file;
    if (errno != EEXIST || i == kTries) Fail("write", path);
  }
}

void WriteAndRename(const std::string& beside, const std::string& path, std::string_view bytes) {
  Descriptor file = MakeAnew(beside);
  WriteAll(file.get(), bytes, beside);
  if (Flush(file.get()) != 0) Fail("flush", beside);
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
  return RegularFile(path).Read(std::numeric_limits<std::uint64_t>::max());
}

namespace {

// Names of what this process has open; opened again they give the same pipe.
bool IsOpenAlready(const std::string& path) {
  return path == "/dev/stdin" || path.starts_with("/dev/fd/") ||
         (path.starts_with("/proc/") && path.find("/fd/") != std::string::npos);
}

std::string ReadStream(const std::string& path, std::size_t most) {
  std::ifstream stream(path, std::ios::binary);
  std::string bytes;
  std::vector<char> chunk(kChunk);
  while (stream && bytes.size() <= most) {
    stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    bytes.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
  }
  return bytes;
}

}  // namespace

std::string ReadNamedFile(const std::string& path, std::size_t most) {
  const std::string what = NotRegularAt(path);
  const bool stream = IsOpenAlready(path) && !what.empty() && what != "a folder";
  const std::string bytes =
      stream ? ReadStream(path, most) : RegularFile(path).Read(std::uint64_t{most} + 1);
  if (bytes.size() > most) {
    throw DataError(fmt::format(
        "cannot read {}: it is larger than {} MiB, the most that is read of such a file",
        Printable(path, 4096), most >> 20));
  }
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
