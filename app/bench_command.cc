#include "app/bench_command.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "app/standard_streams.h"
#include "base/text.h"
#include "config/norm_setting.h"
#include "measure/bench.h"
#include "measure/bench_json.h"
#include "measure/bench_options.h"
#include "measure/bench_table.h"
#include "measure/device_bench.h"
#include "study/build_info.h"
#include "train/optimizer.h"

namespace normlab {
namespace {

struct BenchFlags {
  BenchOptions options;
  std::string program = "room", weights = "none", device = "cpu";
  std::optional<std::size_t> bandwidth_mib;
  bool json = false;
};

constexpr int kMostBatch = 16384, kMostThreads = 1024, kMostRounds = 1000;
constexpr std::size_t kMostMebibytes = std::size_t{1} << 20;

ExitCode Bench(const BenchFlags& flags) {
  BenchOptions options = flags.options;
  options.by_equation = flags.program == "equation";
  options.norm = NormFromPath(options.norm, "", "flag --norm");
  options.weights = WeightsFromPath(flags.weights, "", "flag --weights");
  if (flags.bandwidth_mib) options.bandwidth_bytes = *flags.bandwidth_mib << 20;
  const DeviceChoice device = ParseDevice(flags.device, "--device");
  if (!device.is_cpu) {
    const DeviceBenchReport race = RaceDevice(options, device);
    PrintText(flags.json ? DeviceBenchJson(options, race, ThisBuild().version)
                         : DeviceBenchTable(options, race));
    return ExitCode::kDone;
  }
  const BenchReport report = RunBench(options);
  for (const std::string& warning : report.warnings) {
    Warn(warning);
  }
  PrintText(flags.json ? BenchJson(report, ThisBuild().version) : BenchTable(report));
  return ExitCode::kDone;
}

}  // namespace

Command AddBenchCommand(CLI::App& program) {
  const auto shared = std::make_shared<BenchFlags>();
  BenchFlags& flags = *shared;
  BenchOptions& options = flags.options;
  CLI::App* bench = program.add_subcommand(
      "bench", "Measure the machine's limits and what a training step makes of them.");
  bench->add_option("--model", options.model, "a preset or an architecture line")
      ->capture_default_str();
  bench->add_option("--dataset", options.dataset, "whose shape the images have; none is read")
      ->capture_default_str();
  bench->add_option("--norm", options.norm, Join(NormNames()) + ", or a method's file.toml")
      ->capture_default_str();
  bench->add_option("--program", flags.program, "room or equation, as the key norm_program")
      ->check(CLI::IsMember({"room", "equation"}))
      ->capture_default_str();
  bench
      ->add_option("--weights", flags.weights,
                   Join(FilterNames()) + ", or a file.toml: what is made of the filters")
      ->capture_default_str();
  bench->add_option("--ghost", options.ghost, "images of a ghost batch; 0: the batch is one")
      ->check(CLI::Range(0, kMostBatch))
      ->capture_default_str();
  bench->add_option("--optimizer", options.optimizer, Join(OptimizerFamily().names()))
      ->check(CLI::IsMember(OptimizerFamily().names()))
      ->capture_default_str();
  bench->add_option("--dropout", options.dropout, "probability")->capture_default_str();
  bench->add_option("--batch", options.batch, "images of a step")
      ->check(CLI::Range(1, kMostBatch))
      ->capture_default_str();
  bench->add_option("--threads", options.threads, "0: all cores")
      ->check(CLI::Range(0, kMostThreads))
      ->capture_default_str();
  bench
      ->add_option("--device", flags.device,
                   "cpu, or opencl or opencl:N: its step beside the fast engine's, nothing else")
      ->capture_default_str();
  bench
      ->add_option("--together", options.together,
                   "with --device: trainings at once, whose launches are one")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  bench->add_option("--simd", options.simd, "best, avx512, avx2, sse4 or scalar")
      ->capture_default_str();
  bench->add_option("--rounds", options.rounds, "how often everything is measured")
      ->check(CLI::Range(1, kMostRounds))
      ->capture_default_str();
  bench
      ->add_option("--bandwidth-mib", flags.bandwidth_mib,
                   "memory for the bandwidth; 0: it is not measured; default: four last caches, at "
                   "most a quarter of what is free")
      ->check(CLI::Range(std::size_t{0}, kMostMebibytes));
  bench->add_flag("--json", flags.json, "for programs (docs/bench.md)");
  bench->footer(
      "normlab bench\nnormlab bench --model mnist-8k --dataset mnist --norm group --threads 1\n"
      "normlab bench --simd avx2 --json\nnormlab bench --device opencl");
  return {bench, [shared](const std::vector<std::string>&) { return Bench(*shared); }};
}

}  // namespace normlab
