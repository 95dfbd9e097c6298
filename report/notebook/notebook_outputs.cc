#include "report/notebook/notebook_outputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/text_table.h"
#include "records/csv.h"
#include "report/notebook/notebook_pictures.h"
#include "report/summary/result_table.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownMisses = 10;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetterOrDigit(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Words and numbers: nothing that HTML, Markdown or a formula could take for its own. A dot outside
// of a number could make an address, which Markdown links to.
bool IsHarmless(const std::string& line) {
  constexpr std::string_view kPlusMinus = "±";
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (IsLetterOrDigit(c) || std::string_view(" =,/-").find(c) != std::string_view::npos) continue;
    if (std::string_view(line).substr(i, kPlusMinus.size()) == kPlusMinus) {
      i += kPlusMinus.size() - 1;
    } else if (c != '.' || i == 0 || !IsDigit(line[i - 1]) || i + 1 == line.size() ||
               !IsDigit(line[i + 1])) {
      return false;
    }
  }
  return true;
}

Json Stream(std::string text) {
  return {{"name", "stdout"}, {"output_type", "stream"}, {"text", std::move(text)}};
}

Json Picture(const NotebookPicture& picture) {
  return {{"data", {{"image/png", picture.base64}, {"text/plain", "<Figure>"}}},
          {"metadata", {{"image/png", {{"width", picture.width}, {"height", picture.height}}}}},
          {"output_type", "display_data"}};
}

// A table of cells.py: the same three forms, character by character.
std::string HtmlTable(const Cells& cells) {
  std::string text = "<table>\n";
  for (std::size_t r = 0; r < cells.size(); ++r) {
    const char* tag = r == 0 ? "th" : "td";
    text += "<tr>";
    for (const std::string& cell : cells[r]) {
      text += fmt::format("<{}>{}</{}>", tag, NotebookWords(cell), tag);
    }
    text += "</tr>\n";
  }
  return text + "</table>";
}

std::string CodeTable(const Cells& cells) {
  std::string text;
  for (std::size_t r = 0; r < cells.size(); ++r) {
    text += r == 0 ? "|" : "\n|";
    for (const std::string& cell : cells[r]) text += " " + NotebookWords(cell) + " |";
    if (r > 0) continue;
    text += "\n|:---";
    for (std::size_t c = 1; c < cells[0].size(); ++c) text += "|---:";
    text += "|";
  }
  return text;
}

std::string TextTable(const Cells& cells) {
  std::string text = AlignedTable(cells);
  text.pop_back();  // a cell's last line has no end
  return text;
}

Json Table(const Cells& cells, int count) {
  return {{"data",
           {{"text/html", HtmlTable(cells)},
            {"text/markdown", CodeTable(cells)},
            {"text/plain", TextTable(cells)}}},
          {"execution_count", count},
          {"metadata", Json::object()},
          {"output_type", "execute_result"}};
}

const QuantityList& Columns() {
  static const QuantityList columns =
      QuantitiesNamed({"final_train_accuracy", "maximum_test_accuracy", "final_test_accuracy",
                       "final_test_loss", "seconds_per_epoch"});
  return columns;
}

Cells ModelRows(const RunRecord& run) {
  const std::vector<Model> models = GroupArms(run);
  ResultTable table = ModelResults(models, Columns());
  table.titles.words.push_back("seeds finished");
  for (std::size_t i = 0; i < models.size(); ++i) {
    table.rows[i].words.push_back(
        fmt::format("{} of {}", FinishedArms(models[i]).size(), models[i].arms.size()));
  }
  return ResultCells(table);
}

Cells SeedRows(const RunRecord& run) {
  ResultTable table = TrainingResults(run, Columns());
  table.titles.words.insert(table.titles.words.end(), {"state", "epochs"});
  for (std::size_t i = 0; i < run.arms.size(); ++i) {
    std::vector<std::string>& words = table.rows[i].words;
    words.insert(words.end(), {run.arms[i].state, fmt::to_string(run.arms[i].metrics.size())});
  }
  return ResultCells(table);
}

