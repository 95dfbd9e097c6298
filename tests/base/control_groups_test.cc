#include "base/control_groups.h"

#include <gtest/gtest.h>

#include "base/cores.h"
#include "base/memory_limits.h"
#include "tests/base/made_up_system.h"

namespace normlab {
namespace {

std::vector<std::string> Folders(const MadeUpSystem& system, const char* controller) {
  std::vector<std::string> folders;
  for (const ControlGroup& group : ControlGroups(controller, system.root())) {
    folders.push_back(group.folder);
  }
  return folders;
}

using Names = std::vector<std::string>;

TEST(ControlGroups, EveryLevelOfVersionTwo) {
  const MadeUpSystem system;
  system.Write("/proc/self/mountinfo", kUnifiedMount);
  system.Write("/proc/self/cgroup", "0::/user.slice/job.scope\n");
  EXPECT_EQ(Folders(system, "memory"), (Names{"/sys/fs/cgroup/user.slice/job.scope",
                                              "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"}));
}

TEST(ControlGroups, EveryLevelOfVersionOneByItsController) {
  const MadeUpSystem system;
  system.Write("/proc/self/mountinfo", kFirstMounts);
  system.Write("/proc/self/cgroup", "4:memory:/a/b\n2:cpu,cpuacct:/\n");
  EXPECT_EQ(Folders(system, "memory"), (Names{"/sys/fs/cgroup/memory/a/b",
                                              "/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"}));
  EXPECT_EQ(Folders(system, "cpu"), (Names{"/sys/fs/cgroup/cpu,cpuacct"}));
  EXPECT_EQ(Folders(system, "cpuset"), Names{});
}

// A container without a name space of its own is told the machine's path; one with a name space may
// be told a path above what it sees.
TEST(ControlGroups, InAContainerTheMountIsTheOutermost) {
  const MadeUpSystem system;
  system.Write("/proc/self/mountinfo",
               "35 31 0:32 /docker/12ab /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  const Names outermost = {"/sys/fs/cgroup/memory"};
  for (const char* path : {"/docker/12ab", "/", "/docker/12abc", "/../..", "/elsewhere"}) {
    system.Write("/proc/self/cgroup", std::string("4:memory:") + path + "\n");
    EXPECT_EQ(Folders(system, "memory"), outermost) << path;
  }
  system.Write("/proc/self/cgroup", "4:memory:/docker/12ab/inner\n");
  EXPECT_EQ(Folders(system, "memory"),
            (Names{"/sys/fs/cgroup/memory/inner", "/sys/fs/cgroup/memory"}));
}

TEST(ControlGroups, NothingAndGarbageAreNoGroups) {
  const MadeUpSystem system;
  EXPECT_EQ(Folders(system, "memory"), Names{});
  for (const char* garbage :
       {"", "\n\n", "::::", "1 2 3", "- - - -", "31 23 0:28 / /x rw - cgroup2", "\x80\xff\n",
        "31 23 0:28 / /x rw - cgroup2 a b"}) {
    system.Write("/proc/self/mountinfo", garbage);
    for (const char* path : {"", "0::", "::", "0::relative\n", "x"}) {
      system.Write("/proc/self/cgroup", path);
      EXPECT_EQ(Folders(system, "memory"), Names{}) << garbage << path;
    }
  }
}

TEST(MemoryLimits, TheSmallestOfEveryLevelWhateverTheOthersSay) {
  const MadeUpSystem system;
  system.Write("/proc/self/mountinfo", kUnifiedMount);
  system.Write("/proc/self/cgroup", "0::/a/b/c\n");
  system.Write("/sys/fs/cgroup/a/memory.max", "max\n");
  system.Write("/sys/fs/cgroup/a/memory.high", "314572800\n");
  system.Write("/sys/fs/cgroup/a/b/memory.max", "1073741824\n");
  system.Write("/sys/fs/cgroup/a/b/c/memory.max", "-1 or so\n");
  const auto limits = ControlGroupMemoryLimits(system.root());
  ASSERT_EQ(limits.size(), 2u);
  EXPECT_EQ(limits[0].source, "/sys/fs/cgroup/a/b/memory.max");
  EXPECT_EQ(limits[0].bytes, std::uint64_t{1} << 30);
  EXPECT_EQ(limits[1].source, "/sys/fs/cgroup/a/memory.high");
  EXPECT_EQ(limits[1].bytes, std::uint64_t{300} << 20);
}

// Both at once: the memory is the first version's, and the second's tree has no limits.
TEST(MemoryLimits, OfAHybridSystem) {
  const MadeUpSystem system;
  system.Write(
      "/proc/self/mountinfo",
      std::string(kFirstMounts) + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  system.Write("/proc/self/cgroup", "4:memory:/job\n0::/job\n");
  system.Write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  system.Write("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "314572800\n");
  system.Write("/sys/fs/cgroup/unified/job/cgroup.procs", "1\n");
  const auto limits = ControlGroupMemoryLimits(system.root());
  ASSERT_EQ(limits.size(), 1u);
  EXPECT_EQ(limits[0].source, "/sys/fs/cgroup/memory/job/memory.limit_in_bytes");
}

TEST(MemoryLimits, RoomIsWhatIsNotHeldAndNeverNegative) {
  EXPECT_EQ((MemoryLimit{"", MemoryLimit::Kind::kMapped, 100, 30}.room()), 70u);
  EXPECT_EQ((MemoryLimit{"", MemoryLimit::Kind::kMapped, 100, 130}.room()), 0u);
  EXPECT_GT(TightestMemoryLimit().room(), 0u);
}

TEST(CpuQuota, OfEveryLevelAndVersion) {
  const MadeUpSystem second;
  second.Write("/proc/self/mountinfo", kUnifiedMount);
  second.Write("/proc/self/cgroup", "0::/a/b\n");
  EXPECT_EQ(CpuQuota(second.root()), 0);
  second.Write("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(CpuQuota(second.root()), 0);
  second.Write("/sys/fs/cgroup/a/cpu.max", "250000 100000\n");
  EXPECT_EQ(CpuQuota(second.root()), 2.5);
  for (const char* garbage : {"", "1", "1 0", "a b", "-5 100000"}) {
    second.Write("/sys/fs/cgroup/a/b/cpu.max", garbage);
    EXPECT_EQ(CpuQuota(second.root()), 2.5) << garbage;
  }
  const MadeUpSystem first;
  first.Write("/proc/self/mountinfo", kFirstMounts);
  first.Write("/proc/self/cgroup", "2:cpu,cpuacct:/job\n");
  first.Write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  first.Write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(CpuQuota(first.root()), 0);
  first.Write("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n");
  first.Write("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(CpuQuota(first.root()), 0.5);
}

TEST(Cores, TheQuotaRoundedUpButNoMoreThanAreAllowed) {
  EXPECT_EQ(UsableCores({4, 0}), 4);
  EXPECT_EQ(UsableCores({4, 1.5}), 2);
  EXPECT_EQ(UsableCores({4, 0.1}), 1);
  EXPECT_EQ(UsableCores({4, 4}), 4);
  EXPECT_EQ(UsableCores({4, 64}), 4);
  EXPECT_GE(FindCoreLimits().allowed, 1);
}

// Whoever asks elsewhere does not know of the quota.
TEST(Cores, AreAskedForInOnePlaceOnly) {
  namespace fs = std::filesystem;
  const fs::path project = fs::path(NORMLAB_TEST_DIR).parent_path();
  int files = 0;
  for (const char* room :
       {"app", "augment", "base", "data", "engine", "explain", "fetch", "inference", "measure",
        "model", "norm", "report", "serve", "statistics", "study", "train", "bench"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(project / room)) {
      const fs::path& path = entry.path();
      if (path.extension() != ".cc" && path.extension() != ".h") continue;
      std::ifstream file(path);
      const std::string text(std::istreambuf_iterator<char>(file), {});
      ++files;
      for (const char* call : {"hardware_concurrency", "get_nprocs", "_SC_NPROCESSORS",
                               "omp_get_max_threads", "omp_get_num_procs"}) {
        EXPECT_EQ(text.find(call), std::string::npos) << path << " asks " << call;
      }
      if (path.filename() == "cores.cc") continue;
      EXPECT_EQ(text.find("sched_getaffinity("), std::string::npos) << path;
    }
  }
  EXPECT_GT(files, 300);
}

}  // namespace
}  // namespace normlab
