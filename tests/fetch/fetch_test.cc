// Whole data sets: Fashion-MNIST's genuine files, which Debian's package has, stand on the servers.
#include "fetch/fetch.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "data/cifar.h"
#include "data/search.h"
#include "data/verify.h"
#include "fetch/addresses.h"
#include "fetch/by_hand.h"
#include "fetch/content.h"
#include "fetch/http.h"
#include "tests/fetch/server.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace fs = std::filesystem;

constexpr char kPackage[] = "/usr/share/datasets/fashion-mnist";

struct Messages : FetchObserver {
  void OnProgress(const std::string&, std::uint64_t, std::uint64_t) override {}
  void OnFileEnd() override {}
  void OnMessage(const std::string& line) override { lines.push_back(line); }
  std::vector<std::string> lines;
};

WebReply Missing() {
  WebReply reply;
  reply.status = 404;
  return reply;
}

// A mirror as the page on the data sets says: laid out as the target.
WebReply Mirror(const WebRequest& request) {
  const std::string below = "/fashion-mnist/";
  if (!request.path.starts_with(below)) return Missing();
  const std::string path = fmt::format("{}/{}", kPackage, request.path.substr(below.size()));
  return fs::exists(path) ? ServeFile(request, ReadFile(path), "\"debian\"") : Missing();
}

// A machine of its own, with an empty home, where no data set is found.
class FetchTest : public ::testing::Test {
 protected:
  FetchTest() {
    std::string pattern = fs::temp_directory_path() / "normlab-fetch-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    request_.limits = {5, 0};
    request_.to = folder_ / "data";
    setenv("no_proxy", "127.0.0.1", 1);
  }
  ~FetchTest() override { fs::remove_all(folder_); }

  FetchResult Fetch(const char* name = "fashion-mnist") {
    return FetchDataset(FindDatasetInfo(name), request_, seen_, stop_);
  }
  std::string Failure(const char* name = "fashion-mnist") {
    try {
      Fetch(name);
    } catch (const Error& error) {
      const std::string line = error.what();
      EXPECT_EQ(line.find('\n'), std::string::npos) << line;
      return line;
    }
    ADD_FAILURE() << "no error";
    return "";
  }
  std::string File(const std::string& name) const {
    return (folder_ / "data/fashion-mnist" / name).string();
  }

  fs::path folder_;
  FetchRequest request_;
  Messages seen_;
  std::atomic<bool> stop_{false};
};

TEST_F(FetchTest, BringsASetThatTheSearchFindsAndDoesItOnce) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  const WebServer server([](const WebRequest& request, int) { return Mirror(request); });
  request_.mirrors = {server.Address("")};
  const FetchResult first = Fetch();
  EXPECT_EQ(first.end, FetchResult::End::kFetched);
  EXPECT_EQ(first.path, folder_ / "data/fashion-mnist");
  EXPECT_EQ(first.files, 4u);
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(first.path)) bytes += entry.file_size();
  EXPECT_EQ(first.bytes, bytes);
  EXPECT_EQ(FindDataset(FindDatasetInfo("fashion-mnist"), request_.to).path, first.path);
  EXPECT_TRUE(VerifyDataset(FindDatasetInfo("fashion-mnist"), request_.to).official());
  // Without --data-dir the package's own copy is what the search takes.
  EXPECT_THAT(seen_.lines,
              ElementsAre(AllOf(HasSubstr("the search "), HasSubstr("--data-dir " + request_.to))));

  const auto written = fs::last_write_time(File("train-images-idx3-ubyte.gz"));
  const FetchResult second = Fetch();
  EXPECT_EQ(second.end, FetchResult::End::kThere);
  EXPECT_EQ(second.path, first.path);
  EXPECT_THAT(server.requests(), SizeIs(4)) << "nothing was asked again";
  EXPECT_EQ(fs::last_write_time(File("train-images-idx3-ubyte.gz")), written);
}

TEST_F(FetchTest, BringsOnlyWhatIsMissingOrWrong) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  const WebServer server([](const WebRequest& request, int) { return Mirror(request); });
  request_.mirrors = {server.Address()};
  fs::create_directories(folder_ / "data");
  fs::copy(kPackage, folder_ / "data/fashion-mnist");
  fs::remove(File("t10k-images-idx3-ubyte.gz"));
  WriteFile(File("t10k-labels-idx1-ubyte"), "mine");  // plain, and so read first
  WriteFile(File("train-labels-idx1-ubyte.gz"), "broken");
  EXPECT_EQ(Fetch().files, 2u);
  EXPECT_EQ(ReadFile(File("train-labels-idx1-ubyte.gz.replaced")), "broken");
  EXPECT_EQ(ReadFile(File("t10k-labels-idx1-ubyte.replaced")), "mine");
  EXPECT_FALSE(fs::exists(File("t10k-labels-idx1-ubyte")));
  EXPECT_TRUE(VerifyDataset(FindDatasetInfo("fashion-mnist"), request_.to).official());
  std::vector<std::string> asked;
  for (const WebRequest& request : server.requests()) asked.push_back(request.path);
  EXPECT_THAT(asked, ElementsAre("/fashion-mnist/train-labels-idx1-ubyte.gz",
                                 "/fashion-mnist/t10k-images-idx3-ubyte.gz"));
}

