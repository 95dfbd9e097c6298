#include "report/findings/speed_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/findings/finding_words.h"
#include "report/records/environment.h"
#include "report/summary/finished_models.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

struct Speed {
  std::string label;
  std::vector<std::uint64_t> seeds;
  double seconds = 0, fastest = 0, slowest = 0;  // mean, and the seeds between which it lies
  double images_per_second = 0;
};

// Of the epochs after the first, of the first where there is no other; nothing without a positive,
// finite value in all of them.
std::optional<double> MedianOverEpochs(const ArmRecord& arm, double MetricsRow::*field) {
  std::vector<double> values;
  for (const MetricsRow& row : arm.metrics) {
    if (!(row.*field > 0) || !std::isfinite(row.*field)) return std::nullopt;
    values.push_back(row.*field);
  }
  if (values.empty()) return std::nullopt;
  if (values.size() > 1) values.erase(values.begin());
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::optional<double> EpochSeconds(const ArmRecord& arm) {
  if (!MedianOverEpochs(arm, &MetricsRow::images_per_second)) return std::nullopt;
  return MedianOverEpochs(arm, &MetricsRow::seconds);
}

std::optional<double> ImagesPerSecond(const ArmRecord& arm) {
  return MedianOverEpochs(arm, &MetricsRow::images_per_second);
}

std::vector<Speed> FastestFirst(const std::vector<FinishedModel>& models) {
  std::vector<Speed> speeds;
  for (const FinishedModel& model : models) {
    Speed speed{model.label, Seeds(model), 0, 0, 0, 0};
    const std::vector<double> seconds = Values(model, speed.seeds, EpochSeconds);
    speed.seconds = SummarizeSample(seconds).mean;
    speed.fastest = std::ranges::min(seconds);
    speed.slowest = std::ranges::max(seconds);
    // The harmonic mean, which is what belongs to the mean of the times.
    double seconds_per_image = 0;
    for (const double rate : Values(model, speed.seeds, ImagesPerSecond)) {
      seconds_per_image += 1 / rate / static_cast<double>(speed.seeds.size());
    }
    speed.images_per_second = 1 / seconds_per_image;
    speeds.push_back(std::move(speed));
  }
  std::ranges::stable_sort(speeds, {}, &Speed::seconds);
  return speeds;
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

std::string SpeedSentence(const std::vector<Speed>& speeds, const std::string& epochs) {
  std::vector<std::string> words;
  for (const Speed& speed : speeds) words.push_back(SpeedWords(speed, speeds.front()));
  return fmt::format("Training time of an epoch{}{}: {}.", epochs,
                     speeds.size() > 1 ? ", mean (range) over the seeds, fastest first" : "",
                     Join(words, "; "));
}

std::int64_t CountField(const Json& environment, const char* key) {
  return environment.contains(key) && environment[key].is_number_integer()
             ? environment[key].get<std::int64_t>()
             : 0;
}

std::string Several(std::int64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string SplitWords(const Json& environment) {
  const std::int64_t jobs = CountField(environment, "jobs"),
                     threads = CountField(environment, "threads"),
                     last_arms = CountField(environment, "last_arms"),
                     last_threads = CountField(environment, "last_threads");
  if (threads < 1) return "";
  const std::string each = Several(threads, "thread");
  if (jobs < 1) {
    return fmt::format(", {}; how many trainings ran side by side is not recorded", each);
  }
  std::string words = jobs == 1 ? fmt::format(", one training at a time on {}", each)
                                : fmt::format(
                                      ", {} trainings side by side on {} each: they share caches "
                                      "and memory, so their times are not comparable with those "
                                      "of a training that runs alone",
                                      jobs, each);
  if (last_arms > 0 && last_threads > 0) {
    words += fmt::format("; the last {} on {}, and times on more threads are shorter",
                         last_arms == 1 ? "training" : Several(last_arms, "training"),
                         Several(last_threads, "thread"));
  }
  return words;
}

std::string HardwareSentence(const RunRecord& run) {
  const Json environment = EnvironmentOf(run);
  const std::string processor = EnvironmentWord(environment, "processor"),
                    simd = EnvironmentWord(environment, "simd");
  const std::int64_t cores = CountField(environment, "cores");
  if (processor.empty()) return "";
  return fmt::format("These times are of {}{}{}{}.", processor,
                     cores > 0 ? fmt::format(", {}", Several(cores, "core")) : "",
                     simd.empty() ? "" : fmt::format(", instruction set {}", simd),
                     SplitWords(environment));
}

}  // namespace

std::vector<std::string> SpeedFindings(const RunRecord& run) {
  const std::vector<FinishedModel> models = WhereRecorded(FinishedModels(run), EpochSeconds);
  if (models.empty()) return {};
  std::vector<std::string> sentences = {SpeedSentence(FastestFirst(models), WhichEpochs(models))};
  std::string hardware = HardwareSentence(run);
  if (!hardware.empty()) sentences.push_back(std::move(hardware));
  return sentences;
}

}  // namespace normlab
