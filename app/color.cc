#include "app/color.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace normlab {
namespace {

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool Forced(const char* name) { return !Variable(name).empty() && Variable(name) != "0"; }

}  // namespace

bool ColorsOnStandardOutput(const std::string& when) {
  if (when != "auto") return when == "always";
  if (!Variable("NO_COLOR").empty()) return false;
  if (Forced("CLICOLOR_FORCE") || Forced("FORCE_COLOR")) return true;
  return isatty(STDOUT_FILENO) != 0 && Variable("TERM") != "dumb";
}

}  // namespace normlab