TEST_F(FetchTest, AnotherFileUnderTheNameIsRefusedAndTheNextMirrorTaken) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  // The test labels in the place of the training labels, a page of a hotel's network, a part.
  const WebServer wrong([](const WebRequest& request, int) {
    if (request.path.ends_with("train-labels-idx1-ubyte.gz")) {
      return ServeFile(request, ReadFile(fmt::format("{}/t10k-labels-idx1-ubyte.gz", kPackage)));
    }
    if (request.path.ends_with("train-images-idx3-ubyte.gz")) {
      return ServeFile(request, "\n<!doctype html><title>Log in</title>");
    }
    WebReply reply = Mirror(request);
    reply.body.resize(reply.body.size() / 2);
    return reply;
  });
  request_.mirrors = {wrong.Address()};
  EXPECT_THAT(Failure(), HasSubstr("train-images-idx3-ubyte with the SHA-256 c59f468a2f672dc815687f"
                                   "e0f83887768d799fd8a3f3276145d20f83aa44d888, found a web page"));
  EXPECT_THAT(fs::directory_iterator(folder_ / "data/fashion-mnist"), fs::directory_iterator());
  const WebServer good([](const WebRequest& request, int) { return Mirror(request); });
  request_.mirrors = {wrong.Address(), good.Address()};
  EXPECT_EQ(Fetch().files, 4u);
  EXPECT_TRUE(VerifyDataset(FindDatasetInfo("fashion-mnist"), request_.to).official());
}

TEST_F(FetchTest, WithoutANetworkTheLineSaysWhatToType) {
  request_.mirrors = {DeadAddress()};
  request_.to = folder_ / "it's here";
  const std::string folder = folder_ / "it'\\''s here/mnist";
  EXPECT_THAT(Failure("mnist"),
              AllOf(HasSubstr("MNIST could not be fetched: "),
                    HasSubstr("no connection: is the network there"),
                    HasSubstr("; by hand: mkdir -p '" + folder + "' && cd '" + folder +
                              "' && curl -fL -O '" + request_.mirrors[0] +
                              "mnist/{train-images-idx3-ubyte.gz,train-labels-idx1-ubyte.gz,"
                              "t10k-images-idx3-ubyte.gz,t10k-labels-idx1-ubyte.gz}'")));
  EXPECT_THAT(Failure("fashion-mnist"), EndsWith("apt-get install dataset-fashion-mnist"));
  EXPECT_THAT(Failure("cifar10"), EndsWith("cifar-10-binary.tar.gz'"));
}

TEST_F(FetchTest, TheCommandByHandLeadsToTheSamePlace) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  if (std::system("command -v curl >/dev/null") != 0) {
    NORMLAB_LEFT_OUT("curl is missing; apt-get install curl");
  }
  const WebServer server([](const WebRequest& request, int) { return Mirror(request); });
  const std::string folder = folder_ / "it's here/fashion-mnist";
  std::vector<std::string> names;
  for (const PublishedDownload& file : FindDownloadSource("fashion-mnist").files) {
    names.emplace_back(file.name);
  }
  const std::string command =
      CommandByHand(folder, server.Address("/fashion-mnist/"), names) + " 2>/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  request_.to = folder_ / "it's here";
  EXPECT_EQ(Fetch().end, FetchResult::End::kThere);
}

TEST_F(FetchTest, AStopIsNoFailure) {
  const WebServer server([](const WebRequest&, int) {
    WebReply reply;
    reply.body = "start";
    reply.content_length = 1000;
    reply.stall = true;
    return reply;
  });
  request_.mirrors = {server.Address()};
  stop_ = true;
  EXPECT_EQ(Fetch("mnist").end, FetchResult::End::kStopped);
}

TEST_F(FetchTest, MistakesAreToldBeforeAnythingIsAsked) {
  for (const char* mirror : {"ftp://example.org", "file:///etc", "example.org/x", "http://", "",
                             "http://[::1", "http://a b/"}) {
    request_.mirrors = {mirror};
    EXPECT_THAT(Failure(), HasSubstr("expected an address that starts with http://")) << mirror;
  }
  request_.mirrors = {DeadAddress()};
  WriteFile(folder_ / "file", "");
  request_.to = folder_ / "file";
  EXPECT_THAT(Failure(),
              AllOf(HasSubstr("cannot make the folder " + request_.to), HasSubstr("--to")));
  request_.to = "/proc/normlab";
  EXPECT_THAT(Failure(), HasSubstr("cannot make the folder /proc/normlab"));
}

