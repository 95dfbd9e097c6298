#include "app/report_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "app/report_page.h"
#include "augment/augment.h"
#include "data/dataset.h"
#include "report/notebook.h"
#include "report/readme.h"
#include "report/report.h"

namespace normlab {
namespace {

struct ReportFlags {
  std::vector<std::string> folders;
  std::string data_dir;
  bool notebook = false;
  bool html = false;
};

void WriteReportOf(const std::string& folder, const std::string& data_dir) {
  const RunRecord run = ReadRunFolder(folder);
  const Dataset dataset = LoadDataset(run.dataset, data_dir);
  // Arms that differ in their augmentation have none in common to show.
  const std::string augment = RecipeValue(run.recipe_text, "augment");
  std::unique_ptr<Augmentation> augmentation;
  if (!augment.empty()) augmentation = ParseAugmentation(augment, dataset.shape);
  const bool shown = augmentation != nullptr && !augmentation->identity();
  for (const std::string& line : WriteReport(run, dataset, shown ? augmentation.get() : nullptr)) {
    fmt::print(stderr, "normlab: warning: {}\n", line);
  }
  fmt::print("{}/README.md\n", folder);
}

void WriteNotebookOf(const std::string& folder) {
  WriteNotebook(ReadRunFolder(folder));
  fmt::print("{}/notebook.ipynb\n", folder);
}

void WritePage(const ReportFlags& flags) {
  NeedPage();
  std::vector<RunRecord> runs;
  for (const std::string& folder : flags.folders) runs.push_back(ReadRunFolder(folder));
  fmt::print("{}\n", WriteReportPage(runs, flags.data_dir, PageFolder(flags.folders)));
}

}  // namespace

Command AddReportCommand(CLI::App& program) {
  const auto flags = std::make_shared<ReportFlags>();
  CLI::App* report = program.add_subcommand(
      "report", "Write a run's README.md and figures anew, from what lies in its folder.");
  report->add_option("folder", flags->folders, "run folders, finished or not")->required();
  report->add_option("--data-dir", flags->data_dir,
                     "where the data sets lie, before all other places");
  report->add_flag("--notebook", flags->notebook,
                   "also notebook.ipynb, for Jupyter (docs/notebook.md)");
  report->add_flag(
      "--html", flags->html,
      "instead one page that holds everything, report.html, in the run's folder, or for "
      "several runs in the current one (docs/page.md)");
  report->footer(
      "normlab report runs/fashion_0123456789\nnormlab report runs/*\n"
      "normlab report runs/fashion_0123456789 --notebook\n"
      "normlab report runs/fashion_0123456789 --html");
  return {report, [flags](const std::vector<std::string>&) {
            if (flags->html) {
              WritePage(*flags);
              if (!flags->notebook) return ExitCode::kDone;
            }
            for (const std::string& folder : flags->folders) {
              WriteReportOf(folder, flags->data_dir);
              if (flags->notebook) WriteNotebookOf(folder);
            }
            return ExitCode::kDone;
          }};
}

}  // namespace normlab
