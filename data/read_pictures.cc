#include "data/read_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>

#include "base/cores.h"
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
  PictureReader(const std::string& folder, const std::vector<Picture>& pictures, const Shape& shape,
                Split& split)
      : folder_(folder), pictures_(pictures), shape_(shape), split_(split) {
    split.labels.resize(pictures.size());
    split.pixels.resize(pictures.size() * shape.size());
    checksums_.resize(pictures.size());
  }

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
        if (place < failed_) {
          failed_ = place;
          error_ = std::current_exception();
        }
      }
    }
  }

  void Read(std::size_t place) {
    const std::string path = fmt::format("{}/{}", folder_, pictures_[place].path);
    const std::string bytes = ReadImageBytes(path);
    const Image image = FitImage(DecodeImage(bytes, path), shape_);
    checksums_[place] = Sha256(bytes);
    split_.labels[place] = pictures_[place].label;
    std::ranges::copy(image.pixels,
                      split_.pixels.begin() + static_cast<std::ptrdiff_t>(place * shape_.size()));
  }

  const std::string& folder_;
  const std::vector<Picture>& pictures_;
  const Shape shape_;
  Split& split_;
  std::vector<std::string> checksums_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> failed_ = SIZE_MAX;
  std::exception_ptr error_;  // of failed_, both written under mutex_
  std::mutex mutex_;
};

}  // namespace

std::string ReadPictures(const std::string& folder, const std::vector<Picture>& pictures,
                         const Shape& shape, Split& split) {
  PictureReader reader(folder, pictures, shape, split);
  reader.ReadAll();
  return reader.Lines();
}

}  // namespace normlab