// From an archive whose members are the official ones however it is packed.
TEST_F(FetchTest, TakesAnArchiveByItsMembersSlow) {
  NORMLAB_NEEDS_DATASET("cifar10");
  const FoundDataset found = FindDataset(FindDatasetInfo("cifar10"), "");
  if (found.layout != Layout::kCifarBinaryFolder) {
    NORMLAB_LEFT_OUT(
        "CIFAR-10's binary files are not unpacked here; tar xf cifar-10-binary.tar.gz");
  }
  const std::string folder = found.path;
  const std::string packed = folder_ / "packed";
  archive* writer = archive_write_new();
  archive_write_set_format_ustar(writer);
  ASSERT_EQ(archive_write_open_filename(writer, packed.c_str()), ARCHIVE_OK);
  for (const std::string& name : CifarFiles(CifarRelease::kBinary)) {
    const std::string bytes = ReadFile(fmt::format("{}/{}", folder, name));
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, ("cifar-10-batches-bin/" + name).c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    ASSERT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
    ASSERT_EQ(archive_write_data(writer, bytes.data(), bytes.size()),
              static_cast<la_ssize_t>(bytes.size()));
    archive_entry_free(entry);
  }
  ASSERT_EQ(archive_write_close(writer), ARCHIVE_OK);
  archive_write_free(writer);
  const std::string bytes = ReadFile(packed);
  const WebServer server([&](const WebRequest& request, int) {
    return request.path == "/cifar-10-binary.tar.gz" ? ServeFile(request, bytes) : Missing();
  });
  request_.mirrors = {server.Address()};
  EXPECT_EQ(Fetch("cifar10").path, folder_ / "data/cifar-10-binary.tar.gz");
  EXPECT_EQ(Fetch("cifar10").end, FetchResult::End::kThere);
  std::string changed = bytes;
  changed[100000] = static_cast<char>(changed[100000] + 1);
  WriteFile(folder_ / "changed", changed);
  EXPECT_THAT(ContentProblem(FindDownloadSource("cifar10"), FindDownloadSource("cifar10").files[0],
                             folder_ / "changed"),
              HasSubstr("data_batch_1.bin with the SHA-256 cee916563c9f80d8"));
}

TEST(DownloadSources, AreFoundForBothLabelsOfCifar100AndForNoUsersSet) {
  EXPECT_EQ(FindDownloadSource("cifar100-coarse").files[0].name, "cifar-100-binary.tar.gz");
  EXPECT_THROW(FindDownloadSource("idx:letters"), UsageError);
}

TEST_F(FetchTest, AnArchiveThatIsNoneIsRefused) {
  const DownloadSource& source = FindDownloadSource("cifar10");
  const auto problem = [&](const std::string& bytes) {
    WriteFile(folder_ / "file", bytes);
    return ContentProblem(source, source.files[0], folder_ / "file");
  };
  EXPECT_THAT(problem("<html>"), HasSubstr("found a web page"));
  EXPECT_THAT(problem(std::string("\x1f\x8b damaged", 10)), HasSubstr("damaged"));
  EXPECT_THAT(problem("something"), HasSubstr("damaged"));
  EXPECT_NE(problem(""), "");
  EXPECT_NE(ContentProblem(source, source.files[0], folder_ / "absent"), "");
}

TEST(Addresses, AreOfKnownSetsAndOfTheWeb) {
  for (const DownloadSource& source : DownloadSources()) {
    FindDatasetInfo(source.dataset);
    for (const std::string_view address : source.addresses) {
      EXPECT_TRUE(IsHttpAddress(std::string(address))) << address;
      EXPECT_TRUE(address.ends_with('/')) << address;
    }
    for (const PublishedDownload& file : source.files) {
      EXPECT_LT(file.size, file.largest()) << file.name;
      EXPECT_LT(file.size, file.raw) << file.name;
    }
  }
}

// What is fetched lies where the search looks, for every set that is published somewhere.
TEST_F(FetchTest, EveryTargetIsAPlaceOfTheSearch) {
  for (const DownloadSource& source : DownloadSources()) {
    const fs::path root = folder_ / std::string(source.dataset);
    const fs::path file = root / source.folder / source.files[0].name;
    fs::create_directories(file.parent_path());
    WriteFile(file, "");
    const FoundDataset found = FindDataset(FindDatasetInfo(source.dataset), root);
    EXPECT_TRUE(file.string().starts_with(found.path)) << found.path;
  }
}

TEST(CommandByHand, QuotesForTheShellAndForCurl) {
  EXPECT_EQ(CommandByHand("/a b", "https://x.org/{y}/[1]/", {"f"}),
            "mkdir -p '/a b' && cd '/a b' && curl -fL -O 'https://x.org/\\{y\\}/\\[1\\]/f'");
}

TEST(FetchFolder, IsTheCache) {
  setenv("XDG_CACHE_HOME", "/somewhere/cache", 1);
  EXPECT_EQ(FetchFolder(), "/somewhere/cache/normlab");
  unsetenv("XDG_CACHE_HOME");
  const std::string home = getenv("HOME") ? getenv("HOME") : "";
  unsetenv("HOME");
  try {
    FetchFolder();
    ADD_FAILURE() << "no error";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--to"));
  }
  setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace normlab
