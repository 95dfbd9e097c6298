#include "operations/fast/aligned_zeros.h"

#include <sys/mman.h>

#include <algorithm>
#include <memory>
#include <new>

namespace normlab {
namespace {

// Before the memory is written for the first time. A system that has no such pages refuses, which
// changes nothing.
void PreferHugePages(void* memory, std::size_t bytes) {
#ifdef MADV_HUGEPAGE
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  // What lies before and behind whole ones is somebody else's.
  if (std::align(kHugePage, kHugePage, memory, bytes) == nullptr) return;
  madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#else
  (void)memory, (void)bytes;
#endif
}

}  // namespace

AlignedFloats AlignedZeros(std::size_t count) {
  AlignedFloats values = hwy::AllocateAligned<float>(count);
  if (values == nullptr) throw std::bad_alloc();
  PreferHugePages(values.get(), count * sizeof(float));
  std::fill_n(values.get(), count, 0.0f);
  return values;
}

}  // namespace normlab
