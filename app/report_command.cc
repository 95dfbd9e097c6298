#include "app/report_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "app/report_page.h"
#include "app/standard_streams.h"
#include "augment/augment.h"
#include "base/escape.h"
#include "data/dataset.h"
#include "report/notebook/notebook.h"
#include "report/report.h"
#include "report/sources/combined_run.h"

namespace normlab {
namespace {

struct ReportFlags {
  std::vector<std::string> folders;
  std::string data_dir;
  std::optional<std::string> out;
  bool notebook = false;
  bool html = false;
};

// The images of the runs, as far as this machine has them.
class Images {
 public:
  Images(const std::vector<RunRecord>& runs, const std::string& data_dir) {
    try {
      dataset_ = LoadDataset(runs.front().dataset, data_dir);
      data_.dataset = &*dataset_;
      const std::string augment = SharedAugmentation(runs);
      if (!augment.empty()) augmentation_ = ParseAugmentation(augment, dataset_->shape);
      const bool shown = augmentation_ != nullptr && !augmentation_->identity();
      data_.augmentation = shown ? augmentation_.get() : nullptr;
    } catch (const Error& error) {
      data_ = {nullptr, error.what(), nullptr};
      Warn(fmt::format("the report is written without images: {}", error.what()));
    }
  }
  Images(const Images&) = delete;
  Images& operator=(const Images&) = delete;
  const ReportData& data() const { return data_; }

 private:
  std::optional<Dataset> dataset_;
  std::unique_ptr<Augmentation> augmentation_;
  ReportData data_;
};

struct RunFolders {
  std::vector<RunRecord> runs;
  std::vector<std::string> unread;   // a line each
  std::vector<std::string> refused;  // files of the user, a line each
};

RunFolders Read(const std::vector<std::string>& folders) {
  RunFolders read;
  for (const std::string& folder : folders) {
    try {
      read.runs.push_back(ReadRunFolder(folder));
      for (const std::string& line : read.runs.back().missing) Warn(folder + ": " + line);
    } catch (const DataError& error) {
      read.unread.push_back(error.what());
    }
  }
  for (const std::string& line : read.unread) {
    if (!read.runs.empty() || line != read.unread.front()) Warn(line);
  }
  if (read.runs.empty()) throw DataError(read.unread.front());
  return read;
}

// Of several, each on its own: a run that contradicts its data set, or a file that its user
// changed, does not keep the others from being written.
template <typename WriteOne>
void ForEach(RunFolders& folders, const WriteOne& write_one) {
  for (std::size_t i = 0; i < folders.runs.size(); ++i) {
    try {
      write_one(folders.runs[i], i);
    } catch (const DataError& error) {
      if (folders.runs.size() == 1) throw;
      folders.unread.push_back(error.what());
      Warn(error.what());
    } catch (const UsageError& error) {
      if (folders.runs.size() == 1) throw;
      folders.refused.push_back(error.what());
      Warn(error.what());
    }
  }
}

void WriteEach(RunFolders& folders, const std::string& data_dir) {
  ForEach(folders, [&](const RunRecord& run, std::size_t /*number*/) {
    const Images images({run}, data_dir);
    for (const std::string& line : WriteReport(run, images.data())) Warn(line);
    Print("{}/README.md\n", run.path);
  });
}

// Several in one folder have their runs' names.
std::string NotebookName(const RunFolders& folders, const std::optional<std::string>& out,
                         std::size_t number) {
  if (!out || folders.runs.size() == 1) return "notebook.ipynb";
  std::vector<std::string> stems;
  for (const std::string& name : RunNames(folders.runs)) stems.push_back(FileStem(name));
  const bool shared = std::ranges::count(stems, stems[number]) > 1;
  return fmt::format("notebook-{}{}.ipynb", stems[number],
                     shared ? fmt::format("-{}", number + 1) : "");
}

void WriteNotebooks(RunFolders& folders, const std::optional<std::string>& out) {
  ForEach(folders, [&](const RunRecord& run, std::size_t number) {
    const std::string folder = out.value_or(run.path);
    const std::string name = NotebookName(folders, out, number);
    WriteNotebook(run, folder, name);
    Print("{}/{}\n", folder, name);
  });
}

void WriteOne(const RunFolders& folders, const std::string& data_dir, const std::string& out) {
  const Images images(folders.runs, data_dir);
  for (const std::string& line :
       WriteReportOver(folders.runs, folders.unread, images.data(), out)) {
    Warn(line);
  }
  Print("{}/README.md\n", out);
}

ExitCode Report(const ReportFlags& flags) {
  if (flags.out && flags.out->empty()) throw UsageError("--out: expected a folder, found nothing");
  if (flags.html) NeedPage();
  RunFolders folders = Read(flags.folders);
  if (flags.html) {
    const std::string folder = flags.out.value_or(PageFolder(flags.folders));
    Print("{}\n", WriteReportPage(folders.runs, flags.data_dir, folder));
  } else if (flags.out) {
    WriteOne(folders, flags.data_dir, *flags.out);
  } else {
    WriteEach(folders, flags.data_dir);
  }
  if (flags.notebook) WriteNotebooks(folders, flags.out);
  if (!folders.refused.empty()) throw UsageError(folders.refused.front());
  return folders.unread.empty() ? ExitCode::kDone : ExitCode::kData;
}

}  // namespace

Command AddReportCommand(CLI::App& program) {
  const auto flags = std::make_shared<ReportFlags>();
  CLI::App* report = program.add_subcommand(
      "report", "Write a run's README.md and figures anew, from what lies in its folder.");
  report->add_option("folder", flags->folders, "run folders, finished or not")->required();
  report->add_option("--out", flags->out,
                     "one report on all of the runs in this folder, instead of one in each run's");
  report->add_option("--data-dir", flags->data_dir,
                     "where the data sets lie, before all other places");
  report->add_flag(
      "--notebook", flags->notebook,
      "also notebook.ipynb, for Jupyter, in --out or in each run's folder (docs/notebook.md)");
  report->add_flag("--html", flags->html,
                   "instead one page that holds everything, report.html, in --out, or in the run's "
                   "folder, or for several runs in the current one (docs/page.md)");
  report->footer(
      "normlab report runs/fashion_0123456789\nnormlab report runs/*\n"
      "normlab report runs/mnist_0123456789 runs/mnist-none_9876543210 --out both\n"
      "normlab report runs/fashion_0123456789 --notebook\n"
      "normlab report runs/fashion_0123456789 --html");
  return {report, [flags](const std::vector<std::string>&) { return Report(*flags); }};
}

}  // namespace normlab
