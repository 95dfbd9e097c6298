#include "config/tuning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/philox.h"
#include "base/text.h"

namespace normlab {
namespace {

double Drawn(const TunedKey& key, RandomStream& stream) {
  if (key.whole) {
    const auto places = static_cast<std::uint32_t>(key.high - key.low) + 1;
    return key.low + stream.Below(places);
  }
  if (!key.logarithmic) return stream.Uniform(key.low, key.high);
  return std::exp(stream.Uniform(std::log(key.low), std::log(key.high)));
}

// Digits are cut, not the range: a rounded number may lie a little outside.
std::string NumberText(const TunedKey& key, double value) {
  if (key.whole) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}",
                     std::clamp(std::stod(fmt::format("{:.4g}", value)), key.low, key.high));
}

std::string ValueText(const Setting& setting) {
  return setting.kind == ValueKind::kWord ? QuoteTomlLines(setting.value) : setting.value;
}

std::string RangeText(const TunedKey& key) {
  if (!key.values.empty()) {
    std::vector<std::string> values;
    for (const Setting& value : key.values) values.push_back(ValueText(value));
    return "[" + Join(values) + "]";
  }
  return fmt::format("{{ low = {}, high = {}{} }}", key.low, key.high,
                     key.logarithmic ? ", scale = \"log\"" : "");
}

}  // namespace

std::vector<Setting> DrawTrial(const Tuning& tuning, std::uint64_t seed, int trial) {
  std::vector<Setting> settings;
  for (std::size_t i = 0; i < tuning.keys.size(); ++i) {
    const TunedKey& key = tuning.keys[i];
    RandomStream stream(seed, Purpose::kTrials, static_cast<std::uint32_t>(i),
                        static_cast<std::uint32_t>(trial));
    const std::string origin = fmt::format("[tune], trial {}", trial);
    if (key.values.empty()) {
      const ValueKind kind = key.whole ? ValueKind::kInteger : ValueKind::kReal;
      settings.push_back({key.key, NumberText(key, Drawn(key, stream)), origin, kind});
    } else {
      Setting value = key.values[stream.Below(static_cast<std::uint32_t>(key.values.size()))];
      value.origin = origin;
      settings.push_back(std::move(value));
    }
  }
  return settings;
}

std::vector<int> RungsOf(const Tuning& tuning, int epochs) {
  if (tuning.search == "random") return {epochs};
  std::vector<int> rungs = tuning.rungs;
  if (rungs.empty()) {
    for (const double part : {tuning.keep * tuning.keep, tuning.keep}) {
      rungs.push_back(std::max(1, static_cast<int>(std::ceil(part * epochs))));
    }
  }
  if (rungs.back() > epochs) {
    throw UsageError(fmt::format("{}: tune.rungs: {} lies behind the {} epochs of a training",
                                 tuning.origin, rungs.back(), epochs));
  }
  rungs.push_back(epochs);
  rungs.erase(std::unique(rungs.begin(), rungs.end()), rungs.end());
  return rungs;
}

int KeptOf(const Tuning& tuning, int trials) {
  return std::clamp(static_cast<int>(std::ceil(tuning.keep * trials - 1e-9)), 1, trials);
}

std::string TuningText(const Tuning& tuning) {
  std::string text =
      fmt::format("[tune]\ntrials = {}\nsearch = {}\n", tuning.trials, QuoteToml(tuning.search));
  if (tuning.search == "halving") {
    text += fmt::format("keep = {}\n", tuning.keep);
    if (!tuning.rungs.empty()) text += fmt::format("rungs = [{}]\n", fmt::join(tuning.rungs, ", "));
  }
  text += "\n[tune.keys]\n";
  for (const TunedKey& key : tuning.keys) {
    const bool dotted = key.key.find('.') != std::string::npos;
    text += fmt::format("{} = {}\n", dotted ? QuoteToml(key.key) : key.key, RangeText(key));
  }
  return text;
}

}  // namespace normlab
