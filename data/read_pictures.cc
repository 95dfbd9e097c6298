#include "data/read_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "base/cores.h"
#include "base/error.h"
#include "base/file.h"
#include "base/helpers.h"
#include "data/fit_image.h"
#include "data/image_file.h"

namespace normlab {
namespace {

// Each may hold a picture of the largest size (data/image_file.h).
constexpr std::size_t kMostThreads = 4;

class PictureReader {
 public:
  // keep(place, image) is called for every picture, from several threads.
  using Keep = std::function<void(std::size_t place, const Image& image)>;

  PictureReader(const std::string& folder, const std::vector<Picture>& pictures, Keep keep)
      : folder_(folder), pictures_(pictures), keep_(std::move(keep)), checksums_(pictures.size()) {}

  // Goes on after a broken picture, and collects what is wrong with each.
  void CollectBroken(std::map<std::size_t, std::string>& broken) { broken_ = &broken; }

  void ReadAll() {
    const std::size_t threads =
        std::min({kMostThreads, pictures_.size(), static_cast<std::size_t>(Cores())});
    Helpers helpers(std::max<std::size_t>(threads, 1) - 1, [this](std::size_t) { Work(); });
    Work();
    helpers.Join();
    if (error_) std::rethrow_exception(error_);
  }

  std::string Lines() const {
    std::string lines;
    for (std::size_t i = 0; i < pictures_.size(); ++i) {
      lines += fmt::format("{}  {}\n", checksums_[i], pictures_[i].path);
    }
    return lines;
  }

 private:
  // Places are taken in their order, so that every picture before a broken one is taken as well,
  // and the first broken one is found for any number of threads.
  void Work() {
    for (std::size_t place = next_++; place < std::min(pictures_.size(), failed_.load());
         place = next_++) {
      try {
        Read(place);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (Collected(place)) continue;
        if (place < failed_) {
          failed_ = place;
          error_ = std::current_exception();
        }
      }
    }
  }

  // Of the exception that is being handled.
  bool Collected(std::size_t place) {
    try {
      throw;
    } catch (const DataError& error) {
      if (broken_ != nullptr) broken_->emplace(place, error.what());
      return broken_ != nullptr;
    } catch (...) {
      return false;
    }
  }

  void Read(std::size_t place) {
    const std::string path = fmt::format("{}/{}", folder_, pictures_[place].path);
    const std::string bytes = ReadImageBytes(path);
    checksums_[place] = Sha256(bytes);
    keep_(place, DecodeImage(bytes, path));
  }

  const std::string& folder_;
  const std::vector<Picture>& pictures_;
  const Keep keep_;
  std::map<std::size_t, std::string>* broken_ = nullptr;  // written under mutex_
  std::vector<std::string> checksums_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> failed_ = SIZE_MAX;
  std::exception_ptr error_;  // of failed_, both written under mutex_
  std::mutex mutex_;
};

}  // namespace

std::string ReadPictures(const std::string& folder, const std::vector<Picture>& pictures,
                         const Shape& shape, Split& split) {
  split.labels.resize(pictures.size());
  split.pixels.resize(pictures.size() * shape.size());
  PictureReader reader(folder, pictures, [&](std::size_t place, const Image& image) {
    const Image fitted = FitImage(image, shape);
    split.labels[place] = pictures[place].label;
    std::ranges::copy(fitted.pixels,
                      split.pixels.begin() + static_cast<std::ptrdiff_t>(place * shape.size()));
  });
  reader.ReadAll();
  return reader.Lines();
}

CheckedPictures CheckPictures(const std::string& folder, const std::vector<Picture>& pictures) {
  std::map<std::size_t, std::string> broken;
  PictureReader reader(folder, pictures, [](std::size_t, const Image&) {});
  reader.CollectBroken(broken);
  reader.ReadAll();
  CheckedPictures checked{reader.Lines(), {}};
  for (const auto& [place, problem] : broken) {
    checked.broken.push_back({pictures[place].path, problem});
  }
  return checked;
}

}  // namespace normlab
