// A server that does what a test tells it, and a download from it into a folder of the test's.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "fetch/download.h"
#include "fetch/part_file.h"
#include "tests/fetch/server.h"

namespace normlab {

namespace fs = std::filesystem;

// Not periodic within what a test shifts by.
inline std::string SomeBytes(std::size_t count, unsigned seed = 1) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) {
    seed = seed * 1664525 + 1013904223;
    byte = static_cast<char>(seed >> 24);
  }
  return bytes;
}

struct Seen : FetchObserver {
  void OnProgress(const std::string&, std::uint64_t here, std::uint64_t total) override {
    last_here = here;
    last_total = total;
    EXPECT_LE(here, total);
    if (stop_at > 0 && here >= stop_at) stop = true;
  }
  void OnFileEnd() override { ++ends; }
  void OnMessage(const std::string& line) override { messages.push_back(line); }

  std::uint64_t last_here = 0, last_total = 0, stop_at = 0;
  int ends = 0;
  std::vector<std::string> messages;
  std::atomic<bool> stop{false};
};

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() {
    std::string pattern = fs::temp_directory_path() / "normlab-fetch-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    setenv("no_proxy", "127.0.0.1", 1);
    target_ = folder_ / "file.gz";
    download_.name = "file.gz";
    download_.target = target_;
    download_.usual = bytes_.size();
    download_.largest = 2 * bytes_.size();
    download_.problem = [this](const std::string& path) {
      return ReadFile(path) == bytes_ ? "" : "expected the file, found another";
    };
  }
  ~DownloadTest() override { fs::remove_all(folder_); }

  DownloadEnd Get(std::vector<std::string> urls) {
    download_.urls = std::move(urls);
    return DownloadFile(download_, {1, 0}, seen_, seen_.stop);
  }
  std::string Failure(std::vector<std::string> urls) {
    try {
      Get(std::move(urls));
    } catch (const RunError& error) {
      const std::string line = error.what();
      EXPECT_EQ(line.find('\n'), std::string::npos) << line;
      return line;
    }
    ADD_FAILURE() << "no RunError";
    return "";
  }
  std::string Content() const { return ReadFile(target_); }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  // The first `count` bytes, announced as all of them.
  WebReply Truncated(const WebRequest& request, std::size_t count, const std::string& etag = "") {
    WebReply reply = ServeFile(request, bytes_, etag);
    reply.content_length = static_cast<long>(reply.body.size());
    reply.body.resize(std::min(count, reply.body.size()));
    return reply;
  }

  fs::path folder_;
  std::string target_;
  const std::string bytes_ = SomeBytes(200000);
  Download download_;
  Seen seen_;
};

}  // namespace normlab
