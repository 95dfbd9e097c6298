#include "report/figures/gnuplot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/signals.h"

extern char** environ;

namespace normlab {
namespace {

// A file for each script: several are drawn at once in one folder.
std::string ComplaintsOf(const std::string& script) { return script + ".log"; }

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

// The program that is started has the signals as a shell would give them, whatever this one does
// with its own.
class Attributes {
 public:
  Attributes() {
    posix_spawnattr_init(&attributes_);
    const sigset_t defaults = WriteSignals();
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &defaults);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

// The scripts name their terminals; one that GNUTERM names is opened before, and may not be there.
std::vector<char*> EnvironmentWithoutTerminal() {
  std::vector<char*> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("GNUTERM=")) kept.push_back(*entry);
  }
  kept.push_back(nullptr);
  return kept;
}

// 0, or the error number that kept the process from starting.
int Spawn(const std::string& folder, const std::string& script, pid_t* process) {
  FileActions actions;
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addchdir_np(actions.get(), folder.c_str());
  const std::string complaints = ComplaintsOf(script);
  posix_spawn_file_actions_addopen(actions.get(), STDERR_FILENO, complaints.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  std::string program = "gnuplot", defaults = "--default-settings", argument = script;
  char* arguments[] = {program.data(), defaults.data(), argument.data(), nullptr};
  std::vector<char*> environment = EnvironmentWithoutTerminal();
  return posix_spawnp(process, "gnuplot", actions.get(), Attributes().get(), arguments,
                      environment.data());
}

// "(process:123): GLib-ERROR **: 12:34:56.789: no thread": GLib's complaints begin with numbers
// that are others each time.
std::string WithoutProcess(const std::string& line) {
  const std::size_t stars = line.find(" **: ");
  const std::size_t time = stars == std::string::npos ? stars : line.find(": ", stars + 5);
  return !line.starts_with('(') || time == std::string::npos ? line : line.substr(time + 2);
}

// gnuplot prints the offending line, a caret and then its message: the last line says most. Empty
// where it said nothing.
std::string LastComplaint(const std::string& path) {
  std::string last;
  if (!std::filesystem::exists(path)) return last;
  const std::string text = ReadFile(path);
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string line = PlainLine(text.substr(start, end - start));
    if (line.find_first_not_of(" ^") != std::string::npos) last = line;
    start = end + 1;
  }
  last = last.substr(std::min(last.find_first_not_of(' '), last.size()));
  return Shortened(WithoutProcess(last), 160);
}

GnuplotFailure Failed(const std::string& what) {
  return {what, "normlab doctor tells what is missing"};
}

GnuplotFailure NotStarted(int error) {
  if (error == ENOENT) {
    return {"the program gnuplot was not found",
            "install the package gnuplot-nox (apt-get install gnuplot-nox; normlab doctor tells "
            "what else is missing)"};
  }
  const std::string what = fmt::format("gnuplot could not be started ({})", std::strerror(error));
  if (error != EAGAIN && error != ENOMEM) return Failed(what);
  return {what,
          "allow more processes (ulimit -u, a container's limit of pids) or more memory, of which "
          "normlab doctor tells how much there is"};
}

}  // namespace

std::optional<GnuplotFailure> RunGnuplot(const std::string& folder, const std::string& script) {
  pid_t process = 0;
  const int failure = Spawn(folder, script, &process);
  if (failure != 0) return NotStarted(failure);
  int status = 0;
  while (waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return Failed(fmt::format("gnuplot was lost ({})", std::strerror(errno)));
  }
  const std::string log = folder + "/" + ComplaintsOf(script);
  const std::string complaint = LastComplaint(log);
  std::error_code ignored;
  std::filesystem::remove(log, ignored);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
  if (!complaint.empty()) return Failed("gnuplot says: " + complaint);
  if (!WIFSIGNALED(status)) return Failed("gnuplot failed without a reason");
  return Failed(fmt::format("gnuplot was ended by a signal ({})", strsignal(WTERMSIG(status))));
}

}  // namespace normlab
