#include "app/text_width.h"

#include <locale.h>
#include <wchar.h>

namespace normlab {
namespace {

// The C library's tables, whatever the user's locale is. Of this thread, while it lives.
class Utf8Locale {
 public:
  Utf8Locale() : before_(uselocale(Locale())) {}
  ~Utf8Locale() { uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  static locale_t Locale() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;  // none: uselocale changes nothing, and every byte beyond ASCII takes a column
  }
  locale_t before_;
};

struct Character {
  std::size_t bytes;
  int columns;
};

// A byte that is no UTF-8 takes a column, as where a terminal draws its mark for one.
Character First(std::string_view text) {
  mbstate_t state{};
  wchar_t character = 0;
  const std::size_t bytes = mbrtowc(&character, text.data(), text.size(), &state);
  if (bytes == 0 || bytes > text.size()) return {1, 1};
  const int columns = wcwidth(character);
  return {bytes, columns < 0 ? 1 : columns};
}

// Where the columns are used up.
std::size_t EndWithin(std::string_view text, int columns, int* used) {
  const Utf8Locale utf8;
  std::size_t at = 0;
  *used = 0;
  while (at < text.size()) {
    const Character next = First(text.substr(at));
    if (next.columns > columns - *used) break;
    *used += next.columns;
    at += next.bytes;
  }
  return at;
}

}  // namespace

int ColumnsOf(std::string_view utf8) {
  int used = 0;
  EndWithin(utf8, static_cast<int>(2 * utf8.size()), &used);
  return used;
}

std::string CutToColumns(std::string_view utf8, int columns) {
  int used = 0;
  return std::string(utf8.substr(0, EndWithin(utf8, columns, &used)));
}

}  // namespace normlab
