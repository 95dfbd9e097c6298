#include "serve/token.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace normlab {
namespace {

constexpr std::size_t kTokenBytes = 16;

// Every character is looked at, whatever the first ones were.
bool IsSameSecret(std::string_view given, std::string_view secret) {
  if (given.size() != secret.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (given[i] ^ secret[i]));
  }
  return difference == 0;
}

}  // namespace

std::string NewToken() {
  std::array<unsigned char, kTokenBytes> bytes{};
  if (getentropy(bytes.data(), bytes.size()) != 0) {
    throw RunError(
        fmt::format("serve: the system gives no random bytes for a token ({}); serve "
                    "without --host, and reach the page by ssh -L",
                    std::strerror(errno)));
  }
  std::string token;
  for (const unsigned char byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

std::optional<std::string> PathBehindToken(std::string_view path, std::string_view token) {
  if (!path.starts_with('/')) return std::nullopt;
  const std::size_t end = std::min(path.find('/', 1), path.size());
  if (!IsSameSecret(path.substr(1, end - 1), token)) return std::nullopt;
  return std::string(path.substr(end));
}

}  // namespace normlab
