#include "fetch/by_hand.h"

#include <fmt/format.h>

#include "base/text.h"

namespace normlab {
namespace {

std::string ShellWord(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

// curl takes these for lists and ranges.
std::string CurlAddress(const std::string& address) {
  std::string escaped;
  for (const char c : address) {
    if (c == '{' || c == '}' || c == '[' || c == ']') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string CommandByHand(const std::string& folder, const std::string& address,
                          const std::vector<std::string>& names) {
  const std::string files = names.size() == 1 ? names[0] : fmt::format("{{{}}}", Join(names, ","));
  return fmt::format("mkdir -p {0} && cd {0} && curl -fL -O {1}", ShellWord(folder),
                     ShellWord(CurlAddress(address) + files));
}

}  // namespace normlab
