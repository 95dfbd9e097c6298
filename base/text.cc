#include "base/text.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace normlab {
namespace {

// Letters put in, left out or exchanged, and neighbours that changed places (optimal string
// alignment).
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t exchanged = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({exchanged, rows[i - 1][j] + 1, rows[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows.back().back();
}

// A slip of the hand, or a beginning.
bool IsNear(std::string_view name, std::string_view candidate) {
  constexpr std::size_t kShortestBeginning = 3;
  const std::size_t longer = std::max(name.size(), candidate.size());
  return EditDistance(name, candidate) <= std::max<std::size_t>(1, longer / 3) ||
         (name.size() >= kShortestBeginning && candidate.starts_with(name));
}

}  // namespace

std::string NearestWords(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongestName = 64;
  if (name.size() > kLongestName) return "";
  const auto nearest = std::ranges::min_element(candidates, {}, [&](const std::string& candidate) {
    return std::pair(!IsNear(name, candidate), EditDistance(name, candidate));
  });
  const bool none = nearest == candidates.end() || !IsNear(name, *nearest);
  return none ? std::string() : "; the nearest is '" + *nearest + "'";
}

std::string Join(const std::vector<std::string>& words, std::string_view separator) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lowered;
}

std::string WithCommas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, ",");
  return digits;
}

std::vector<std::string> SplitWords(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace normlab
