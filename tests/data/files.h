// Files for the tests of the readers: folders that vanish, IDX, gzip and tar made on the spot.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/dataset.h"

namespace normlab {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  // Makes the folders on the way; returns the path.
  std::string Write(std::string_view name, std::string_view bytes) const;

 private:
  std::string path_;
};

// Sets a variable of the environment, or unsets it when `value` is null, and restores it.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value);
  ~ScopedVariable();
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
  bool was_set_;
  std::string before_;
};

std::string BigEndian32(std::uint32_t value);
std::string IdxImages(std::uint32_t count, std::uint32_t rows = 28, std::uint32_t columns = 28);
std::string IdxLabels(std::uint32_t count);      // 0, 1, …, 9, 0, …
std::string CifarRecords(int count, int first);  // labels first % 10, …; pixels differ by record
std::string Gzip(std::string_view bytes);
using Members = std::vector<std::pair<std::string, std::string>>;
void WriteTarGz(const std::string& path, const Members& members);
Members CifarBinaryMembers(const std::string& folder);  // six batches of two records

// MNIST with 20 training and 10 test images.
void WriteSmallMnist(const TemporaryFolder& folder, const std::string& below);

std::string Golden(std::string_view name);  // the bytes of golden/<name>.pickle

// The line of the DataError that `action` throws; fails the test when it throws none, another one
// or more than a line.
std::string DataErrorOf(const std::function<void()>& action);

}  // namespace normlab
