#include "config/arm_names.h"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <set>

#include "base/escape.h"
#include "base/file.h"
#include "base/text.h"
#include "norm/filters/filter_method.h"
#include "norm/norm.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestValue = 40;  // a file name holds 255 bytes; several values must fit

std::string PrintKey(const Key& key, const Config& config) {
  return key.print(Settings{config, {}});
}

// The keys, besides norm and seed, that do not have one value in all arms.
std::vector<const Key*> VaryingKeys(const std::vector<Arm>& arms) {
  std::vector<const Key*> varying;
  for (const Key& key : Keys()) {
    if (key.scope != KeyScope::kArm || key.name == "norm" || key.name == "seed") continue;
    std::set<std::string> values;
    for (const Arm& arm : arms) values.insert(PrintKey(key, arm.config));
    if (values.size() > 1) varying.push_back(&key);
  }
  return varying;
}

std::string WithoutQuotes(const std::string& value) {
  return value.size() >= 2 && value.front() == '"' ? value.substr(1, value.size() - 2) : value;
}

// A user's method on the weights by its name, not by its text.
std::string ShownKey(const Key& key, const Config& config) {
  return key.name == "weights" ? DistinctFilterLabel(config.weights) : PrintKey(key, config);
}

std::string FolderValue(const std::string& value) {
  std::string text;
  for (const char c : WithoutQuotes(value)) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '+';
    if (plain) text += c;
    if (!plain && (text.empty() || text.back() != '_')) text += '_';
  }
  if (text.size() <= kLongestValue) return text;
  return fmt::format("{}-{}", text.substr(0, kLongestValue - 9), Sha256(value).substr(0, 8));
}

// Methods of one name, but for the case of letters, which some disks do not tell apart.
void NameNorms(std::vector<Arm>& arms) {
  std::map<std::string, std::set<std::string>> texts;  // by label
  for (Arm& arm : arms) {
    arm.norm = NormLabel(arm.config.norm);
    texts[Lowered(arm.norm)].insert(arm.config.norm);
  }
  for (Arm& arm : arms) {
    if (texts[Lowered(arm.norm)].size() > 1) arm.norm = DistinctNormLabel(arm.config.norm);
  }
}

// What is no letter, digit, '.' or '_' in a user's title is '-' in a folder.
std::string NormFolder(const Arm& arm) {
  return IsOwnNorm(arm.config.norm) ? FileStem(arm.norm) : arm.norm;
}

}  // namespace

void NameArms(std::vector<Arm>& arms) {
  NameNorms(arms);
  const std::vector<const Key*> varying = VaryingKeys(arms);
  std::set<std::string> taken;
  for (Arm& arm : arms) {
    arm.folder = NormFolder(arm);
    std::vector<std::string> settings;
    for (const Key* key : varying) {
      const std::string value = ShownKey(*key, arm.config);
      arm.folder += fmt::format("-{}_{}", key->name, FolderValue(value));
      settings.push_back(fmt::format("{} = {}", key->name, WithoutQuotes(value)));
    }
    // In brackets: figures write a value behind the label.
    arm.label = arm.norm;
    if (!settings.empty()) arm.label += fmt::format(" ({})", Join(settings));
    if (arm.folder.size() > 200) {
      arm.folder = fmt::format("{}-{}", NormFolder(arm), Sha256(arm.folder).substr(0, 16));
    }
    arm.folder += fmt::format("-seed{}", arm.config.seed);
    if (!taken.insert(arm.folder).second) {
      arm.folder = fmt::format("{}-{}", arm.folder, Sha256(HashText(arm.config)).substr(0, 8));
      taken.insert(arm.folder);
    }
  }
}

}  // namespace normlab
