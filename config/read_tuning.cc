#include "config/read_tuning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/toml_kind.h"

namespace normlab {
namespace {

constexpr int kMostTrials = 10000, kMostEpochs = 100000;

// What a trial must share with all others, or what is compared would not be comparable.
constexpr std::string_view kNeverTuned[] = {"norm",   "dataset",   "validation", "seed",
                                            "epochs", "max_steps", "shuffle"};

class Reader {
 public:
  Reader(std::string recipe, const MakeSettingOf& make_setting)
      : recipe_(std::move(recipe)), make_setting_(make_setting) {}

  Tuning Read(const toml::table& table) {
    CheckNames(table, {"trials", "search", "keep", "rungs", "keys"}, "tune.");
    Tuning tuning;
    tuning.origin = Origin(table);
    tuning.trials = static_cast<int>(Number(table, "trials", 1, kMostTrials, true));
    if (const toml::node* search = table.get("search")) {
      tuning.search = search->value_or(std::string());
      if (tuning.search != "random" && tuning.search != "halving") {
        Fail(*search, "tune.search", "\"random\" or \"halving\"");
      }
    }
    const bool halving = tuning.search == "halving";
    for (const char* name : {"keep", "rungs"}) {
      if (const toml::node* node = table.get(name); node != nullptr && !halving) {
        Fail(*node, fmt::format("tune.{}", name), "it beside search = \"halving\" alone");
      }
    }
    if (table.contains("keep")) tuning.keep = Number(table, "keep", 0.01, 0.99, false);
    if (const toml::node* rungs = table.get("rungs")) tuning.rungs = Rungs(*rungs);
    ReadKeys(table, tuning);
    return tuning;
  }

 private:
  std::string Origin(const toml::node& node) const {
    return fmt::format("recipe {}, line {}", recipe_, node.source().begin.line);
  }

  [[noreturn]] void Fail(const toml::node& node, const std::string& what,
                         const std::string& expected) const {
    throw UsageError(
        fmt::format("{}: {}: expected {}, found {}", Origin(node), what, expected, TomlKind(node)));
  }

  void CheckNames(const toml::table& table, const std::vector<std::string>& names,
                  const std::string& prefix) const {
    for (const auto& [name, node] : table) {
      const std::string given(name.str());
      if (std::ranges::find(names, given) != names.end()) continue;
      throw UsageError(fmt::format("{}: unknown entry {}{}: expected one of {}{}", Origin(node),
                                   prefix, Printable(given), Join(names),
                                   NearestWords(given, names)));
    }
  }

  double Number(const toml::table& table, const char* name, double low, double high,
                bool whole) const {
    const toml::node* node = table.get(name);
    const std::string expected =
        fmt::format("a {}number from {} to {}", whole ? "whole " : "", low, high);
    if (node == nullptr) {
      throw UsageError(
          fmt::format("{}: tune.{}: expected {}, found none", Origin(table), name, expected));
    }
    const auto value = whole && !node->is_integer() ? std::nullopt : node->value<double>();
    if (!value || !(*value >= low && *value <= high)) {
      throw UsageError(
          fmt::format("{}: tune.{}: expected {}, found {}", Origin(*node), name, expected,
                      value ? fmt::format("{}", *value) : std::string(TomlKind(*node))));
    }
    return *value;
  }

  std::vector<int> Rungs(const toml::node& node) const {
    std::vector<int> rungs;
    const char* expected = "epochs as whole numbers, each after the one before, such as [3, 9]";
    if (!node.is_array() || node.as_array()->empty()) Fail(node, "tune.rungs", expected);
    for (const toml::node& each : *node.as_array()) {
      const auto epoch = each.is_integer() ? each.value<std::int64_t>() : std::nullopt;
      const int least = rungs.empty() ? 1 : rungs.back() + 1;
      if (!epoch || *epoch < least || *epoch > kMostEpochs) Fail(each, "tune.rungs", expected);
      rungs.push_back(static_cast<int>(*epoch));
    }
    return rungs;
  }

  void ReadKeys(const toml::table& table, Tuning& tuning) const {
    const toml::node* keys = table.get("keys");
    if (keys == nullptr || !keys->is_table() || keys->as_table()->empty()) {
      throw UsageError(
          fmt::format("{}: tune.keys: expected a table of keys and their ranges, such as "
                      "lr = {{ low = 0.01, high = 1, scale = \"log\" }}",
                      Origin(keys == nullptr ? table : *keys)));
    }
    AddKeys("", *keys->as_table(), tuning);
    std::ranges::stable_sort(tuning.keys, {}, &TunedKey::key);
  }

