// The normlab command: results on stdout, progress and errors on stderr, exit codes as in
// docs/exit-codes.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "app/bench_command.h"
#include "app/command.h"
#include "app/compare_command.h"
#include "app/data_command.h"
#include "app/devices_command.h"
#include "app/doctor_command.h"
#include "app/evaluate_command.h"
#include "app/explain_command.h"
#include "app/export_command.h"
#include "app/norms_command.h"
#include "app/out_of_memory.h"
#include "app/path_options.h"
#include "app/predict_command.h"
#include "app/recipes_command.h"
#include "app/refused_arguments.h"
#include "app/refused_words.h"
#include "app/report_command.h"
#include "app/run_command.h"
#include "app/runs_command.h"
#include "app/serve_command.h"
#include "app/standard_streams.h"
#include "app/summary_command.h"
#include "app/tune_command.h"
#include "base/error.h"
#include "base/signals.h"
#include "base/text.h"
#include "operations/fast/simd.h"
#include "study/build_info.h"

namespace normlab {
namespace {

std::string VersionText() {
  const BuildInfo build = ThisBuild();
  std::vector<std::string> targets;
  for (const Simd simd : SupportedSimd()) targets.emplace_back(SimdName(simd));
  return fmt::format("normlab {}{}\n{}\ninstruction sets here: {}", build.version,
                     build.revision.empty() ? " (revision not known: built outside a git checkout)"
                                            : fmt::format(" ({})", build.revision),
                     build.compiler, Join(targets));
}

ExitCode Fail(ExitCode code, const std::string& line) {
  Say(line);
  return code;
}

ExitCode ParseAndRun(int argc, char** argv) {
  CLI::App app("A laboratory for normalization layers in small convolutional networks.", "normlab");
  app.set_version_flag("--version", VersionText());
  app.formatter(std::make_shared<ExamplesFirst>());
  app.footer("normlab run\nnormlab run mnist --seeds 3");
  const std::vector<Command> commands = {
      AddRunCommand(app),     AddTuneCommand(app),    AddSummaryCommand(app),
      AddExplainCommand(app), AddDataCommand(app),    AddEvaluateCommand(app),
      AddPredictCommand(app), AddExportCommand(app),  AddReportCommand(app),
      AddServeCommand(app),   AddBenchCommand(app),   AddRunsCommand(app),
      AddCompareCommand(app), AddRecipesCommand(app), AddNormsCommand(app),
      AddDevicesCommand(app), AddDoctorCommand(app),
  };
  app.require_subcommand(0, 1);  // what follows a command is its own: a folder may be called "run"
  ExpandHomeInPaths(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    std::ostringstream text;
    app.exit(success, text);
    PrintText(text.str());
    return ExitCode::kDone;
  } catch (const CLI::ExtrasError&) {
    return Fail(ExitCode::kUsage, UnexpectedWords(app));
  } catch (const CLI::ParseError& error) {
    return Fail(ExitCode::kUsage, RefusedArgument(app, error));
  }
  RefuseEmptyValues(app);
  const std::vector<std::string> command_line(argv, argv + argc);
  for (const Command& each : commands) {
    if (each.app->parsed()) return each.run(command_line);
  }
  return Fail(ExitCode::kUsage, "expected a command, such as run (see normlab --help)");
}

ExitCode RunOrSayWhyNot(int argc, char** argv) {
  try {
    return ParseAndRun(argc, argv);
  } catch (const Error& error) {
    return Fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return Fail(ExitCode::kFailed, OutOfMemory(argc > 1 ? argv[1] : ""));
  } catch (const std::filesystem::filesystem_error& error) {
    return Fail(ExitCode::kFailed,
                fmt::format("{}: {}", error.path1().empty() ? "a folder" : error.path1().string(),
                            error.code().message()));
  } catch (const std::system_error& error) {
    return Fail(
        ExitCode::kFailed,
        fmt::format("the system refuses what this needs ({}): allow more processes (ulimit -u, "
                    "a container's limit of pids) or more memory, or give fewer --jobs and "
                    "--threads",
                    error.code().message()));
  } catch (const std::exception& error) {
    return Fail(
        ExitCode::kFailed,
        fmt::format("an error that normlab does not expect, please report it: {}", error.what()));
  }
}

}  // namespace
}  // namespace normlab

int main(int argc, char** argv) {
  normlab::TakeErrorsForWriteSignals();
  normlab::OpenStandardStreams();
  return normlab::EndOutput(normlab::RunOrSayWhyNot(argc, argv));
}
