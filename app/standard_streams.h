// Standard output and standard error: the only way to either. Results go to the one, whatever is
// said beside them to the other; what became of them decides the exit code (docs/exit-codes.md).
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/error.h"

namespace normlab {

// Those of the descriptors 0, 1 and 2 that are closed are opened on nothing. To be called before a
// file is opened: it would get the number of a standard stream, and what is said there. Requires
// that the signals of failed writes are ignored (base/signals.h).
void OpenStandardStreams();

// Results. Never throws for what cannot be written: the work goes on, what comes later is dropped,
// and EndOutput says so. From one thread at a time.
void PrintText(std::string_view text);

template <typename... Values>
void Print(fmt::format_string<Values...> format, Values&&... values) {
  PrintText(fmt::format(format, std::forward<Values>(values)...));
}

// False when standard output was closed from the start, or failed.
bool OutputWorks();

// The program's exit code, which is `code` unless that is kDone and a result could not be written:
// then 1 after a line on standard error, or, quietly, kReaderGone for a pipe without a reader.
int EndOutput(ExitCode code);
constexpr int kReaderGone = 141;  // what a shell says of SIGPIPE

// "normlab: <line>" on standard error; what cannot be written there is dropped. From any thread.
void Say(std::string_view line);
void Warn(std::string_view line);        // "normlab: warning: <line>"
void WriteError(std::string_view text);  // as it is

}  // namespace normlab
