#include "study/doubts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/escape.h"
#include "base/text.h"
#include "config/check.h"
#include "data/published.h"
#include "norm/equation/statistics.h"
#include "study/idle_keys.h"
#include "summary/summary.h"
#include "train/batches.h"
#include "train/schedule.h"

namespace normlab {
namespace {

// The arms of one network under several normalizations are one summary.
std::map<std::string, SummaryOptions> NetworksOf(const StudyPlan& plan) {
  std::map<std::string, SummaryOptions> networks;
  for (const Arm& arm : plan.arms) {
    const Config& config = arm.config;
    const DatasetInfo& data = FindDatasetInfo(config.dataset);
    std::string name = fmt::format("{}, groups = {}, order = {}, batch_size = {}", config.model,
                                   config.groups, config.order, config.batch_size);
    if (config.norm_program != "room") name += ", norm_program = " + config.norm_program;
    if (config.weights != "none") name += ", weights = " + FilterLabel(config.weights);
    if (config.ghost > 0) name += fmt::format(", ghost = {}", config.ghost);
    SummaryOptions& options = networks[name];
    options.model = config.model;
    options.dataset = data.name;
    options.input = data.shape;
    options.classes = data.classes;
    options.options = MakeModelOptions(config);
    options.batch = config.batch_size;
    if (std::ranges::find(options.norms, config.norm) == options.norms.end()) {
      options.norms.push_back(config.norm);
    }
  }
  return networks;
}

void AddNetworkDoubts(const StudyPlan& plan, std::set<std::string>& doubts) {
  const std::map<std::string, SummaryOptions> networks = NetworksOf(plan);
  for (const auto& [name, options] : networks) {
    const std::string where = networks.size() > 1 ? PlainLine(name) + ": " : "";
    for (const SummaryWarning& warning : Summarize(options).warnings) {
      const std::string whose = warning.norm.empty() ? "" : warning.norm + ": ";
      doubts.insert(where + whose + warning.text);
    }
  }
}

void AddGhostDoubts(const Arm& arm, std::set<std::string>& doubts) {
  if (arm.config.ghost == 0) return;
  const NormMethod& method = FindNormMethod(arm.config.norm);
  if (NamesGhostBatches(method.equation->equation)) return;
  doubts.insert(
      fmt::format("ghost = {} changes nothing of {}, whose equation names neither M, B nor ghost; "
                  "leave it out, or write M where N stands",
                  arm.config.ghost, arm.norm));
}

// Epochs after which a schedule lowers the rate, of those that its arguments name.
std::vector<std::int64_t> EpochsNamedBy(const ScheduleOptions& schedule) {
  std::vector<std::int64_t> epochs;
  const auto milestones = schedule.words.find("milestones");
  if (milestones != schedule.words.end()) {
    for (const std::string& word : SplitWords(milestones->second))
      epochs.push_back(std::stoll(word));
  }
  const auto step = schedule.numbers.find("step_size");
  if (step != schedule.numbers.end()) epochs.push_back(static_cast<std::int64_t>(step->second));
  if (schedule.name == "plateau") {
    // At the earliest: one epoch is the best yet, more than `patience` are not.
    epochs.push_back(static_cast<std::int64_t>(NumberOf(ScheduleFamily(), schedule, "patience")) +
                     2);
  }
  return epochs;
}

// Fewer than `epochs` where max_steps ends the training before.
std::int64_t EpochsBegun(const Config& config) {
  const std::int64_t images = FindDatasetInfo(config.dataset).train_images - config.validation;
  if (config.max_steps == 0 || images < 1) return config.epochs;
  const std::int64_t steps = (images + config.batch_size - 1) / config.batch_size;
  return std::min<std::int64_t>(config.epochs, (config.max_steps + steps - 1) / steps);
}

void AddScheduleDoubts(const Config& config, std::set<std::string>& doubts) {
  std::vector<std::string> late;
  const std::int64_t epochs = EpochsBegun(config);
  for (const std::int64_t epoch : EpochsNamedBy(config.schedule)) {
    if (epoch >= epochs) late.push_back(fmt::to_string(epoch));
  }
  if (late.empty()) return;
  doubts.insert(fmt::format(
      "schedule {}: the learning rate is to fall after epoch {}, which never comes before the end "
      "of {} epochs{}; move it, or take more epochs",
      config.schedule.name, Join(late), epochs,
      epochs < config.epochs ? fmt::format(" (max_steps = {})", config.max_steps) : ""));
}

}  // namespace

std::vector<std::string> PlanDoubts(const StudyPlan& plan) {
  std::set<std::string> doubts;
  AddNetworkDoubts(plan, doubts);
  for (const Arm& arm : plan.arms) {
    AddScheduleDoubts(arm.config, doubts);
    AddGhostDoubts(arm, doubts);
  }
  for (std::string& line : IdleKeys(plan)) doubts.insert(std::move(line));
  return {doubts.begin(), doubts.end()};
}

std::vector<std::string> DataDoubts(const StudyPlan& plan, const Dataset& dataset) {
  std::set<std::string> doubts;
  const std::string foreign = ForeignFilesWarning(dataset);
  if (!foreign.empty()) doubts.insert(foreign);
  for (const Arm& arm : plan.arms) {
    std::vector<std::string> empty;
    for (const int each : ClassesLeftEmpty(dataset, arm.config.validation, arm.config.seed)) {
      empty.push_back(PlainLine(dataset.class_names[static_cast<std::size_t>(each)]));
    }
    if (empty.empty()) continue;
    doubts.insert(
        fmt::format("seed {}: no image is trained on of {}, since validation = {} holds the only "
                    "ones out; hold "
                    "out fewer, or take another seed",
                    arm.config.seed, Join(empty), arm.config.validation));
  }
  return {doubts.begin(), doubts.end()};
}

}  // namespace normlab
