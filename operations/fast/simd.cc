#include "operations/fast/simd.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
// clang-format off
#include "operations/fast/simd_targets.h"
#include "hwy/targets.h"
// clang-format on

namespace normlab {

std::vector<Simd> SupportedSimd() {
  const auto targets = hwy::SupportedTargets() & HWY_TARGETS;
  std::vector<Simd> supported;
  if (targets & HWY_AVX3) supported.push_back(Simd::kAvx512);
  if (targets & HWY_AVX2) supported.push_back(Simd::kAvx2);
  if (targets & HWY_SSE4) supported.push_back(Simd::kSse4);
  supported.push_back(Simd::kScalar);
  return supported;
}

Simd BestSimd() { return SupportedSimd().front(); }

std::string_view SimdName(Simd simd) {
  switch (simd) {
    case Simd::kAvx512:
      return "avx512";
    case Simd::kAvx2:
      return "avx2";
    case Simd::kSse4:
      return "sse4";
    case Simd::kScalar:
      break;
  }
  return "scalar";
}

Simd ParseSimd(std::string_view name) {
  if (name == "best") return BestSimd();
  std::vector<std::string> names;
  for (Simd simd : SupportedSimd()) {
    if (name == SimdName(simd)) return simd;
    names.emplace_back(SimdName(simd));
  }
  throw UsageError(
      fmt::format("simd = {}: expected one that this processor supports, best, {}; best takes the "
                  "fastest, normlab doctor shows them",
                  name, Join(names)));
}

}  // namespace normlab