  // Arguments stand under their key as TOML has it, "schedule.warmup" = ... or schedule.warmup =
  // ...
  void AddKeys(const std::string& prefix, const toml::table& table, Tuning& tuning) const {
    for (const auto& [name, node] : table) {
      const std::string key = prefix + std::string(name.str());
      const bool is_range = node.is_table() && node.as_table()->contains("low");
      if (node.is_table() && !is_range && prefix.empty() && FindChoiceKey(key) != nullptr) {
        AddKeys(key + ".", *node.as_table(), tuning);
      } else {
        tuning.keys.push_back(ReadKey(key, node));
      }
    }
  }

  TunedKey ReadKey(const std::string& key, const toml::node& node) const {
    const Key& known = FindKey(KeyName(key), Origin(node));
    if (known.scope != KeyScope::kArm ||
        std::ranges::find(kNeverTuned, key) != std::end(kNeverTuned)) {
      throw UsageError(
          fmt::format("{}: tune.keys: {} is the same for all trials, or they could not be compared",
                      Origin(node), key));
    }
    TunedKey tuned;
    tuned.key = key;
    tuned.origin = Origin(node);
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& each : *list) Take(make_setting_(key, each, Origin(each)), tuned);
      if (list->empty()) Fail(node, "tune.keys." + key, "at least one value");
    } else if (node.is_table()) {
      ReadRange(*node.as_table(), tuned);
    } else {
      Fail(node, "tune.keys." + key, "a list of values, or { low = ..., high = ... }");
    }
    return tuned;
  }

  static void Take(Setting setting, TunedKey& tuned) {
    Settings settings;
    ApplySetting(setting, settings);  // refused here, where the line is known
    tuned.values.push_back(std::move(setting));
  }

  void ReadRange(const toml::table& table, TunedKey& tuned) const {
    const std::string what = "tune.keys." + tuned.key + ".";
    CheckNames(table, {"low", "high", "scale"}, what);
    tuned.whole = true;
    for (const auto& [name, bound] : {std::pair("low", &tuned.low), {"high", &tuned.high}}) {
      const toml::node* node = table.get(name);
      if (node == nullptr || !node->is_number()) {
        Fail(node == nullptr ? table : *node, what + name, "a number");
      }
      *bound = *node->value<double>();
      const Setting setting = make_setting_(tuned.key, *node, Origin(*node));
      tuned.whole = tuned.whole && setting.kind == ValueKind::kInteger;
      Settings settings;
      ApplySetting(setting, settings);
    }
    const std::string scale = table["scale"].value_or(std::string("linear"));
    if (scale != "linear" && scale != "log") {
      Fail(*table.get("scale"), what + "scale", "\"linear\" or \"log\"");
    }
    tuned.logarithmic = scale == "log";
    tuned.whole = tuned.whole && !tuned.logarithmic && TakesWholeNumbers(tuned.key);
    const bool fits = tuned.low < tuned.high && (!tuned.logarithmic || tuned.low > 0);
    if (fits && tuned.high - tuned.low <= 1e9) return;
    throw UsageError(fmt::format("{}: {}low = {}, high = {}: expected low below high{}",
                                 Origin(table), what, tuned.low, tuned.high,
                                 tuned.logarithmic ? ", both above 0 on a log scale" : ""));
  }

  // Not a real number that was written without its point.
  static bool TakesWholeNumbers(const std::string& key) {
    const Key* choice = key.find('.') == std::string::npos ? nullptr : FindChoiceKey(KeyName(key));
    if (choice == nullptr) return FindKey(key, "").kind == ValueKind::kInteger;
    const std::string allowed = ArgumentValues(*choice->family, key.substr(key.find('.') + 1), "");
    return allowed.starts_with("a whole number");
  }

  std::string recipe_;
  const MakeSettingOf& make_setting_;
};

}  // namespace

std::optional<Tuning> ReadTuning(const std::string& recipe, const toml::table& table,
                                 const MakeSettingOf& make_setting) {
  const toml::node* node = table.get("tune");
  if (node == nullptr) return std::nullopt;
  if (!node->is_table()) {
    throw UsageError(
        fmt::format("recipe {}, line {}: tune: expected a table, written as [tune], "
                    "found {}",
                    recipe, node->source().begin.line, TomlKind(*node)));
  }
  return Reader(recipe, make_setting).Read(*node->as_table());
}

}  // namespace normlab
