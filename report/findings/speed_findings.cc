#include "report/findings/speed_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "records/environment.h"
#include "report/findings/epoch_speeds.h"
#include "report/findings/finding_words.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kOtherClocks[] =
    "Which model is faster cannot be said of all of them: their epochs ran in different splits of "
    "the cores (threads, and trainings side by side), or it is not recorded in which. normlab "
    "bench "
    "measures normalizations one after the other under the same conditions.";

std::string SpeedWords(const Speed& speed, const Speed& fastest) {
  const std::string rate =
      speed.images_per_second < 1e15
          ? WithCommas(static_cast<std::uint64_t>(std::lround(speed.images_per_second)))
          : fmt::format("{:.3g}", speed.images_per_second);
  const std::string range =
      speed.seeds.size() < 2
          ? ""
          : fmt::format(" ({} to {})", SecondsWords(speed.fastest), SecondsWords(speed.slowest));
  return fmt::format(
      "{} {} s{}, {} images a second ({}, n = {}){}", speed.label, SecondsWords(speed.seconds),
      range, rate, SeedList(speed.seeds), speed.seeds.size(),
      &speed == &fastest ? ""
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
  if (simd == "opencl") return fmt::format("{}, an OpenCL device", processor);
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
  TimedRows counted;
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
  const std::vector<FinishedModel> models = TimedModels(run);
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

Answer SpeedAnswer(const RunRecord& run) {
  const std::vector<FinishedModel> models = TimedModels(run);
  const SpeedsOfSplits splits = FastestFirst(models);
  const auto widest =
      std::ranges::max_element(splits, {}, [](const auto& split) { return split.second.size(); });
  if (widest == splits.end() || widest->second.size() < 2) return {};
  const std::vector<Speed>& speeds = widest->second;
  const Speed &fastest = speeds.front(), &slowest = speeds.back();
  Cells table = {{"model", "seconds an epoch", "images a second", "times as long"}};
  for (const Speed& speed : speeds) {
    table.push_back({speed.label, SecondsWords(speed.seconds),
                     fmt::format("{:.0f}", speed.images_per_second),
                     fmt::format("{:.2f}", speed.seconds / fastest.seconds)});
  }
  const std::string among =
      speeds.size() == models.size()
          ? ""
          : fmt::format("Of {} of the {} models, which alone ran under the same conditions, ",
                        speeds.size(), models.size());
  return {fmt::format("{}{} trains fastest, {} seconds an epoch; {} takes {:.2f} times as long{} "
                      "({}).",
                      among, fastest.label, SecondsWords(fastest.seconds), slowest.label,
                      slowest.seconds / fastest.seconds, speeds.size() > 2 ? ", the longest" : "",
                      SplitWords(widest->first)),
          AnswerTable(std::move(table))};
}

}  // namespace normlab
