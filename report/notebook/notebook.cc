#include "report/notebook/notebook.h"

#include <fmt/format.h>

#include "base/file.h"
#include "report/notebook/notebook_cells.h"
#include "report/notebook/notebook_outputs.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

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

Json CodeCell(const NotebookCell& cell, int count, const RunRecord& run) {
  return {{"cell_type", "code"},
          {"execution_count", count},
          {"id", cell.name},
          {"metadata", CodeMetadata(cell)},
          {"outputs", NotebookOutputs(cell.name, count, run)},
          {"source", Lines(cell.source)}};
}

std::string Title(const RunRecord& run) {
  return fmt::format(
      "# Normalizations compared: recipe {} on {}\n\n"
      "What `normlab run` left in this folder, read and drawn with Python's standard library and\n"
      "matplotlib. The results below were put in by `normlab report --notebook`; *Run all cells* "
      "makes\n"
      "them anew from the files beside this notebook: `study.json`, and each training's "
      "`metrics.csv`\n"
      "and `errors.csv`. [README.md](README.md) tells the findings, tested against the noise "
      "between\n"
      "seeds, and how to run it again.",
      NotebookWords(run.recipe), NotebookWords(run.dataset));
}

}  // namespace

std::string NotebookJson(const RunRecord& run) {
  Json cells = Json::array({MarkdownCell("title", Title(run))});
  int count = 0;
  for (const NotebookCell& cell : NotebookCells()) {
    cells.push_back(cell.markdown ? MarkdownCell(cell.name, cell.source)
                                  : CodeCell(cell, ++count, run));
  }
  const Json kernel = {{"display_name", "Python 3"}, {"language", "python"}, {"name", "python3"}};
  const Json notebook = {
      {"cells", std::move(cells)},
      {"metadata", {{"kernelspec", kernel}, {"language_info", {{"name", "python"}}}}},
      {"nbformat", 4},
      {"nbformat_minor", 5}};
  return notebook.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void WriteNotebook(const RunRecord& run) {
  WriteFile(run.path + "/notebook.ipynb", NotebookJson(run));
}

}  // namespace normlab
