#include "operations/opencl/launches.h"

#include <algorithm>
#include <cmath>

namespace normlab::opencl {

namespace {

std::string StoreTo(const Argument& map, const char* how) {
  return fmt::format("{}[(size_t)(element) * LANES + lane] {} (value)", map.name, how);
}

}  // namespace

void SetStore(Launch& launch, Argument to) {
  launch.constants.emplace_back(kStore, StoreTo(to, "="));
  launch.arguments.push_back(to);
  launch.stores = std::move(to);
}

void LetStoreAdd(Launch& launch) {
  for (auto& [name, text] : launch.constants) {
    if (name == kStore) text = StoreTo(*launch.stores, "+=");
  }
}

std::string Literal(double value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value > 0 ? "INFINITY" : "(-INFINITY)";
  const std::string digits = fmt::format("{:.9g}", static_cast<double>(static_cast<float>(value)));
  const bool whole = digits.find_first_of(".e") == std::string::npos;
  const std::string text = digits + (whole ? ".0f" : "f");
  return value < 0 ? "(" + text + ")" : text;
}

int Divisor(int count, int most) {
  int divisor = std::min(count, most);
  while (count % divisor != 0) --divisor;
  return divisor;
}

Launch SumSlices(int partial, Argument total, std::size_t slices, std::size_t size, bool adds) {
  total.name = "total";
  Launch launch;
  launch.body = KernelText("sum_slices");
  launch.arguments = {{"partial", Slot::kScratch, partial}, std::move(total)};
  launch.sizes = {{"SLICES", static_cast<int>(slices)}, {"SIZE", static_cast<int>(size)}};
  launch.constants.push_back(Put(adds));
  launch.across = Across::kOne;
  launch.tiles = size;
  launch.at_end = true;
  return launch;
}

void AddMapSum(const std::string& value, std::vector<Argument> maps, std::size_t tiles,
               std::size_t each, Argument total, bool adds, const DeviceShape& device,
               DeviceWork& work) {
  // Short chains of sums, and enough of them.
  const std::size_t most = std::max<std::size_t>(1, each / 64);
  const std::size_t wanted = (device.wanted + tiles - 1) / tiles;
  const std::size_t slices = std::clamp<std::size_t>(wanted, 1, most);
  const std::size_t chunk = (each + slices - 1) / slices, used = (each + chunk - 1) / chunk;
  const int partial = static_cast<int>(work.scratch.size());
  work.scratch.push_back({used * tiles, 0});
  Launch launch;
  launch.body = KernelText("map_sum");
  launch.arguments = std::move(maps);
  launch.arguments.push_back({"partial", Slot::kScratch, partial});
  launch.sizes = {{"EACH", static_cast<int>(each)},
                  {"CHUNK", static_cast<int>(chunk)},
                  {"TILES", static_cast<int>(tiles)}};
  launch.constants.emplace_back("VALUE(at)", value);
  launch.constants.push_back(Put(false));
  launch.across = Across::kGroupLanes;
  launch.places = used;
  launch.tiles = tiles;
  launch.at_end = true;
  work.backward.push_back(std::move(launch));
  work.backward.push_back(SumSlices(partial, std::move(total), used, tiles, adds));
}

}  // namespace normlab::opencl
