// Signals that say what the failed call says as well.
#pragma once

#include <csignal>

namespace normlab {

// Writing to a pipe that nobody reads any more, or beyond the size that a file may have
// (ulimit -f), gives an error and no signal from now on: it is told in a line, and what was begun
// is removed.
void TakeErrorsForWriteSignals();

// Those signals, to be given back to programs that are started: they do not expect the errors.
sigset_t WriteSignals();

}  // namespace normlab
