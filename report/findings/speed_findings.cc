#include "report/findings/speed_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "records/environment.h"
#include "report/findings/finding_words.h"
#include "report/summary/fair_clock.h"
#include "report/summary/finished_models.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

using Epochs = std::vector<const EpochRecord*>;

constexpr char kOtherClocks[] =
    "Which model is faster cannot be said of all of them: their epochs ran in different splits of "
    "the cores (threads, and trainings side by side), or it is not recorded in which. normlab "
    "bench "
    "measures normalizations one after the other under the same conditions.";

struct Speed {
  std::string label;
  std::vector<std::uint64_t> seeds;
  double seconds = 0, fastest = 0, slowest = 0;  // mean, and the seeds between which it lies
  double images_per_second = 0;
};

bool HasTimes(const ArmRecord& arm) {
  return !arm.metrics.empty() && std::ranges::all_of(arm.metrics, [](const EpochRecord& row) {
    return row.seconds > 0 && std::isfinite(row.seconds) && row.images_per_second > 0 &&
           std::isfinite(row.images_per_second);
  });
}

double Median(const Epochs& epochs, double EpochRecord::*field) {
  std::vector<double> values;
  for (const EpochRecord* row : epochs) values.push_back(row->*field);
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// One model in one split of the cores: the epochs of each seed that ran in it.
Speed SpeedOf(const std::string& label, const std::map<std::uint64_t, Epochs>& by_seed) {
  Speed speed{label, {}, 0, 0, 0, 0};
  std::vector<double> seconds;
  // The harmonic mean, which is what belongs to the mean of the times.
  double seconds_per_image = 0;
  for (const auto& [seed, epochs] : by_seed) {
    speed.seeds.push_back(seed);
    seconds.push_back(Median(epochs, &EpochRecord::seconds));
    seconds_per_image +=
        1 / Median(epochs, &EpochRecord::images_per_second) / static_cast<double>(by_seed.size());
  }
  speed.seconds = SummarizeSample(seconds).mean;
  speed.fastest = std::ranges::min(seconds);
  speed.slowest = std::ranges::max(seconds);
  speed.images_per_second = 1 / seconds_per_image;
  return speed;
}

using SpeedsOfSplits = std::map<EpochSplit, std::vector<Speed>>;

SpeedsOfSplits FastestFirst(const std::vector<FinishedModel>& models) {
  SpeedsOfSplits splits;
  for (const FinishedModel& model : models) {
    std::map<EpochSplit, std::map<std::uint64_t, Epochs>> by_split;
    for (const auto& [seed, arm] : model.by_seed) {
      for (auto& [split, epochs] : TimedEpochs(*arm)) by_split[split][seed] = std::move(epochs);
    }
    for (const auto& [split, by_seed] : by_split) {
      splits[split].push_back(SpeedOf(model.label, by_seed));
    }
  }
  for (auto& [split, speeds] : splits) std::ranges::stable_sort(speeds, {}, &Speed::seconds);
  return splits;
}

// Three digits: 0.0123, 1.23, 123.
std::string Seconds(double seconds) {
  const int digits = 2 - static_cast<int>(std::floor(std::log10(seconds)));
  return fmt::format("{:.{}f}", seconds, std::clamp(digits, 0, 6));
}

std::string SpeedWords(const Speed& speed, const Speed& fastest) {
  const std::string rate =
      speed.images_per_second < 1e15
          ? WithCommas(static_cast<std::uint64_t>(std::lround(speed.images_per_second)))
          : fmt::format("{:.3g}", speed.images_per_second);
  const std::string range =
      speed.seeds.size() < 2
          ? ""
          : fmt::format(" ({} to {})", Seconds(speed.fastest), Seconds(speed.slowest));
  return fmt::format("{} {} s{}, {} images a second ({}, n = {}){}", speed.label,
                     Seconds(speed.seconds), range, rate, SeedList(speed.seeds), speed.seeds.size(),
                     &speed == &fastest
                         ? ""
                         : fmt::format(", {:.2f} times as long", speed.seconds / fastest.seconds));
}

std::string WhichEpochs(const std::vector<FinishedModel>& models) {
  std::size_t fewest = SIZE_MAX, most = 0;
  for (const FinishedModel& model : models) {
    for (const auto& [seed, arm] : model.by_seed) {
      fewest = std::min(fewest, arm->metrics.size());
      most = std::max(most, arm->metrics.size());
    }
  }
  if (most == 1) return " (the only one)";
  return fewest == 1 ? ", median over the epochs after the first where there are others"
                     : ", median over the epochs after the first";
}

std::int64_t CountField(const Json& environment, const char* key) {
  return environment.contains(key) && environment[key].is_number_integer()
             ? environment[key].get<std::int64_t>()
             : 0;
}

std::string Several(std::int64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string SplitWords(const EpochSplit& split) {
  const std::string threads = Several(split.threads, "thread");
  return split.trainings == 1
             ? fmt::format("one training at a time on {}", threads)
             : fmt::format("{} trainings side by side on {} each", split.trainings, threads);
}

std::string MachineWords(const std::string& processor, std::int64_t cores,
                         const std::string& simd) {
  return fmt::format("{}{}{}", processor,
                     cores > 0 ? fmt::format(", {}", Several(cores, "core")) : "",
                     simd.empty() ? "" : fmt::format(", instruction set {}", simd));
}

std::string SpeedSentence(const std::string& conditions, const std::vector<Speed>& speeds,
                          const std::string& epochs) {
  std::vector<std::string> words;
  for (const Speed& speed : speeds) words.push_back(SpeedWords(speed, speeds.front()));
  return fmt::format("Training time of an epoch{}{}{}: {}.", epochs,
                     speeds.size() > 1 ? ", mean (range) over the seeds, fastest first" : "",
                     conditions, Join(words, "; "));
}

bool OneMachine(const SpeedsOfSplits& splits) {
  const EpochSplit& first = splits.begin()->first;
  return std::ranges::all_of(splits, [&](const auto& each) {
    return each.first.processor == first.processor && each.first.simd == first.simd;
  });
}

// Of a run whose folder says of each epoch in which split it ran.
std::vector<std::string> RecordedSpeeds(const RunRecord& run, const SpeedsOfSplits& splits,
                                        const std::string& epochs) {
  std::vector<std::string> sentences;
  const bool one_machine = OneMachine(splits);
  bool side_by_side = false;
  for (const auto& [split, speeds] : splits) {
    side_by_side |= split.trainings > 1;
    const std::string machine =
        one_machine ? "" : fmt::format(" of {}", MachineWords(split.processor, 0, split.simd));
    sentences.push_back(
        SpeedSentence(fmt::format(", {}{}", SplitWords(split), machine), speeds, epochs));
  }
  const EpochSplit& first = splits.begin()->first;
  if (one_machine && !first.processor.empty()) {
    const std::int64_t cores = CountField(EnvironmentOf(run), "cores");
    sentences.push_back(
        fmt::format("These times are of {}.", MachineWords(first.processor, cores, first.simd)));
  }
  if (side_by_side) {
    sentences.emplace_back(
        "Trainings side by side share caches and memory: their times are not comparable with those "
        "of a training that runs alone.");
  }
  return sentences;
}

// The only training of a run: nothing is compared.
std::vector<std::string> OneSpeed(const RunRecord& run, const FinishedModel& model,
                                  const std::string& epochs) {
  const ArmRecord& arm = *model.by_seed.begin()->second;
  Epochs counted;
  for (const EpochRecord& row : arm.metrics) counted.push_back(&row);
  if (counted.size() > 1) counted.erase(counted.begin());
  std::vector<std::string> sentences = {
      SpeedSentence("", {SpeedOf(model.label, {{arm.seed, counted}})}, epochs)};
  const Json environment = EnvironmentOf(run);
  const std::string processor = EnvironmentWord(environment, "processor");
  if (!processor.empty()) {
    sentences.push_back(fmt::format("These times are of {}.",
                                    MachineWords(processor, CountField(environment, "cores"),
                                                 EnvironmentWord(environment, "simd"))));
  }
  return sentences;
}

bool AllInOneSplit(const SpeedsOfSplits& splits, std::size_t models) {
  return std::ranges::any_of(splits,
                             [&](const auto& each) { return each.second.size() == models; });
}

}  // namespace

std::vector<std::string> SpeedFindings(const RunRecord& run) {
  std::vector<FinishedModel> models = FinishedModels(run);
  for (FinishedModel& model : models) {
    std::erase_if(model.by_seed, [](const auto& arm) { return !HasTimes(*arm.second); });
  }
  std::erase_if(models, [](const FinishedModel& model) { return model.by_seed.empty(); });
  if (models.empty()) return {};
  const SpeedsOfSplits splits = FastestFirst(models);
  const std::string epochs = WhichEpochs(models);
  std::vector<std::string> sentences;
  if (!splits.empty()) {
    sentences = RecordedSpeeds(run, splits, epochs);
  } else if (models.size() == 1 && models.front().by_seed.size() == 1) {
    sentences = OneSpeed(run, models.front(), epochs);
  }
  if (sentences.empty() || (models.size() > 1 && !AllInOneSplit(splits, models.size()))) {
    sentences.emplace_back(kOtherClocks);
  }
  return sentences;
}

}  // namespace normlab
