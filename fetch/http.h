// One GET by libcurl: what the server answers, byte for byte, or why not.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace normlab {

struct HttpRequest {
  std::string url;            // http or https
  std::uint64_t offset = 0;   // the first byte that is wanted
  std::string validator;      // If-Range: bytes from `offset` on only of this version; may be empty
  double stall_seconds = 30;  // without a connection, or with less than 1 kB/s
};

// Before the first byte of the body, once.
struct HttpAnswer {
  bool partial = false;      // 206: the body begins at `offset`
  std::uint64_t offset = 0;  // 0 unless partial
  std::uint64_t total = 0;   // of the whole file; 0: the server does not say
  std::string validator;     // a strong ETag, else Last-Modified, else empty
};

// Thrown by a sink: what the server sends is of no use, for this reason.
struct UnusableAnswer {
  std::string reason;
};

// What is done with the body. Get passes on whatever else is thrown.
class HttpSink {
 public:
  virtual ~HttpSink() = default;
  virtual void OnAnswer(const HttpAnswer& answer) = 0;
  virtual void OnBytes(std::string_view bytes) = 0;
};

struct HttpResult {
  enum class End {
    kWhole,     // everything that the server announced
    kStopped,   // `stop` was set
    kBroken,    // the connection failed, stalled or ended early: worth another try
    kRefused,   // the server's own word, or none at all: 404, 500, too many redirects, no such host
    kUnusable,  // UnusableAnswer
  };
  End end = End::kWhole;
  long status = 0;      // of the last answer; 0: there was none
  std::string problem;  // one line; empty for kWhole
};

// Follows at most five redirects, to http and https only. Proxies are the environment's.
HttpResult Get(const HttpRequest& request, HttpSink& sink, const std::atomic<bool>& stop);

// Whether libcurl can read the address and its scheme is http or https.
bool IsHttpAddress(const std::string& url);

}  // namespace normlab
