// The clock that a core really runs at, which on virtual machines and with turbo is not the stated
// one.
#pragma once

namespace normlab {

// Hz of the calling thread's core: a chain of rotations, one cycle each on every x86-64 processor.
// The best of a few slices, each below a millisecond; an interrupt only makes it slower.
double MeasureClock();

}  // namespace normlab
