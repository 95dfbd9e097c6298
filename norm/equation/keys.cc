#include "norm/equation/keys.h"

namespace normlab::equation {
namespace {

struct KeyWords {
  Key key;
  std::string_view name;
  Domain domain;
};
constexpr KeyWords kKeys[] = {{Key::kEps, "eps", Domain::kMap},
                              {Key::kMomentum, "momentum", Domain::kMap},
                              {Key::kGroups, "groups", Domain::kMap},
                              {Key::kGhost, "ghost", Domain::kMap},
                              {Key::kFanIn, "fan_in", Domain::kFilter}};

}  // namespace

const Key* FindKey(std::string_view name, Domain domain) {
  for (const KeyWords& words : kKeys) {
    if (words.name == name && words.domain == domain) return &words.key;
  }
  return nullptr;
}

std::string_view KeyName(Key key) {
  for (const KeyWords& words : kKeys) {
    if (words.key == key) return words.name;
  }
  return "";
}

std::vector<std::string> KeyNames(Domain domain) {
  std::vector<std::string> names;
  for (const KeyWords& words : kKeys) {
    if (words.domain == domain) names.emplace_back(words.name);
  }
  return names;
}

}  // namespace normlab::equation
