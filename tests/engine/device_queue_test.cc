// What a device says when it cannot do what it is asked for: one line, and nothing is lost.
#include "engine/opencl/device_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "engine/opencl/device_choice.h"
#include "tests/engine/needs_device.h"

namespace normlab {
namespace {

using opencl::DeviceQueue;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

template <class Work>
std::string Complaint(const Work& work) {
  try {
    work();
  } catch (const RunError& error) {
    return error.what();
  }
  return "";
}

TEST(OpenClQueue, KernelsThatDoNotCompileLeaveTheCompilersWords) {
  NORMLAB_NEEDS_DEVICE();
  DeviceQueue queue(0);
  const std::string line =
      Complaint([&] { queue.Build("__kernel void k(__global float* x) { x[0] = nothing; }", ""); });
  EXPECT_THAT(line, AllOf(HasSubstr("device opencl:0 ("), HasSubstr("cannot compile"),
                          Not(HasSubstr("\n"))));
  const std::size_t from = line.find("words: ") + 7;
  const std::string path = line.substr(from, line.find(')', from) - from);
  EXPECT_THAT(ReadFile(path), HasSubstr("nothing"));
  std::filesystem::remove(path);
}

TEST(OpenClQueue, KernelsAreOfTheProgramThatWasBuiltLastAndStay) {
  NORMLAB_NEEDS_DEVICE();
  DeviceQueue queue(0);
  const int buffer = queue.Allocate(sizeof(float));
  std::vector<int> kernels;
  for (const char* number : {"1", "2"}) {
    queue.Build(std::string("__kernel void k(__global float* x) { x[0] = ") + number + "; }", "");
    kernels.push_back(queue.Kernel("k"));
    queue.SetBuffer(kernels.back(), 0, buffer);
  }
  for (const int which : {1, 0}) {
    queue.Run(kernels[static_cast<std::size_t>(which)], {1, 1, 1}, {1, 1, 1});
    float read = 0;
    queue.Read(buffer, &read, sizeof(read));
    EXPECT_EQ(read, static_cast<float>(which + 1));
  }
}

TEST(OpenClQueue, MemoryThatIsNotThereIsOneLine) {
  NORMLAB_NEEDS_DEVICE();
  DeviceQueue queue(0);
  const std::string line = Complaint([&] { queue.Allocate(std::size_t{1} << 50); });
  EXPECT_THAT(line, AllOf(HasSubstr("a buffer of 1125899906842624 bytes"),
                          HasSubstr("out of memory on the device"), Not(HasSubstr("\n"))));
  // It goes on with what it has.
  const int buffer = queue.Allocate(16);
  const float four[4] = {1, 2, 3, 4};
  float read[4] = {};
  queue.Write(buffer, four, sizeof(four));
  queue.Read(buffer, read, sizeof(read));
  EXPECT_EQ(read[3], 4);
}

TEST(OpenClQueue, DevicesAreNamedAsUsersNameThem) {
  EXPECT_TRUE(ParseDevice("cpu").is_cpu);
  EXPECT_EQ(ParseDevice("opencl").number, 0);
  EXPECT_FALSE(ParseDevice("opencl:2").is_cpu);
  EXPECT_EQ(ParseDevice("opencl:2").number, 2);
  for (const char* wrong : {"", "CPU", "opencl:", "opencl:-1", "opencl:1x", "opencl: 1", "cuda"}) {
    EXPECT_THROW(ParseDevice(wrong), UsageError) << wrong;
  }
}

}  // namespace
}  // namespace normlab