Json SetupOutputs(const RunRecord& run) {
  const auto finished = std::ranges::count(run.arms, "finished", &ArmRecord::state);
  return Json::array({Stream(fmt::format("{} on {}: {} models, {} trainings, {} finished\n",
                                         PlainLine(run.recipe), PlainLine(run.dataset),
                                         GroupArms(run).size(), run.arms.size(), finished))});
}

Json GraphOutputs(const RunRecord& run, double EpochRecord::*column, int decimals,
                  const std::string& figure) {
  std::string text;
  for (const Model& model : GroupArms(run)) {
    const std::vector<CurvePoint> points = Curve(model, column);
    if (points.empty()) continue;
    text += fmt::format("{}: {:.{}f} after epoch {}\n", PlainLine(model.label), points.back().mean,
                        decimals, points.size());
  }
  Json outputs = Json::array();
  if (!text.empty()) outputs.push_back(Stream(text));
  if (const auto picture = ReadNotebookPicture(run.path + "/figures/" + figure + ".png")) {
    outputs.push_back(Picture(*picture));
  }
  return outputs;
}

std::vector<ErrorRow> Surest(std::vector<ErrorRow> errors) {
  std::ranges::stable_sort(errors, std::greater<>(), &ErrorRow::prediction_probability);
  errors.resize(std::min(errors.size(), kShownMisses));
  return errors;
}

std::string MissesText(const RunRecord& run, const ArmRecord& arm,
                       const std::vector<ErrorRow>& misses) {
  std::string text = fmt::format("{}, seed {}: {} of {} misses\n", PlainLine(arm.label), arm.seed,
                                 misses.size(), arm.errors.size());
  if (misses.empty()) return text;
  Cells cells = {{"image", "actual", "predicted", "p"}};
  for (const ErrorRow& row : misses) {
    cells.push_back({fmt::to_string(row.index),
                     run.class_names[static_cast<std::size_t>(row.truth)],
                     run.class_names[static_cast<std::size_t>(row.prediction)],
                     fmt::format("{:.4f}", row.prediction_probability)});
  }
  return text + AlignedTable(cells);
}

Json MisclassifiedOutputs(const RunRecord& run) {
  const std::vector<NotebookGallery> galleries = FindNotebookGalleries(run.path + "/figures");
  Json outputs = Json::array();
  std::string text;
  for (const Model& model : GroupArms(run)) {
    const std::vector<ErrorRow> misses = Surest(model.arms.front()->errors);
    text += MissesText(run, *model.arms.front(), misses);
    if (misses.empty()) continue;
    const auto gallery = std::ranges::find_if(
        galleries, [&](const NotebookGallery& each) { return each.Shows(misses); });
    if (gallery == galleries.end()) continue;
    const auto picture = ReadNotebookPicture(gallery->picture);
    if (!picture) continue;
    outputs.push_back(Stream(std::exchange(text, "")));
    outputs.push_back(Picture(*picture));
  }
  if (!text.empty()) outputs.push_back(Stream(text));
  return outputs;
}

}  // namespace

std::string NotebookWords(const std::string& text) {
  const std::string line = PlainLine(text);
  if (IsHarmless(line)) return line;
  std::string code = "<code>";
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    const bool shown = byte >= 0x80 || IsLetterOrDigit(c) || c == ' ' || c == ',' || c == '=';
    code += shown ? std::string(1, c) : fmt::format("&#{};", static_cast<int>(byte));
  }
  return code + "</code>";
}

Json NotebookOutputs(const std::string& cell, int count, const RunRecord& run) {
  if (cell == "setup") return SetupOutputs(run);
  if (cell == "results") return Json::array({Table(ModelRows(run), count)});
  if (cell == "seeds") return Json::array({Table(SeedRows(run), count)});
  if (cell == "graph-1") return GraphOutputs(run, &EpochRecord::test_loss, 4, "test-loss");
  if (cell == "graph-2") return GraphOutputs(run, &EpochRecord::test_accuracy, 2, "test-accuracy");
  if (cell == "misclassified") return MisclassifiedOutputs(run);
  return Json::array();
}

}  // namespace normlab
