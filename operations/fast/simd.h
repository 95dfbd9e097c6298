// Which instruction set an engine was built for. Chosen once, when a model is built.
#pragma once

#include <string_view>
#include <vector>

namespace normlab {

enum class Simd { kScalar, kSse4, kAvx2, kAvx512 };

Simd BestSimd();
std::vector<Simd> SupportedSimd();     // by this build and this processor, best first
std::string_view SimdName(Simd simd);  // "scalar", "sse4", "avx2", "avx512"

// "best" or a name. Throws UsageError naming what this processor supports.
Simd ParseSimd(std::string_view name);

}  // namespace normlab
