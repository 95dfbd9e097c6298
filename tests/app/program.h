// The built program, run as a user runs it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace normlab {

struct Outcome {
  int code = 0;     // exit status; 128 + signal when a signal ended it
  std::string out;  // stdout
  std::string err;  // stderr
};

// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// Where a stream of the program leads.
enum class Stream {
  kKept,    // into a file, whose text is the outcome's
  kFull,    // onto a disk without room
  kClosed,  // nowhere: its descriptor is closed
  kGone,    // into a pipe whose reader has gone
};

struct Streams {
  Stream out = Stream::kKept, err = Stream::kKept;
  bool closed_in = false;  // stdin is
};

// A run of the program in `folder`, with the variables added to the environment.
class Program {
 public:
  Program(const TemporaryFolder& folder, const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& variables = {}, const Streams& streams = {});
  ~Program();
  void Signal(int signal) const;
  bool Running();
  pid_t process() const { return process_; }
  Outcome Wait();
  const std::string& out_path() const { return out_path_; }  // grows while it runs

 private:
  pid_t process_ = -1;
  int status_ = 0;
  bool ended_ = false;
  std::string out_path_, err_path_;
};

Outcome RunProgram(const TemporaryFolder& folder, const std::vector<std::string>& arguments,
                   const std::map<std::string, std::string>& variables = {},
                   const Streams& streams = {});

// Lines of a file.
std::vector<std::string> ReadLines(const std::string& path);

}  // namespace normlab
