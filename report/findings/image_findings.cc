#include "report/findings/image_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "report/findings/learned_models.h"

namespace normlab {
namespace {

constexpr std::size_t kShown = 3, kShownImages = 10;

// Finished, of models that learned, with their misses.
std::vector<const ArmRecord*> Counted(const RunRecord& run, int test_images) {
  const std::set<std::string> lost = LostModels(run, test_images);
  std::vector<const ArmRecord*> arms;
  for (const ArmRecord& arm : run.arms) {
    if (arm.state == "finished" && !arm.errors_missing && !lost.contains(arm.label)) {
      arms.push_back(&arm);
    }
  }
  return arms;
}

// The keys with the largest counts, the first of equal ones first.
template <class Key>
std::vector<std::pair<Key, int>> Largest(const std::map<Key, int>& counts,
                                         std::size_t most = kShown) {
  std::vector<std::pair<Key, int>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater<>(), &std::pair<Key, int>::second);
  if (sorted.size() > most) sorted.resize(most);
  return sorted;
}

std::map<int, int> MissesByClass(const std::vector<const ArmRecord*>& arms) {
  std::map<int, int> misses;
  for (const ArmRecord* arm : arms) {
    for (const ErrorRow& row : arm->errors) ++misses[row.truth];
  }
  return misses;
}

using Confused = std::map<std::pair<int, int>, int>;  // truth and prediction
Confused MissesByPair(const std::vector<const ArmRecord*>& arms) {
  Confused confused;
  for (const ArmRecord* arm : arms) {
    for (const ErrorRow& row : arm->errors) ++confused[{row.truth, row.prediction}];
  }
  return confused;
}

using MissedBy = std::map<int, std::set<const ArmRecord*>>;  // by image
MissedBy MissesByImage(const std::vector<const ArmRecord*>& arms) {
  MissedBy missed_by;
  for (const ArmRecord* arm : arms) {
    for (const ErrorRow& row : arm->errors) missed_by[row.index].insert(arm);
  }
  return missed_by;
}

std::string Trainings(std::size_t count) {
  return count == 1 ? "the training" : fmt::format("all {} trainings together", count);
}

std::string HardestClasses(const RunRecord& run, const std::vector<const ArmRecord*>& arms) {
  std::vector<std::string> words;
  for (const auto& [label, count] : Largest(MissesByClass(arms))) {
    words.push_back(
        fmt::format("{} ({})", run.class_names[static_cast<std::size_t>(label)], count));
  }
  return words.empty() ? ""
                       : fmt::format("Hardest classes, with the misses of {}: {}.",
                                     Trainings(arms.size()), Join(words));
}

std::string MostConfused(const RunRecord& run, const std::vector<const ArmRecord*>& arms) {
  std::vector<std::string> words;
  for (const auto& [pair, count] : Largest(MissesByPair(arms))) {
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

std::vector<int> OfAll(const MissedBy& missed_by, std::size_t arms) {
  std::vector<int> images;
  for (const auto& [image, missing] : missed_by) {
    if (missing.size() == arms) images.push_back(image);
  }
  return images;
}

std::string MissedByAll(const MissedBy& missed_by, std::size_t arms) {
  const std::vector<int> images = OfAll(missed_by, arms);
  if (images.empty()) return fmt::format("No test image is missed by all {} trainings.", arms);
  return fmt::format("{} test image{} missed by all {} trainings: {}.", images.size(),
                     images.size() == 1 ? " is" : "s are", arms, ImageList(images));
}

// Images whose misses, in however many seeds, are all of one model.
std::vector<std::string> MissedOnlyByOneModel(const MissedBy& missed_by) {
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

// The class that this one is taken for most often, and how often.
std::pair<int, int> TakenFor(int truth, const Confused& confused) {
  std::pair<int, int> most = {-1, 0};
  for (const auto& [pair, count] : confused) {
    if (pair.first == truth && count > most.second) most = {pair.second, count};
  }
  return most;
}

}  // namespace

std::vector<std::string> ImageFindings(const RunRecord& run, int test_images) {
  const std::vector<const ArmRecord*> arms = Counted(run, test_images);
  if (arms.empty()) return {};
  std::vector<std::string> findings;
  for (std::string sentence : {HardestClasses(run, arms), MostConfused(run, arms)}) {
    if (!sentence.empty()) findings.push_back(std::move(sentence));
  }
  if (arms.size() < 2) return findings;
  const MissedBy missed_by = MissesByImage(arms);
  findings.push_back(MissedByAll(missed_by, arms.size()));
  // A training whose misses are lost may have missed them too.
  if (std::ranges::any_of(run.arms, &ArmRecord::errors_missing)) return findings;
  for (std::string& sentence : MissedOnlyByOneModel(missed_by)) {
    findings.push_back(std::move(sentence));
  }
  return findings;
}

Answer ImageAnswer(const RunRecord& run, int test_images) {
  const std::vector<const ArmRecord*> arms = Counted(run, test_images);
  const auto hardest = Largest(MissesByClass(arms), kMostAnswerRows);
  if (hardest.empty()) return {};
  const auto name = [&](int label) { return run.class_names[static_cast<std::size_t>(label)]; };
  const Confused confused = MissesByPair(arms);
  Cells table = {{"hardest classes", "misses", "taken most often for", "so often"}};
  for (const auto& [label, count] : hardest) {
    const auto [other, times] = TakenFor(label, confused);
    table.push_back({name(label), fmt::to_string(count), name(other), fmt::to_string(times)});
  }
  std::string meaning =
      fmt::format("{} is the hardest class, taken most often for {}", table[1][0], table[1][2]);
  if (arms.size() >= 2) {
    const std::size_t missed = OfAll(MissesByImage(arms), arms.size()).size();
    meaning += fmt::format("; {} test image{} missed by all {} trainings",
                           missed == 0 ? "no" : WithCommas(missed), missed > 1 ? "s are" : " is",
                           arms.size());
  }
  return {meaning + ".", std::move(table)};
}

}  // namespace normlab
