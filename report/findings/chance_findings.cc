#include "report/findings/chance_findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/findings/finding_words.h"
#include "report/findings/learned_models.h"

namespace normlab {
namespace {

std::string Sentence(const RunRecord& run, const FinishedModel& model,
                     const std::vector<std::uint64_t>& lost, int test_images) {
  const std::size_t classes = run.class_names.size();
  const bool all = lost.size() == model.by_seed.size();
  double highest = 0;
  for (const std::uint64_t seed : lost) {
    highest = std::max(highest, Value(*model.by_seed.at(seed), "maximum_test_accuracy"));
  }
  return fmt::format(
      "{} {} chance{}: at no epoch of {} (n = {}) did it get more than {:.2f} % of the test images "
      "right, and guessing one of {} classes gives {:.2f} %, by luck up to {:.2f} % of {} images. "
      "{}",
      model.label, all ? "never left" : "stayed at",
      all ? "" : fmt::format(" in {} of {} trainings", lost.size(), model.by_seed.size()),
      SeedList(lost), lost.size(), highest, classes, 100.0 / static_cast<double>(classes),
      HighestByChance(classes, test_images), WithCommas(static_cast<std::uint64_t>(test_images)),
      all ? "It learned nothing, so no other model is compared with it here."
          : "These trainings learned nothing, and count in every comparison of the model.");
}

}  // namespace

std::vector<std::string> ChanceFindings(const RunRecord& run, int test_images) {
  std::vector<std::string> sentences;
  for (const FinishedModel& model : FinishedModels(run)) {
    const std::vector<std::uint64_t> lost = SeedsAtChance(run, model, test_images);
    if (!lost.empty()) sentences.push_back(Sentence(run, model, lost, test_images));
  }
  return sentences;
}

Answer ChanceAnswer(const RunRecord& run, int test_images) {
  std::vector<std::string> never, sometimes;
  for (const FinishedModel& model : FinishedModels(run)) {
    const std::size_t lost = SeedsAtChance(run, model, test_images).size();
    if (lost == 0) continue;
    if (lost == model.by_seed.size()) {
      never.push_back(model.label);
    } else {
      sometimes.push_back(
          fmt::format("{} in {} of {} trainings", model.label, lost, model.by_seed.size()));
    }
  }
  std::vector<std::string> parts;
  if (!never.empty()) {
    parts.push_back(
        fmt::format("{} learned nothing: no better than guessing at any epoch", Listed(never)));
  }
  if (!sometimes.empty()) {
    parts.push_back(fmt::format("{}{}", Listed(sometimes),
                                never.empty() ? " learned nothing: no better than guessing" : ""));
  }
  return {parts.empty() ? "" : Join(parts, "; nor did ") + ".", {}};
}

}  // namespace normlab
