#include "base/html.h"

#include <algorithm>

#include "base/file.h"

namespace normlab {
namespace {

struct Replacement {
  std::string_view from, to;
};

std::string Replaced(std::string_view text, const std::vector<Replacement>& replacements) {
  std::string replaced;
  replaced.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto found = std::ranges::find_if(replacements, [&](const Replacement& each) {
      return text.substr(at).starts_with(each.from);
    });
    if (found == replacements.end()) {
      replaced += text[at++];
    } else {
      replaced += found->to;
      at += found->from.size();
    }
  }
  return replaced;
}

}  // namespace

std::string HtmlText(std::string_view text) {
  return Replaced(text,
                  {{"<", "&lt;"}, {">", "&gt;"}, {"&", "&amp;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string ScriptSafe(std::string_view json) {
  return Replaced(json, {{"<", "\\u003c"},
                         {">", "\\u003e"},
                         {"&", "\\u0026"},
                         {"\xe2\x80\xa8", "\\u2028"},
                         {"\xe2\x80\xa9", "\\u2029"}});
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned word = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k > bytes.size() ? '=' : kDigits[word >> (18 - 6 * k) & 63];
    }
  }
  return text;
}

std::string PolicyHash(std::string_view text) {
  const std::string digest = Sha256(text);
  std::string bytes;
  for (std::size_t i = 0; i < digest.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digest.substr(i, 2), nullptr, 16));
  }
  return "'sha256-" + Base64(bytes) + "'";
}

std::string Filled(std::string_view html, const std::vector<Slot>& slots) {
  std::vector<Replacement> replacements;
  for (const Slot& slot : slots) replacements.push_back({slot.name, slot.text});
  return Replaced(html, replacements);
}

}  // namespace normlab
