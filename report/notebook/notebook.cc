#include "report/notebook/notebook.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/owned_folder.h"
#include "report/notebook/notebook_cells.h"
#include "report/notebook/notebook_outputs.h"
#include "report/sources/combined_run.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kTimes[] =
    "Times (s/epoch) say which model is faster\nonly where the epochs ran in one split of the "
    "cores "
    "(`clock.csv`); `normlab bench` measures that.";

// As Jupyter writes a cell: a list of lines.
Json Lines(const std::string& text) {
  Json lines = Json::array();
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
    lines.push_back(text.substr(start, end - start));
    start = end;
  }
  return lines;
}

Json MarkdownCell(const std::string& id, const std::string& text) {
  return {
      {"cell_type", "markdown"}, {"id", id}, {"metadata", Json::object()}, {"source", Lines(text)}};
}

// Cells that only define what later ones use are folded where Jupyter can.
Json CodeMetadata(const NotebookCell& cell) {
  for (const char* helper : {"setup", "tables", "curves"}) {
    if (cell.name == helper) return {{"jupyter", {{"source_hidden", true}}}};
  }
  return Json::object();
}

// The one line of the cells that may differ: where the run folder lies, as a string of Python,
// whose escapes JSON's are.
std::string SourceOf(const NotebookCell& cell, const std::string& run_folder) {
  constexpr std::string_view kHere = "pathlib.Path(\".\")";
  std::string source = cell.source;
  const std::size_t place = source.find(kHere);
  if (cell.name != "setup" || place == std::string::npos) return source;
  const std::string folder = Json(run_folder).dump(-1, ' ', false, Json::error_handler_t::replace);
  return source.replace(place, kHere.size(), fmt::format("pathlib.Path({})", folder));
}

Json CodeCell(const NotebookCell& cell, int count, const RunRecord& run,
              const std::string& run_folder) {
  return {{"cell_type", "code"},
          {"execution_count", count},
          {"id", cell.name},
          {"metadata", CodeMetadata(cell)},
          {"outputs", NotebookOutputs(cell.name, count, run)},
          {"source", Lines(SourceOf(cell, run_folder))}};
}

// A list of lines is the same text as the lines joined: both are valid in a notebook.
nlohmann::json Joined(const Json& value) {
  const bool lines = value.is_array() && !value.empty() &&
                     std::ranges::all_of(value, [](const Json& each) { return each.is_string(); });
  if (lines) {
    std::string text;
    for (const Json& line : value) text += line.get<std::string>();
    return text;
  }
  if (value.is_array()) {
    nlohmann::json list = nlohmann::json::array();
    for (const Json& each : value) list.push_back(Joined(each));
    return list;
  }
  if (!value.is_object()) return value;
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [key, each] : value.items()) {
    const bool by_jupyter = key == "execution_count" || key == "metadata";
    if (!by_jupyter) object[key] = Joined(each);
  }
  return object;
}

std::string Title(const RunRecord& run, const std::string& run_folder) {
  const std::string where = run_folder == "."
                                ? "the files beside this notebook"
                                : "the files of the run folder " + NotebookWords(run_folder);
  return fmt::format(
      "# Normalizations compared: recipe {} on {}\n\n"
      "What `normlab run` left, read and drawn with Python's standard library and\n"
      "matplotlib. The results below were put in by `normlab report --notebook`; *Run all cells* "
      "makes\n"
      "them anew from {}: `study.json`, and each training's `metrics.csv`\n"
      "and `errors.csv`. {} tells the findings, tested against the noise between\n"
      "seeds, and how to run it again. {}",
      NotebookWords(run.recipe), NotebookWords(run.dataset), where,
      run_folder == "." ? "[README.md](README.md)" : "Its README.md", kTimes);
}

// What a reader sees of a notebook and may have changed: Jupyter writes the rest its own way
// whenever it saves, an edit or none.
std::string NotebookFingerprint(std::string_view bytes) {
  const Json notebook = Json::parse(bytes, nullptr, false);
  if (!notebook.is_object() || !notebook.contains("cells") || !notebook["cells"].is_array()) {
    return Sha256(bytes);
  }
  nlohmann::json seen = nlohmann::json::array();
  for (const Json& cell : notebook["cells"]) {
    nlohmann::json kept;
    for (const char* part : {"cell_type", "source", "outputs", "attachments"}) {
      if (cell.is_object() && cell.contains(part)) kept[part] = Joined(cell[part]);
    }
    seen.push_back(std::move(kept));
  }
  return Sha256(seen.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

std::string NotebookJson(const RunRecord& run, const std::string& folder) {
  const std::string run_folder = RelativePath(run.path, folder);
  Json cells = Json::array({MarkdownCell("title", Title(run, run_folder))});
  int count = 0;
  for (const NotebookCell& cell : NotebookCells()) {
    cells.push_back(cell.markdown ? MarkdownCell(cell.name, cell.source)
                                  : CodeCell(cell, ++count, run, run_folder));
  }
  const Json kernel = {{"display_name", "Python 3"}, {"language", "python"}, {"name", "python3"}};
  const Json notebook = {
      {"cells", std::move(cells)},
      {"metadata", {{"kernelspec", kernel}, {"language_info", {{"name", "python"}}}}},
      {"nbformat", 4},
      {"nbformat_minor", 5}};
  return notebook.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void WriteNotebook(const RunRecord& run, const std::string& folder, const std::string& name) {
  const auto by_an_earlier_normlab = [](const std::string&, std::string_view bytes) {
    return bytes.find("put in by `normlab report --notebook`") != std::string_view::npos;
  };
  OwnedFolder(folder, by_an_earlier_normlab, NotebookFingerprint)
      .Write(name, NotebookJson(run, folder));
}

}  // namespace normlab
