// The forms in which an editor may leave a text, to try every reader of text with.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace normlab {

struct TextForm {
  std::string name;
  std::function<std::string(const std::string& text)> of;  // `text` is UTF-8 with '\n'
  std::string found;                                       // in the refusal
};

inline std::string WithLineEnds(const std::string& text, const std::string& end) {
  std::string changed;
  for (const char c : text) changed += c == '\n' ? end : std::string(1, c);
  return changed;
}

// ASCII as characters of `width` bytes, the lowest byte first or last.
inline std::string Widened(const std::string& text, std::size_t width, bool low_first) {
  std::string bytes;
  for (const char c : text) {
    std::string character(width, '\0');
    character[low_first ? 0 : width - 1] = c;
    bytes += character;
  }
  return bytes;
}

inline std::vector<TextForm> HarmlessForms() {
  const std::string mark = "\xef\xbb\xbf";
  return {{"plain", [](const std::string& text) { return text; }, ""},
          {"byte-order mark", [=](const std::string& text) { return mark + text; }, ""},
          {"CR LF", [](const std::string& text) { return WithLineEnds(text, "\r\n"); }, ""},
          {"CR", [](const std::string& text) { return WithLineEnds(text, "\r"); }, ""},
          {"byte-order mark and CR LF",
           [=](const std::string& text) { return mark + WithLineEnds(text, "\r\n"); }, ""}};
}

// Of ASCII texts of at least four characters.
inline std::vector<TextForm> RefusedForms() {
  std::vector<TextForm> forms;
  for (const std::size_t width : {std::size_t{2}, std::size_t{4}}) {
    for (const bool low_first : {true, false}) {
      const std::string found =
          "UTF-" + std::to_string(8 * width) + (low_first ? ", little-endian" : ", big-endian");
      std::string mark(width, '\0');
      mark[low_first ? 0 : width - 1] = '\xff';
      mark[low_first ? 1 : width - 2] = '\xfe';
      forms.push_back(
          {found + " with its mark",
           [=](const std::string& text) { return mark + Widened(text, width, low_first); },
           found + ", by its byte-order mark at byte 0"});
      forms.push_back({found + " without a mark",
                       [=](const std::string& text) { return Widened(text, width, low_first); },
                       found + ", by its bytes 0"});
    }
  }
  forms.push_back({"a byte 0",
                   [](const std::string& text) {
                     return text.substr(0, 3) + std::string(1, '\0') + text.substr(3);
                   },
                   "a byte 0 at byte 3"});
  forms.push_back({"no UTF-8", [](const std::string& text) { return text + "\xe9\n"; }, "0xe9"});
  return forms;
}

}  // namespace normlab
