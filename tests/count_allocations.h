// Counts the allocations of every thread by replacing the program's operator new. Included by one
// file of a test program.
#pragma once

#include <atomic>
#include <cstdlib>
#include <new>

namespace normlab {
inline std::atomic<long> allocations{0};
}

// Not inlined: GCC 12 takes an inlined free for one of another's new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++normlab::allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
// std::stable_sort's: AddressSanitizer's own would not be freed by the delete below.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++normlab::allocations;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
