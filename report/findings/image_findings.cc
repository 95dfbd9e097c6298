#include "report/findings/image_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"

namespace normlab {
namespace {

constexpr std::size_t kShown = 3, kShownImages = 10;

std::vector<const ArmRecord*> Finished(const RunRecord& run) {
  std::vector<const ArmRecord*> arms;
  for (const ArmRecord& arm : run.arms) {
    if (arm.state == "finished" && !arm.errors_missing) arms.push_back(&arm);
  }
  return arms;
}

// The keys with the largest counts, the first of equal ones first.
template <class Key>
std::vector<std::pair<Key, int>> Largest(const std::map<Key, int>& counts) {
  std::vector<std::pair<Key, int>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater<>(), &std::pair<Key, int>::second);
  if (sorted.size() > kShown) sorted.resize(kShown);
  return sorted;
}

std::string Trainings(std::size_t count) {
  return count == 1 ? "the training" : fmt::format("all {} trainings together", count);
}

std::string HardestClasses(const RunRecord& run, const std::vector<const ArmRecord*>& arms) {
  std::map<int, int> misses;
  for (const ArmRecord* arm : arms) {
    for (const ErrorRow& row : arm->errors) ++misses[row.truth];
  }
  std::vector<std::string> words;
  for (const auto& [label, count] : Largest(misses)) {
    words.push_back(
        fmt::format("{} ({})", run.class_names[static_cast<std::size_t>(label)], count));
  }
  return words.empty() ? ""
                       : fmt::format("Hardest classes, with the misses of {}: {}.",
                                     Trainings(arms.size()), Join(words));
}

std::string MostConfused(const RunRecord& run, const std::vector<const ArmRecord*>& arms) {
  std::map<std::pair<int, int>, int> confused;
  for (const ArmRecord* arm : arms) {
    for (const ErrorRow& row : arm->errors) ++confused[{row.truth, row.prediction}];
  }
  std::vector<std::string> words;
  for (const auto& [pair, count] : Largest(confused)) {
    words.push_back(fmt::format("{} taken for {} ({})",
                                run.class_names[static_cast<std::size_t>(pair.first)],
                                run.class_names[static_cast<std::size_t>(pair.second)], count));
  }
  return words.empty() ? ""
                       : fmt::format("Confused most, counted over {}: {}.", Trainings(arms.size()),
                                     Join(words));
}

std::string ImageList(const std::vector<int>& images) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(images.size(), kShownImages); ++i) {
    words.push_back(fmt::to_string(images[i]));
  }
  return Join(words) + (images.size() > kShownImages ? ", …" : "");
}

std::string MissedByAll(const std::map<int, std::set<const ArmRecord*>>& missed_by,
                        std::size_t arms) {
  std::vector<int> images;
  for (const auto& [image, missing] : missed_by) {
    if (missing.size() == arms) images.push_back(image);
  }
  if (images.empty()) return fmt::format("No test image is missed by all {} trainings.", arms);
  return fmt::format("{} test image{} missed by all {} trainings: {}.", images.size(),
                     images.size() == 1 ? " is" : "s are", arms, ImageList(images));
}

// Images whose misses, in however many seeds, are all of one model.
std::vector<std::string> MissedOnlyByOneModel(
    const std::map<int, std::set<const ArmRecord*>>& missed_by) {
  std::map<std::string, std::vector<int>> only;
  for (const auto& [image, missing] : missed_by) {
    std::set<std::string> labels;
    for (const ArmRecord* arm : missing) labels.insert(arm->label);
    if (labels.size() == 1) only[*labels.begin()].push_back(image);
  }
  std::vector<std::string> sentences;
  for (const auto& [label, images] : only) {
    sentences.push_back(fmt::format("{} test image{} missed by {} alone: {}.", images.size(),
                                    images.size() == 1 ? " is" : "s are", label,
                                    ImageList(images)));
  }
  return sentences;
}

}  // namespace

std::vector<std::string> ImageFindings(const RunRecord& run) {
  const std::vector<const ArmRecord*> arms = Finished(run);
  if (arms.empty()) return {};
  std::vector<std::string> findings;
  for (std::string sentence : {HardestClasses(run, arms), MostConfused(run, arms)}) {
    if (!sentence.empty()) findings.push_back(std::move(sentence));
  }
  if (arms.size() < 2) return findings;
  std::map<int, std::set<const ArmRecord*>> missed_by;
  for (const ArmRecord* arm : arms) {
    for (const ErrorRow& row : arm->errors) missed_by[row.index].insert(arm);
  }
  findings.push_back(MissedByAll(missed_by, arms.size()));
  // A training whose misses are lost may have missed them too.
  if (std::ranges::any_of(run.arms, &ArmRecord::errors_missing)) return findings;
  for (std::string& sentence : MissedOnlyByOneModel(missed_by)) {
    findings.push_back(std::move(sentence));
  }
  return findings;
}

}  // namespace normlab
