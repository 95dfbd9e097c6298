// Included before Highway, in every file that is compiled once per instruction set: which sets
// those are, and how one of them is chosen at run time.
//
// Scalar, SSE4, AVX2 and AVX-512 on x86. SSSE3 and AVX3_DL would only add compile time: nothing
// here uses what they bring. Highway 1.0.3 leaves out the scalar target unless every attainable one
// is asked for.
#ifndef NORMLAB_ENGINE_SIMD_TARGETS_H_
#define NORMLAB_ENGINE_SIMD_TARGETS_H_

#define HWY_COMPILE_ALL_ATTAINABLE 1
#ifndef NORMLAB_LEFT_OUT_TARGETS  // of a build that need not have all (CMakeLists.txt)
#define NORMLAB_LEFT_OUT_TARGETS 0
#endif
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | (NORMLAB_LEFT_OUT_TARGETS))

#include "hwy/base.h"
#include "operations/fast/simd.h"

#include "hwy/detect_targets.h"

// SupportedSimd() has no set that the build lacks.
#if HWY_TARGETS & HWY_AVX3
#define NORMLAB_IN_AVX3(call) return N_AVX3::call
#else
#define NORMLAB_IN_AVX3(call) break
#endif
#if HWY_TARGETS & HWY_AVX2
#define NORMLAB_IN_AVX2(call) return N_AVX2::call
#else
#define NORMLAB_IN_AVX2(call) break
#endif
#if HWY_TARGETS & HWY_SSE4
#define NORMLAB_IN_SSE4(call) return N_SSE4::call
#else
#define NORMLAB_IN_SSE4(call) break
#endif

#if HWY_ARCH_X86
#define NORMLAB_DISPATCH(simd, call) \
  do {                               \
    switch (simd) {                  \
      case Simd::kAvx512:            \
        NORMLAB_IN_AVX3(call);       \
      case Simd::kAvx2:              \
        NORMLAB_IN_AVX2(call);       \
      case Simd::kSse4:              \
        NORMLAB_IN_SSE4(call);       \
      case Simd::kScalar:            \
        break;                       \
    }                                \
    return N_SCALAR::call;           \
  } while (false)
#else
#error "normlab's engine is built for x86-64; other targets need a row in NORMLAB_DISPATCH"
#endif

#endif  // NORMLAB_ENGINE_SIMD_TARGETS_H_
