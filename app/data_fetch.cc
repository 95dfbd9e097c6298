#include "app/data_fetch.h"

#include <fmt/format.h>

#include <memory>

#include "app/data_sets.h"
#include "app/fetch_bar.h"
#include "app/interrupt.h"
#include "app/standard_streams.h"
#include "base/text.h"
#include "fetch/fetch.h"

namespace normlab {
namespace {

struct FetchFlags {
  DataFlags data;
  FetchRequest request;
  int timeout = 30;  // seconds
  std::string progress = "auto";
};

void PrintResult(const DatasetInfo& info, const FetchResult& result) {
  if (result.end == FetchResult::End::kThere) {
    Print("{} is there, every file the published one: {}\n", info.title, PathText(result.path));
  } else {
    Print("{}: fetched {} bytes in {} file{}, every file the published one: {}\n", info.title,
          WithCommas(result.bytes), result.files, result.files == 1 ? "" : "s",
          PathText(result.path));
  }
}

ExitCode Fetch(const FetchFlags& flags) {
  const std::vector<DatasetInfo> sets = NamedDatasets(flags.data);
  FetchRequest request = flags.request;
  request.data_dir = flags.data.data_dir;
  request.limits.stall_seconds = flags.timeout;
  CatchInterrupts();
  FetchBar bar(ParseProgressMode(flags.progress));
  for (const DatasetInfo& info : sets) {
    const FetchResult result = FetchDataset(info, request, bar, StopRequested());
    if (result.end == FetchResult::End::kStopped) {
      throw Error(InterruptedCode(),
                  fmt::format("stopped; the same command goes on where {} was", info.title));
    }
    PrintResult(info, result);
  }
  return ExitCode::kDone;
}

}  // namespace

Command AddDataFetch(CLI::App& data) {
  const auto flags = std::make_shared<FetchFlags>();
  CLI::App* fetch = data.add_subcommand(
      "fetch",
      "Download a set from where it is published, check it, and put it where normlab looks. Called "
      "again it goes on where it was stopped; what is there and good stays.");
  AddDataFlags(*fetch, flags->data, "", false);
  fetch->get_option("datasets")->required();
  fetch->add_option("--to", flags->request.to,
                    "the folder; default: --data-dir, else $XDG_CACHE_HOME/normlab");
  fetch
      ->add_option("--mirror", flags->request.mirrors,
                   "http(s)://...: instead of the published addresses, laid out as the folder is "
                   "(docs/data.md); may be repeated")
      ->allow_extra_args(false);
  fetch
      ->add_option("--timeout", flags->timeout,
                   "seconds after which a server that sends nothing is given up")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  fetch->add_option("--progress", flags->progress, "auto, bar, plain or none")
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}));
  fetch->footer(
      "normlab data fetch mnist\nnormlab data fetch mnist cifar10 --to ~/data\n"
      "normlab data fetch mnist --mirror http://mirror.example.edu/normlab");
  return {fetch, [flags](const std::vector<std::string>&) { return Fetch(*flags); }};
}

}  // namespace normlab
