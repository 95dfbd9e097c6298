#include "fetch/download.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/error.h"
#include "base/system_advice.h"
#include "base/text.h"
#include "fetch/http.h"
#include "fetch/part_file.h"

namespace normlab {
namespace {

// However small its steps, a server has so many tries.
constexpr int kMostTries = 20;

class PartSink : public HttpSink {
 public:
  // `offset`: from where on the bytes were asked for.
  PartSink(const Download& download, const std::string& url, std::uint64_t offset, PartFile& part,
           FetchObserver& observer)
      : download_(download), url_(url), offset_(offset), part_(part), observer_(observer) {}

  void OnAnswer(const HttpAnswer& answer) override {
    if (answer.total > download_.largest) throw UnusableAnswer{TooLarge(answer.total)};
    if (!answer.partial) {
      part_.Restart({url_, answer.validator});
    } else if (offset_ == 0 || answer.offset != offset_) {
      throw UnusableAnswer{fmt::format("expected the bytes from {} on, found a part from {} on",
                                       offset_, answer.offset)};
    }
    total_ = std::max(answer.total == 0 ? download_.usual : answer.total, part_.size());
    Report();
  }

  void OnBytes(std::string_view bytes) override {
    if (bytes.size() > download_.largest - part_.size()) throw UnusableAnswer{TooLarge(0)};
    part_.Append(bytes);
    Report();
  }

 private:
  std::string TooLarge(std::uint64_t announced) const {
    return fmt::format("expected about {} bytes and at most {}, found {}", download_.usual,
                       download_.largest, announced == 0 ? "more" : std::to_string(announced));
  }
  void Report() {
    observer_.OnProgress(download_.name, part_.size(), std::max(total_, part_.size()));
  }

  const Download& download_;
  const std::string& url_;
  std::uint64_t offset_;
  PartFile& part_;
  FetchObserver& observer_;
  std::uint64_t total_ = 0;
};

// A part of the same address is what a server is asked to go on with; that of another one is tried
// first, where it came from.
std::vector<std::string> UrlsInOrder(const Download& download, const PartFile& part) {
  std::vector<std::string> urls = download.urls;
  std::stable_partition(urls.begin(), urls.end(),
                        [&](const std::string& url) { return url == part.origin().url; });
  return urls;
}

void Pause(double seconds, const std::atomic<bool>& stop) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!stop && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

class Downloader {
 public:
  Downloader(const Download& download, const DownloadLimits& limits, FetchObserver& observer,
             const std::atomic<bool>& stop)
      : download_(download),
        limits_(limits),
        observer_(observer),
        stop_(stop),
        part_(download.target) {
    // Said once, not of each file of a set.
    static std::atomic<bool> said = false;
    if (!part_.warning().empty() && !said.exchange(true)) {
      observer_.OnMessage("normlab: warning: " + part_.warning());
    }
  }

  DownloadEnd Run() {
    if (IsThere()) {
      SetAside(download_.shadow);
      return DownloadEnd::kThere;
    }
    std::vector<std::string> problems;
    for (const std::string& url : UrlsInOrder(download_, part_)) {
      const std::string problem = TryAddress(url);
      if (done_) return DownloadEnd::kFetched;
      if (stop_) return DownloadEnd::kStopped;
      problems.push_back(fmt::format("{}: {}", url, problem));
    }
    throw UnreachableError(Join(problems, "; "));
  }

 private:
  bool IsThere() const {
    std::error_code status;
    return std::filesystem::is_regular_file(download_.target, status) &&
           download_.problem(download_.target).empty();
  }

  // Bytes that have come from this address.
  std::uint64_t Here(const std::string& url) const {
    return part_.origin().url == url ? part_.size() : 0;
  }

  // Empty when it is done or stopped, else why this address did not do.
  std::string TryAddress(const std::string& url) {
    std::uint64_t most = Here(url);
    for (int tries = 1;; ++tries) {
      const std::uint64_t offset = Here(url);
      PartSink sink(download_, url, offset, part_, observer_);
      HttpResult result =
          Get({url, offset, offset > 0 ? part_.origin().validator : "", limits_.stall_seconds},
              sink, stop_);
      if (result.end == HttpResult::End::kStopped) return "";
      // 416: nothing comes after the bytes that are here.
      const bool whole =
          result.end == HttpResult::End::kWhole || (offset > 0 && result.status == 416);
      if (whole) {
        result.problem = Complete();
        if (done_) return "";
      }
      if (whole || result.end == HttpResult::End::kUnusable) {
        part_.Restart({url, ""});
        // Two versions of a file, one after the other, are neither.
        if (offset > 0 && tries < kMostTries) continue;
        return result.problem;
      }
      if (result.end == HttpResult::End::kRefused || Here(url) <= most || tries == kMostTries) {
        return result.problem;
      }
      most = Here(url);
      Pause(limits_.pause_seconds, stop_);
      if (stop_) return "";
    }
  }

  std::string Complete() {
    const std::string problem = download_.problem(part_.path());
    if (!problem.empty()) return problem;
    SetAside(download_.target);
    SetAside(download_.shadow);
    part_.Finish();
    done_ = true;
    return "";
  }

  // It is not the wanted file, but somebody may still want it.
  void SetAside(const std::string& path) {
    std::error_code status;
    if (path.empty() || !std::filesystem::exists(std::filesystem::symlink_status(path, status))) {
      return;
    }
    const std::string aside = UnusedName(path + ".replaced");
    std::filesystem::rename(path, aside, status);
    if (status) {
      throw RunError(fmt::format("cannot rename {} to {}: {}", path, aside, SystemReason(status)));
    }
    observer_.OnMessage(fmt::format("{} was not the published file and is now {}", path, aside));
  }

  static std::string UnusedName(const std::string& name) {
    std::string unused = name;
    std::error_code status;
    for (int i = 2; std::filesystem::exists(std::filesystem::symlink_status(unused, status)); ++i) {
      unused = fmt::format("{}-{}", name, i);
    }
    return unused;
  }

  const Download& download_;
  const DownloadLimits& limits_;
  FetchObserver& observer_;
  const std::atomic<bool>& stop_;
  PartFile part_;
  bool done_ = false;
};

// Also when an exception ends it, so that a bar is closed before the error's line.
class FileEnd {
 public:
  explicit FileEnd(FetchObserver& observer) : observer_(observer) {}
  ~FileEnd() { observer_.OnFileEnd(); }
  FileEnd(const FileEnd&) = delete;
  FileEnd& operator=(const FileEnd&) = delete;

 private:
  FetchObserver& observer_;
};

}  // namespace

DownloadEnd DownloadFile(const Download& download, const DownloadLimits& limits,
                         FetchObserver& observer, const std::atomic<bool>& stop) {
  const FileEnd end(observer);
  return Downloader(download, limits, observer, stop).Run();
}

}  // namespace normlab
