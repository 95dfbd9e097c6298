#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text.h"
#include "report/findings/conditions.h"
#include "report/findings/findings.h"

namespace normlab {
namespace {

constexpr std::size_t kShown = 12;  // digits of a hash in the table; the whole ones follow it

struct Row {
  std::uint64_t seed = 0;
  std::string initial_weights, data_order, first_images;
  std::vector<std::string> labels;
};

// One for each seed and set of hashes, in the order of seeds.
std::vector<Row> Rows(const RunRecord& run) {
  std::vector<Row> rows;
  for (const ArmRecord& arm : run.arms) {
    if (!arm.conditions) continue;
    const TrainingConditions& conditions = *arm.conditions;
    auto row = std::ranges::find_if(rows, [&](const Row& known) {
      return known.seed == arm.seed && known.initial_weights == conditions.initial_weights &&
             known.data_order == conditions.data_order &&
             known.first_images == conditions.first_images;
    });
    if (row == rows.end()) {
      row = rows.insert(row, {arm.seed,
                              conditions.initial_weights,
                              conditions.data_order,
                              conditions.first_images,
                              {}});
    }
    row->labels.push_back(MarkdownText(arm.label));
  }
  std::ranges::stable_sort(rows, {}, &Row::seed);
  return rows;
}

// Many labels that are all of the seed are told by their number.
std::string Arms(const Row& row, const RunRecord& run) {
  const auto of_seed = std::ranges::count(run.arms, row.seed, &ArmRecord::seed);
  const auto count = static_cast<std::ptrdiff_t>(row.labels.size());
  return count > 4 && count == of_seed ? fmt::format("all {}", count) : Join(row.labels, "; ");
}

std::string Hash(const std::string& hash, std::size_t digits) {
  return hash.empty() ? "-" : MarkdownText(hash.substr(0, digits));
}

std::string Table(const RunRecord& run, const std::vector<Row>& rows, std::size_t digits) {
  std::string text =
      "| seed | initial weights | data order | first images | arms |\n"
      "|---:|:---|:---|:---|:---|\n";
  for (const Row& row : rows) {
    text +=
        fmt::format("| {} | {} | {} | {} | {} |\n", row.seed, Hash(row.initial_weights, digits),
                    Hash(row.data_order, digits), Hash(row.first_images, digits), Arms(row, run));
  }
  return text;
}

}  // namespace

std::string ConditionsMarkdown(const RunRecord& run) {
  std::string text;
  const std::string shared = SharedConditions(run);
  if (!shared.empty()) text += MarkdownText(shared) + "\n\n";
  const std::vector<std::string> warnings = ConditionWarnings(run);
  for (const std::string& warning : warnings) text += "- " + MarkdownText(warning) + "\n";
  if (!warnings.empty()) text += "\n";
  const std::vector<Row> rows = Rows(run);
  if (rows.empty()) return text;
  text += Table(run, rows, kShown);
  text +=
      "\nSHA-256, the first 12 digits. Initial weights: of the convolutions. Data order: of the "
      "training images in the first 20 epochs. First images: the first 128 of that order, "
      "augmented as the "
      "network is given them.\n";
  return text + "\n<details><summary>The whole hashes</summary>\n\n" +
         Table(run, rows, std::string::npos) + "\n</details>\n";
}

}  // namespace normlab
