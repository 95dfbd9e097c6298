// Ctrl-C and kill: the first finishes the batch, a second ends at once.
#pragma once

#include <atomic>

namespace normlab {

// Installs the handlers for SIGINT and SIGTERM.
void CatchInterrupts();

const std::atomic<bool>& StopRequested();
int CaughtSignal();  // 0: none

}  // namespace normlab
