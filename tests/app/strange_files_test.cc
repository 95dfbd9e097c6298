// Whatever stands in the place of a run folder's file, no command waits for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "base/file.h"
#include "tests/app/program.h"
#include "tests/app/small_idx.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKinds[] = {"FIFO", "socket", "folder"};

void MakeStrange(const std::string& path, const std::string& kind) {
  fs::remove_all(path);
  if (kind == "folder") {
    fs::create_directory(path);
  } else if (kind == "FIFO") {
    ASSERT_EQ(mkfifo(path.c_str(), 0644), 0);
  } else {
    // A socket's path is short: it is made beside and moved.
    sockaddr_un address{AF_UNIX, "socket-of-a-test"};
    const int made = socket(AF_UNIX, SOCK_STREAM, 0);
    unlink(address.sun_path);
    ASSERT_EQ(bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    close(made);
    std::error_code status;
    fs::rename(address.sun_path, path, status);
    if (status) fs::remove(address.sun_path);
  }
}

std::vector<std::string> FilesOf(const std::string& folder) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), folder));
  }
  return files;
}

// A name of its own in each round: what still ran would write into the next one's.
class Rounds {
 public:
  Rounds(const TemporaryFolder& folder, std::string whole)
      : folder_(folder), whole_(std::move(whole)) {}

  // Runs the commands on a copy in which `file` is a `kind`, all at the same time. Every one must
  // end, and by itself.
  void Try(const std::string& file, const std::string& kind,
           const std::vector<std::vector<std::string>>& commands) {
    const std::string copy = "copy" + std::to_string(++round_);
    std::vector<std::unique_ptr<Program>> programs;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const std::string own = copy + "-" + std::to_string(i);
      fs::copy(folder_ / whole_, folder_ / own, fs::copy_options::recursive);
      MakeStrange(folder_ / (own + "/" + file), kind);
      std::vector<std::string> arguments = commands[i];
      for (std::string& argument : arguments) {
        if (const std::size_t at = argument.find("DIR"); at != std::string::npos) {
          argument.replace(at, 3, own);
        }
      }
      programs.push_back(std::make_unique<Program>(
          folder_, arguments, std::map<std::string, std::string>{{"PATH", "/nowhere"}}));
    }
    for (std::size_t i = 0; i < programs.size(); ++i) {
      ExpectEnd(*programs[i], fmt::format("{} as a {}: {}", file, kind, commands[i][0]));
      fs::remove_all(folder_ / (copy + "-" + std::to_string(i)));
    }
  }

 private:
  static void ExpectEnd(Program& program, const std::string& what) {
    for (int i = 0; i < 6000 && program.Running(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(i < 200 ? 1 : 10));
    }
    ASSERT_FALSE(program.Running()) << what << " waits";
    const Outcome outcome = program.Wait();
    EXPECT_LT(outcome.code, 124) << what << outcome.err;
    EXPECT_TRUE(outcome.code == 0 || !outcome.err.empty()) << what;
  }

  const TemporaryFolder& folder_;
  const std::string whole_;
  int round_ = 0;
};

TEST(StrangeFiles, InAFinishedRunMakeNoCommandWait) {
  const TemporaryFolder folder;
  WriteSmallIdx(folder / "set");
  const Outcome run = RunProgram(
      folder, SmallRun({"--epochs", "2", "--log-steps", "--out", "whole"}), {{"PATH", "/nowhere"}});
  ASSERT_EQ(run.code, 0) << run.err;
  const std::vector<std::vector<std::string>> commands = {
      {"report", "DIR"},
      {"report", "DIR", "--html"},
      {"runs", "DIR"},
      {"compare", "DIR", "whole"},
      SmallRun({"--epochs", "2", "--log-steps", "--out", "DIR"}),
      {"recipes", "DIR/recipe.toml"},
      {"evaluate", "DIR/batch-seed1"},
      {"export", "DIR/batch-seed1", "--pytorch", "DIR/exported"}};
  Rounds rounds(folder, "whole");
  int number = 0;
  for (const std::string& file : FilesOf(folder / "whole")) {
    if (file.starts_with("figures/") && ++number % 8 != 0) continue;  // all alike
    rounds.Try(file, kKinds[0], commands);
    rounds.Try(file, kKinds[1 + number++ % 2], {commands[0], commands[4]});
  }
}

TEST(StrangeFiles, InAnInterruptedRunMakeItsNextPartEnd) {
  const TemporaryFolder folder;
  WriteSmallIdx(folder / "set");
  const auto arguments = [](const std::string& epochs, const std::string& out) {
    return SmallRun({"--epochs", epochs, "--log-steps", "--out", out});
  };
  {
    Program run(folder, arguments("1000", "whole"), {{"PATH", "/nowhere"}});
    while (run.Running() && !fs::exists(folder / "whole/batch-seed1/state.safetensors")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    run.Signal(SIGINT);
    ASSERT_EQ(run.Wait().code, 130);
  }
  Rounds rounds(folder, "whole");
  for (const std::string& file : FilesOf(folder / "whole")) {
    rounds.Try(file, "FIFO", {{"report", "DIR"}, arguments("1001", "DIR")});
  }
}

}  // namespace
}  // namespace normlab
