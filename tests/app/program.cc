#include "tests/app/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <sstream>

#include "base/file.h"

namespace normlab {
namespace {

// Every descriptor but the stream's own closes when the program begins.
void Lead(int descriptor, Stream stream, const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  int pipe[2];
  switch (stream) {
    case Stream::kKept:
      dup2(file, descriptor);
      break;
    case Stream::kFull:
      dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), descriptor);
      break;
    case Stream::kClosed:
      close(descriptor);
      break;
    case Stream::kGone:
      if (pipe2(pipe, O_CLOEXEC) == 0) dup2(pipe[1], descriptor);
      close(pipe[0]);
  }
}

[[noreturn]] void Become(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& variables,
                         const std::string& folder, const std::string& out, const std::string& err,
                         const Streams& streams) {
  std::signal(SIGPIPE, SIG_DFL);  // as in a user's shell
  Lead(STDERR_FILENO, streams.err, err);
  Lead(STDOUT_FILENO, streams.out, out);
  if (streams.closed_in) close(STDIN_FILENO);
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> pointers = {const_cast<char*>(NORMLAB_BINARY)};
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  if (chdir(folder.c_str()) == 0) execv(NORMLAB_BINARY, pointers.data());
  _exit(127);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "normlab-app-XXXXXX";
  path_ = mkdtemp(name.data());
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

Program::Program(const TemporaryFolder& folder, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& variables, const Streams& streams) {
  static int count = 0;
  out_path_ = fmt::format("{}/stdout-{}", folder.path(), ++count);
  err_path_ = fmt::format("{}/stderr-{}", folder.path(), count);
  process_ = fork();
  if (process_ == 0) Become(arguments, variables, folder.path(), out_path_, err_path_, streams);
}

Program::~Program() {
  if (!ended_) {
    Signal(SIGKILL);
    Wait();
  }
}

void Program::Signal(int signal) const { kill(process_, signal); }

bool Program::Running() {
  if (!ended_) ended_ = waitpid(process_, &status_, WNOHANG) == process_;
  return !ended_;
}

Outcome Program::Wait() {
  if (!ended_) waitpid(process_, &status_, 0);
  ended_ = true;
  return {WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_), ReadFile(out_path_),
          ReadFile(err_path_)};
}

Outcome RunProgram(const TemporaryFolder& folder, const std::vector<std::string>& arguments,
                   const std::map<std::string, std::string>& variables, const Streams& streams) {
  return Program(folder, arguments, variables, streams).Wait();
}

std::vector<std::string> ReadLines(const std::string& path) {
  std::istringstream stream(ReadFile(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace normlab
