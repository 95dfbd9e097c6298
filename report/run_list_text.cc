// The list of runs as a table and as JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "report/run_list.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestCell = 40, kLongestState = 160;

std::string EpochsText(const RunLine& line) {
  const std::string behind = line.first_epochs == line.last_epochs
                                 ? fmt::to_string(line.last_epochs)
                                 : fmt::format("{}-{}", line.first_epochs, line.last_epochs);
  const bool whole = line.planned_epochs == 0 || (line.first_epochs == line.last_epochs &&
                                                  line.last_epochs == line.planned_epochs);
  return whole ? behind : fmt::format("{} of {}", behind, line.planned_epochs);
}

std::string BestText(const RunLine& line) {
  const SampleSummary& best = line.best_accuracy;
  if (best.n == 0) return "-";
  return fmt::format("{:.2f} % {} (n = {})", best.mean, Shortened(line.best_model, kLongestCell),
                     best.n);
}

// "2026-11-21T14:03:55Z" -> "2026-11-21 14:03"
std::string DateText(std::string started) {
  if (started.empty()) return "-";
  if (started.size() == 20 && started[10] == 'T')
    started.replace(10, 10, " " + started.substr(11, 5));
  return Shortened(started, kLongestCell);
}

// "errors.csv is missing in batch-seed1" is short here: the folder's report names the arms.
std::string MissingText(const std::vector<std::string>& missing) {
  std::vector<std::string> files, others;
  for (const std::string& line : missing) {
    const std::size_t end = line.find(" is missing");
    (end == std::string::npos ? others : files).push_back(line.substr(0, end));
  }
  std::string text;
  if (!files.empty()) text = "; without " + Join(files);
  if (!others.empty()) text += "; " + others.front();
  if (others.size() > 1) text += fmt::format(" and {} more", others.size() - 1);
  return text;
}

}  // namespace

std::string StateText(const RunLine& line) {
  if (!line.problem.empty()) return "broken: " + line.problem;
  const int ended = line.finished + line.diverged;
  std::string text = "finished";
  if (ended < line.arms) {
    text = fmt::format("unfinished: {} of {} trainings ended", ended, line.arms);
  } else if (!line.done) {
    text = "trained, without its report";
  }
  if (line.diverged > 0) text += fmt::format("; {} diverged", line.diverged);
  return text + MissingText(line.missing);
}

std::string RunTable(const std::vector<RunLine>& lines) {
  Cells cells = {{"folder", "trainings", "epochs", "recipe", "data set",
                  "highest mean test accuracy", "started", "state"}};
  for (const RunLine& line : lines) {
    if (!line.problem.empty()) {
      cells.push_back(
          {line.folder, "-", "-", "-", "-", "-", "-", Shortened(StateText(line), kLongestState)});
      continue;
    }
    cells.push_back({line.folder, fmt::format("{} of {}", line.finished, line.arms),
                     EpochsText(line), Shortened(line.recipe, kLongestCell),
                     Shortened(line.dataset, kLongestCell), BestText(line), DateText(line.started),
                     Shortened(StateText(line), kLongestState)});
  }
  return AlignedTable(cells, "lrrl");
}

std::string RunsJson(const std::string& folder, const std::vector<RunLine>& lines) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const RunLine& line : lines) {
    Json run = {{"folder", line.folder}, {"state", StateText(line)}};
    run["problem"] = line.problem.empty() ? Json() : Json(line.problem);
    list.push_back(run);
    if (!line.problem.empty()) continue;
    Json& entry = list.back();
    entry["recipe"] = line.recipe;
    entry["dataset"] = line.dataset;
    entry["arms"] = line.arms;
    entry["finished"] = line.finished;
    entry["diverged"] = line.diverged;
    entry["done"] = line.done;
    entry["fewest_epochs"] = line.first_epochs;
    entry["most_epochs"] = line.last_epochs;
    entry["planned_epochs"] = line.planned_epochs == 0 ? Json() : Json(line.planned_epochs);
    entry["best"] = line.best_accuracy.n == 0 ? Json()
                                              : Json{{"model", line.best_model},
                                                     {"test_accuracy", line.best_accuracy.mean},
                                                     {"deviation", line.best_accuracy.deviation},
                                                     {"n", line.best_accuracy.n}};
    entry["started"] = line.started.empty() ? Json() : Json(line.started);
    entry["missing"] = line.missing;
  }
  const Json document = {
      {"schema", 1}, {"command", "runs"}, {"folder", folder}, {"runs", std::move(list)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace normlab
