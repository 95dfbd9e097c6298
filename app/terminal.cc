#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string>

#include "app/standard_streams.h"

namespace normlab {
namespace {

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

// POSIX's order: the first of the three that is set and not empty decides.
bool LocaleIsUtf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string locale(Variable(name));
    if (locale.empty()) continue;
    std::transform(locale.begin(), locale.end(), locale.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

// 0: not known.
int NumberIn(const char* variable) {
  const std::string_view text = Variable(variable);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && number > 0 ? number : 0;
}

bool IsInteractive() {
  const std::string_view automatic = Variable("CI");
  const bool by_a_person = automatic.empty() || automatic == "false" || automatic == "0";
  return by_a_person && isatty(STDERR_FILENO) != 0 && Variable("TERM") != "dumb" &&
         Variable("JPY_PARENT_PID").empty();
}

winsize SizeOf(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size : winsize{};
}

}  // namespace

Terminal StandardError() {
  Terminal terminal;
  terminal.interactive = IsInteractive();
  terminal.utf8 = LocaleIsUtf8();
  terminal.columns = [] {
    const int columns = SizeOf(STDERR_FILENO).ws_col;
    return columns > 0 ? columns : NumberIn("COLUMNS");
  };
  terminal.rows = [] {
    const int rows = SizeOf(STDERR_FILENO).ws_row;
    return rows > 0 ? rows : NumberIn("LINES");
  };
  terminal.seconds = [] {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
  };
  terminal.write = WriteError;
  return terminal;
}

}  // namespace normlab
