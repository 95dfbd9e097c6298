// Made-up files of the system below a folder of its own.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace normlab {

class MadeUpSystem {
 public:
  MadeUpSystem() {
    std::string name = std::filesystem::temp_directory_path() / "normlab-system-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~MadeUpSystem() { std::filesystem::remove_all(root_); }
  MadeUpSystem(const MadeUpSystem&) = delete;
  MadeUpSystem& operator=(const MadeUpSystem&) = delete;

  void Write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  const std::string& root() const { return root_; }

 private:
  std::string root_;
};

inline constexpr char kUnifiedMount[] =
    "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
inline constexpr char kFirstMounts[] =
    "23 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";

}  // namespace normlab
