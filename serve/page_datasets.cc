#include "serve/page_datasets.h"

#include <utility>
#include <vector>

#include "base/error.h"

namespace normlab {
namespace {

bool WriteAll(std::FILE* file, const std::vector<std::uint8_t>& bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() && std::fflush(file) == 0;
}

bool ReadAll(std::FILE* file, std::vector<std::uint8_t>& bytes) {
  std::rewind(file);
  return std::fread(bytes.data(), 1, bytes.size(), file) == bytes.size();
}

}  // namespace

PageDatasets::PageDatasets(std::string data_dir, std::function<void(const std::string&)> warn)
    : data_dir_(std::move(data_dir)), warn_(std::move(warn)) {}

const Dataset* PageDatasets::Find(const std::string& name) {
  auto found = kept_.find(name);
  if (found == kept_.end()) {
    try {
      Kept kept{LoadDataset(name, data_dir_), 0, nullptr};
      kept.dataset.train = {};
      kept.pixels = kept.dataset.test.pixels.size();
      kept.file.reset(std::tmpfile());
      if (kept.file && !WriteAll(kept.file.get(), kept.dataset.test.pixels)) kept.file.reset();
      found = kept_.emplace(name, std::move(kept)).first;
    } catch (const Error& error) {
      if (std::exchange(warned_[name], error.what()) != error.what()) warn_(error.what());
      return nullptr;
    }
  }
  Kept& kept = found->second;
  std::vector<std::uint8_t>& pixels = kept.dataset.test.pixels;
  if (pixels.size() != kept.pixels) {
    pixels.resize(kept.pixels);
    if (!ReadAll(kept.file.get(), pixels)) {
      kept_.erase(found);
      return nullptr;
    }
  }
  return &kept.dataset;
}

void PageDatasets::Release() {
  for (auto& [name, kept] : kept_) {
    if (kept.file) std::vector<std::uint8_t>().swap(kept.dataset.test.pixels);
  }
}

}  // namespace normlab
