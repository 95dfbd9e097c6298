// A device with its memory, its programs and its commands, which run one after the other.
// Everything throws RunError with one line that names the device and what it could not do.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/opencl/devices.h"

namespace normlab::opencl {

class DeviceQueue {
 public:
  // Throws UsageError where there is no such device, or it cannot be used.
  explicit DeviceQueue(int number);
  ~DeviceQueue();
  DeviceQueue(const DeviceQueue&) = delete;
  DeviceQueue& operator=(const DeviceQueue&) = delete;

  const Device& device() const;

  // A buffer of so many bytes, all zero; lives as long as this.
  int Allocate(std::size_t bytes);
  // Before the end, where nothing that runs reads it.
  void Free(int buffer);
  // Bytes of the device that this process has, by all of its queues.
  std::size_t allocated() const;
  void Write(int buffer, const void* from, std::size_t bytes, std::size_t offset = 0);
  // Waits for all commands before it.
  void Read(int buffer, void* to, std::size_t bytes, std::size_t offset = 0);

  // What the compiler says of an error lies in a file that the line names.
  void Build(const std::string& source, const std::string& options);
  // A handle of a kernel of the program that was built last; every call gives one of its own, with
  // arguments of its own.
  int Kernel(const std::string& name);
  void SetBuffer(int kernel, int argument, int buffer);
  void SetInteger(int kernel, int argument, int value);
  void SetNumber(int kernel, int argument, float value);
  // `group`: divides `global` along each axis. `first`: where work items are counted from.
  void Run(int kernel, const std::array<std::size_t, 3>& global,
           const std::array<std::size_t, 3>& group, const std::array<std::size_t, 3>& first = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace normlab::opencl
