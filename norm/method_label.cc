#include "norm/method_label.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"

namespace normlab {
namespace {

std::string HashOf(std::string_view text) { return Sha256(text).substr(0, 8); }

}  // namespace

std::string OwnMethodName(const equation::Method& method, const std::vector<std::string>& shipped) {
  if (method.title.empty()) return UnreadableMethodName(method.text);
  const bool taken = std::ranges::find(shipped, Lowered(method.title)) != shipped.end();
  return taken ? WithHash(method.title, method.text) : method.title;
}

std::string UnreadableMethodName(std::string_view text) { return "own-" + HashOf(text); }

std::string WithHash(const std::string& label, std::string_view text) {
  const std::string hash = HashOf(text);
  return label.ends_with(hash) ? label : label + "-" + hash;
}

}  // namespace normlab
