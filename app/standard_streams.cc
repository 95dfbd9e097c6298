#include "app/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/printable.h"
#include "base/system_advice.h"

namespace normlab {
namespace {

// Of standard output.
bool was_closed = false;
int failure = 0;  // errno of the first

bool IsClosed(int stream) { return fcntl(stream, F_GETFD) == -1 && errno == EBADF; }

// open gives the lowest number that is free, which is `stream`. Standard output may not be written:
// a result that goes nowhere is told as an error. The root stands in for /dev/null where that is
// missing; it can be neither read nor written.
void OpenOnNothing(int stream) {
  const int mode = stream == STDERR_FILENO ? O_WRONLY : O_RDONLY;
  if (open("/dev/null", mode) < 0) open("/", O_RDONLY | O_DIRECTORY);
}

// 0, or what write says. A descriptor that does not block, such as a terminal that another program
// shares, is waited for as if it did.
int WriteAll(int stream, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(stream, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd ready = {stream, POLLOUT, 0};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// Some file systems tell of a full disk only when a descriptor is closed.
int FlushOutput() {
  const int copy = dup(STDOUT_FILENO);
  if (copy < 0) return 0;
  return close(copy) == 0 || errno == EINTR ? 0 : errno;
}

}  // namespace

void OpenStandardStreams() {
  was_closed = IsClosed(STDOUT_FILENO);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (IsClosed(stream)) OpenOnNothing(stream);
  }
}

void PrintText(std::string_view text) {
  if (failure == 0) failure = WriteAll(STDOUT_FILENO, text);
}

bool OutputWorks() { return !was_closed && failure == 0; }

int EndOutput(ExitCode code) {
  if (failure == 0 && !was_closed) failure = FlushOutput();
  if (failure == 0) return static_cast<int>(code);
  const bool reader_gone = failure == EPIPE;
  if (!reader_gone) {
    const std::string reason = failure == EFBIG ? SystemReason(failure) : strerror(failure);
    Say(fmt::format("cannot write to standard output: {}", reason));
  }
  if (code != ExitCode::kDone) return static_cast<int>(code);
  return reader_gone ? kReaderGone : static_cast<int>(ExitCode::kFailed);
}

void WriteError(std::string_view text) { WriteAll(STDERR_FILENO, text); }

// One line, whatever a user's words in it hold.
void Say(std::string_view line) {
  WriteError(fmt::format("normlab: {}\n", Printable(line, line.size())));
}

void Warn(std::string_view line) { Say(fmt::format("warning: {}", line)); }

}  // namespace normlab
