#include "app/devices_command.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "app/standard_streams.h"
#include "base/cores.h"
#include "base/cpuinfo.h"
#include "base/error.h"
#include "base/memory_limits.h"
#include "base/text_table.h"
#include "engine/opencl/devices.h"
#include "measure/device_bench.h"
#include "operations/fast/simd.h"
#include "study/build_info.h"

namespace normlab {
namespace {

constexpr int kRounds = 3;

struct Row {
  opencl::Device device;
  std::string trouble;           // why it cannot be used, or failed when it was tried
  double images_per_second = 0;  // 0: not measured
  double first_step = 0;
};

struct Found {
  std::vector<Row> rows;
  std::string trouble;  // why there are none
  BenchOptions options;
  double fast = 0;  // images per second of the fast engine; 0: not measured
};

// A device that fails is a row that says so.
void Measure(Row& row, Found& found) {
  try {
    const DeviceBenchReport report = RaceDevice(found.options, {false, row.device.number});
    row.images_per_second = report.batch / report.device_step.median;
    row.first_step = report.first_step;
    found.fast = report.batch / report.fast_step.median;
  } catch (const Error& error) {
    row.trouble = error.what();
  }
}

Found Find(bool measures) {
  Found found;
  found.options.rounds = kRounds;
  const opencl::DeviceList list = opencl::ListDevices();
  found.trouble = list.trouble;
  for (const opencl::Device& device : list.devices) {
    Row& row = found.rows.emplace_back(Row{device, device.trouble});
    if (measures && row.trouble.empty()) Measure(row, found);
  }
  return found;
}

std::string Rate(double images_per_second) {
  return images_per_second > 0 ? fmt::format("{:.0f}", images_per_second) : "";
}

void PrintTable(const Found& found) {
  Cells cells = {{"device", "what", "memory", "driver", "images/s", "first step", ""}};
  cells.push_back(
      {"cpu", fmt::format("{}, {} cores, {}", CpuInfo("model name"), Cores(), SimdName(BestSimd())),
       MemoryText(static_cast<double>(TightestMemoryLimit().room())), "", Rate(found.fast), "",
       ""});
  for (const Row& row : found.rows) {
    const opencl::Device& device = row.device;
    cells.push_back(
        {fmt::format("opencl:{}", device.number),
         fmt::format("{} ({})", device.name, device.is_cpu ? "CPU" : "GPU"),
         MemoryText(static_cast<double>(device.memory)),
         fmt::format("{} {}", device.platform, device.driver), Rate(row.images_per_second),
         row.first_step > 0 ? fmt::format("{:.1f} s", row.first_step) : "", row.trouble});
  }
  Print("{}\n", AlignedTable(cells, "llllrrl"));
  if (found.rows.empty()) Print("no OpenCL device: {}\n", found.trouble);
  if (found.fast > 0) {
    Print(
        "images/s: training steps of {}, batches of {}; the first step compiles the kernels, and "
        "later programs find them again.\n",
        found.options.model, found.options.batch);
  }
}

void PrintJson(const Found& found) {
  using Json = nlohmann::ordered_json;
  const auto rate = [](double value) { return value > 0 ? Json(value) : Json(); };
  Json devices = Json::array();
  for (const Row& row : found.rows) {
    const opencl::Device& device = row.device;
    devices.push_back({{"device", fmt::format("opencl:{}", device.number)},
                       {"name", device.name},
                       {"vendor", device.vendor},
                       {"platform", device.platform},
                       {"driver", device.driver},
                       {"version", device.version},
                       {"is_cpu", device.is_cpu},
                       {"memory", device.memory},
                       {"units", device.units},
                       {"images_per_second", rate(row.images_per_second)},
                       {"first_step_seconds", rate(row.first_step)},
                       {"trouble", row.trouble.empty() ? Json() : Json(row.trouble)}});
  }
  const Json document = {{"schema", 1},
                         {"command", "devices"},
                         {"normlab", ThisBuild().version},
                         {"cpu_images_per_second", rate(found.fast)},
                         {"devices", std::move(devices)},
                         {"trouble", found.trouble.empty() ? Json() : Json(found.trouble)}};
  Print("{}\n", document.dump(2, ' ', false, Json::error_handler_t::replace));
}

struct DevicesFlags {
  bool list = false, json = false;
};

}  // namespace

Command AddDevicesCommand(CLI::App& program) {
  const auto flags = std::make_shared<DevicesFlags>();
  CLI::App* devices = program.add_subcommand(
      "devices",
      "Where trainings can run: the processor and OpenCL devices, and what each brings.");
  devices->add_flag("--list", flags->list, "measure nothing");
  devices->add_flag("--json", flags->json, "one JSON document instead (docs/devices.md)");
  devices->footer("normlab devices\nnormlab devices --list --json");
  return {devices, [flags](const std::vector<std::string>&) {
            const Found found = Find(!flags->list);
            flags->json ? PrintJson(found) : PrintTable(found);
            return ExitCode::kDone;
          }};
}

}  // namespace normlab
