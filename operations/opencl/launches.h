// What the launches of most operations are made of.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "operations/opencl/kernel_text.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

using Constants = std::vector<std::pair<std::string, std::string>>;

using Sizes = std::vector<std::pair<std::string, int>>;

// PUT(place, value): writes, or adds to what is there.
inline std::pair<std::string, std::string> Put(bool adds) {
  return {"PUT(place, value)", adds ? "place += (value)" : "place = (value)"};
}

// What SetStore defines.
inline constexpr std::string_view kStore = "STORE(element, value)";
// Gives the launch one more argument, and STORE, which writes its map.
void SetStore(Launch& launch, Argument to);
// From now on it adds to what is there.
void LetStoreAdd(Launch& launch);

// A float that OpenCL C reads as the same.
std::string Literal(double value);

// The largest divisor of `count` up to `most`.
int Divisor(int count, int most);

// Adds the partial sums [slice][size] of scratch `partial` to `total`.
Launch SumSlices(int partial, Argument total, std::size_t slices, std::size_t size, bool adds);

// The sum of `value`, an expression of `at`, over each of `tiles` parts of `each` elements and all
// images; one scratch is taken.
void AddMapSum(const std::string& value, std::vector<Argument> maps, std::size_t tiles,
               std::size_t each, Argument total, bool adds, const DeviceShape& device,
               DeviceWork& work);

}  // namespace normlab::opencl
