#include "norm/equation/method_names.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

namespace normlab::equation {
namespace {

// One with a number behind it is that of a unit's further application.
bool Meet(std::string_view a, std::string_view b) {
  const std::string_view shorter = std::min(a, b), longer = std::max(a, b);
  if (!longer.starts_with(shorter)) return false;
  const std::string_view rest = longer.substr(shorter.size());
  return rest.empty() || (rest.size() > 1 && rest[0] == '_' &&
                          rest.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

}  // namespace

bool IsPlainName(std::string_view name) {
  const auto letter = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  return !name.empty() && name.size() <= kLongestState && std::ranges::all_of(name, letter) &&
         !std::isdigit(static_cast<unsigned char>(name[0]));
}

bool StandsInTitles(std::string_view character) {
  constexpr std::pair<std::string_view, std::string_view> kInvisible[] = {
      {"\u0080", "\u009f"}, {"\u00ad", "\u00ad"}, {"\u061c", "\u061c"}, {"\u180e", "\u180e"},
      {"\u200b", "\u200f"}, {"\u2028", "\u202e"}, {"\u2060", "\u206f"}, {"\ufeff", "\ufeff"}};
  if (character.size() == 1) {
    return std::isalnum(static_cast<unsigned char>(character[0])) ||
           std::string_view(" .,-+()_:/").find(character) != std::string_view::npos;
  }
  // Characters of UTF-8 are in the order of their bytes.
  return std::ranges::none_of(kInvisible, [&](const auto& range) {
    return range.first <= character && character <= range.second;
  });
}

std::optional<std::size_t> FindTakenState(const Method& method) {
  std::vector<std::string> taken = {"num_batches_tracked"};
  for (const Learned& learned : method.equation.learned) taken.push_back(learned.name);
  for (std::size_t i = 0; i < method.states.size(); ++i) {
    const std::string& state = method.states[i];
    if (state.empty()) continue;
    if (std::ranges::any_of(taken, [&](const auto& other) { return Meet(state, other); })) return i;
    taken.push_back(state);
  }
  return std::nullopt;
}

}  // namespace normlab::equation
