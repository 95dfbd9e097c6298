#include "fetch/fetch.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "base/error.h"
#include "base/printable.h"
#include "data/idx.h"
#include "data/search.h"
#include "data/verify.h"
#include "fetch/addresses.h"
#include "fetch/by_hand.h"
#include "fetch/content.h"
#include "fetch/http.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

std::string Joined(const std::string& folder, std::string_view name) {
  return name.empty() ? folder : fmt::format("{}/{}", folder, name);
}

// Where the set is when it is wholly the published one.
std::optional<std::string> FindOfficial(const DatasetInfo& info, const std::string& data_dir) {
  try {
    const Verification verification = VerifyDataset(info, data_dir);
    if (verification.official()) return verification.path;
  } catch (const DataError&) {  // not found
  }
  return std::nullopt;
}

// A mirror is laid out as the target, so that a target can be served as it is. Throws UsageError.
std::vector<std::string> Addresses(const DownloadSource& source,
                                   const std::vector<std::string>& mirrors) {
  if (mirrors.empty()) return {source.addresses.begin(), source.addresses.end()};
  std::vector<std::string> addresses;
  for (std::string address : mirrors) {
    if (!IsHttpAddress(address)) {
      throw UsageError(
          fmt::format("--mirror {}: expected an address that starts with http:// or "
                      "https://",
                      Printable(address, 200)));
    }
    if (!address.ends_with('/')) address += '/';
    if (!source.folder.empty()) address += fmt::format("{}/", source.folder);
    addresses.push_back(address);
  }
  return addresses;
}

class DatasetFetch {
 public:
  DatasetFetch(const DatasetInfo& info, const FetchRequest& request, const std::string& target,
               FetchObserver& observer, const std::atomic<bool>& stop)
      : info_(info),
        request_(request),
        source_(FindDownloadSource(info.name)),
        addresses_(Addresses(source_, request.mirrors)),
        folder_(Joined(target, source_.folder)),
        observer_(observer),
        stop_(stop) {}

  FetchResult Run() {
    MakeFolder();
    FetchResult result;
    result.end = FetchResult::End::kFetched;
    result.path = source_.files.size() > 1 ? folder_ : Joined(folder_, source_.files[0].name);
    for (const PublishedDownload& file : source_.files) {
      if (IsThere(file)) continue;
      const DownloadEnd end = Fetch(file);
      if (end == DownloadEnd::kStopped) return {FetchResult::End::kStopped, result.path, 0, 0};
      if (end == DownloadEnd::kThere) continue;
      ++result.files;
      std::error_code status;
      result.bytes += fs::file_size(Joined(folder_, file.name), status);
    }
    if (result.files == 0) result.end = FetchResult::End::kThere;
    return result;
  }

 private:
  void MakeFolder() const {
    std::error_code status;
    fs::create_directories(folder_, status);
    if (!status) return;
    throw RunError(fmt::format("cannot make the folder {}: {}; name another one with --to", folder_,
                               status.message()));
  }

  // Where the file would lie after gunzip, and be read first; empty for archives.
  std::string PlainPath(const PublishedDownload& file) const {
    if (file.name.ends_with(".tar.gz")) return "";
    return Joined(folder_, file.name.substr(0, file.name.size() - 3));
  }

  bool IsThere(const PublishedDownload& file) const {
    std::error_code status;
    const std::string plain = PlainPath(file);
    const std::string path =
        !plain.empty() && fs::is_regular_file(plain, status) ? plain : Joined(folder_, file.name);
    return fs::is_regular_file(path, status) && ContentProblem(source_, file, path).empty();
  }

  DownloadEnd Fetch(const PublishedDownload& file) {
    Download download;
    download.name = file.name;
    for (const std::string& address : addresses_) {
      download.urls.push_back(address + std::string(file.name));
    }
    download.target = Joined(folder_, file.name);
    download.shadow = PlainPath(file);
    download.usual = file.size;
    download.largest = file.largest();
    download.problem = [&](const std::string& path) { return ContentProblem(source_, file, path); };
    try {
      return DownloadFile(download, request_.limits, observer_, stop_);
    } catch (const UnreachableError& error) {
      throw RunError(fmt::format("{} could not be fetched: {}; by hand: {}{}", info_.title,
                                 error.what(), ByHand(), Otherwise()));
    }
  }

  std::string ByHand() const {
    std::vector<std::string> names;
    for (const PublishedDownload& file : source_.files) {
      if (!IsThere(file)) names.emplace_back(file.name);
    }
    return CommandByHand(fs::absolute(folder_).lexically_normal().string(), addresses_[0], names);
  }

  std::string Otherwise() const {
    return source_.otherwise.empty() ? "" : fmt::format("; or: {}", source_.otherwise);
  }

  const DatasetInfo& info_;
  const FetchRequest& request_;
  const DownloadSource& source_;
  std::vector<std::string> addresses_;
  std::string folder_;
  FetchObserver& observer_;
  const std::atomic<bool>& stop_;
};

void TellWhatIsTaken(const DatasetInfo& info, const std::string& data_dir,
                     const std::string& target, const std::string& path, FetchObserver& observer) {
  std::string taken;
  try {
    taken = FindDataset(info, data_dir).path;
  } catch (const DataError&) {  // nothing is
  }
  std::error_code status;
  if (fs::equivalent(taken, path, status)) return;
  observer.OnMessage(fmt::format("{}; name this folder with --data-dir {} or NORMLAB_DATA",
                                 taken.empty()
                                     ? fmt::format("the search does not come to {}", path)
                                     : fmt::format("the search comes to {} before {}", taken, path),
                                 target));
}

}  // namespace

std::string FetchFolder() {
  for (const SearchRoot& root : SearchRoots("")) {
    if (root.origin == "XDG_CACHE_HOME") return root.path;
  }
  throw UsageError("neither XDG_CACHE_HOME nor HOME is set: say where to put it with --to");
}

FetchResult FetchDataset(const DatasetInfo& info, const FetchRequest& request,
                         FetchObserver& observer, const std::atomic<bool>& stop) {
  // What is asked wrongly is told even where nothing is to be fetched.
  Addresses(FindDownloadSource(info.name), request.mirrors);
  const std::string searched = request.to.empty() ? request.data_dir : request.to;
  FetchResult result;
  if (const std::optional<std::string> there = FindOfficial(info, searched)) {
    result.path = *there;
  } else {
    const std::string target = searched.empty() ? FetchFolder() : searched;
    result = DatasetFetch(info, request, target, observer, stop).Run();
    if (result.end != FetchResult::End::kStopped) {
      TellWhatIsTaken(info, request.data_dir, target, result.path, observer);
    }
  }
  return result;
}

}  // namespace normlab
