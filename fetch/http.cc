#include "fetch/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>

#include "base/error.h"
#include "base/printable.h"

namespace normlab {
namespace {

constexpr long kMostRedirects = 5;
constexpr long kSlowestBytesPerSecond = 1000;
constexpr std::size_t kLongestReason = 200;

struct EasyCloser {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// The last answer's header; empty when it has none.
std::string_view Header(CURL* easy, const char* name) {
  curl_header* header = nullptr;
  return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value
                                                                                 : "";
}

bool ParseNumber(std::string_view& text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// "bytes 100-999/1000" or ".../*" (RFC 9110, 14.4).
bool ParseContentRange(std::string_view text, HttpAnswer& answer) {
  std::uint64_t last = 0;
  if (!text.starts_with("bytes ")) return false;
  text.remove_prefix(6);
  if (!ParseNumber(text, answer.offset) || !text.starts_with('-')) return false;
  text.remove_prefix(1);
  if (!ParseNumber(text, last) || !text.starts_with('/')) return false;
  text.remove_prefix(1);
  return text == "*" || ParseNumber(text, answer.total);
}

// If-Range takes a strong ETag or a date (RFC 9110, 13.1.5).
std::string Validator(CURL* easy) {
  const std::string_view tag = Header(easy, "ETag");
  const std::string_view chosen = tag.starts_with('"') ? tag : Header(easy, "Last-Modified");
  const bool plain = std::all_of(chosen.begin(), chosen.end(),
                                 [](unsigned char c) { return c >= 0x20 && c < 0x7F; });
  return std::string(plain && chosen.size() < 256 ? chosen : "");
}

class Transfer {
 public:
  Transfer(const HttpRequest& request, HttpSink& sink, const std::atomic<bool>& stop)
      : request_(request), sink_(sink), stop_(stop), easy_(curl_easy_init()) {
    if (!easy_) throw RunError("libcurl cannot start: out of memory");
    SetLimits();
    SetCallbacks();
    SetRange();
  }

  HttpResult Run() {
    HttpResult result;
    try {
      const CURLcode code = curl_easy_perform(easy_.get());
      if (failure_) std::rethrow_exception(failure_);
      if (code == CURLE_OK && !answered_) Answer();  // an empty body
      result.status = Status();
      result.end = EndOf(code, result.status);
      if (result.end != HttpResult::End::kWhole) result.problem = Reason(code, result.status);
    } catch (const UnusableAnswer& unusable) {
      result = {HttpResult::End::kUnusable, Status(), unusable.reason};
    }
    return result;
  }

 private:
  template <typename Value>
  void Set(CURLoption option, Value value) {
    if (curl_easy_setopt(easy_.get(), option, value) != CURLE_OK) {
      throw RunError(fmt::format("libcurl {} cannot fetch {}",
                                 curl_version_info(CURLVERSION_NOW)->version,
                                 Printable(request_.url, kLongestReason)));
    }
  }

  void SetLimits() {
    const long stall = std::max(1L, std::lround(request_.stall_seconds));
    Set(CURLOPT_URL, request_.url.c_str());
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_FOLLOWLOCATION, 1L);
    Set(CURLOPT_MAXREDIRS, kMostRedirects);
    Set(CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerSecond);
    Set(CURLOPT_LOW_SPEED_TIME, stall);
    Set(CURLOPT_FAILONERROR, 1L);
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_USERAGENT, "normlab");
    Set(CURLOPT_ERRORBUFFER, reason_);
    // As the curl command and OpenSSL take them: a company's own certificates.
    for (const char* variable : {"SSL_CERT_FILE", "CURL_CA_BUNDLE"}) {
      const char* bundle = std::getenv(variable);
      if (bundle != nullptr && *bundle != '\0') Set(CURLOPT_CAINFO, bundle);
    }
  }

  void SetCallbacks() {
    Set(CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
    Set(CURLOPT_WRITEDATA, this);
    Set(CURLOPT_NOPROGRESS, 0L);
    Set(CURLOPT_XFERINFOFUNCTION, &Transfer::OnProgress);
    Set(CURLOPT_XFERINFODATA, this);
  }

  // Not CURLOPT_RESUME_FROM: with that a server that sends the whole file is an error.
  void SetRange() {
    if (request_.offset == 0) return;
    range_ = fmt::format("{}-", request_.offset);
    Set(CURLOPT_RANGE, range_.c_str());
    if (request_.validator.empty()) return;
    headers_.reset(curl_slist_append(nullptr, ("If-Range: " + request_.validator).c_str()));
    Set(CURLOPT_HTTPHEADER, headers_.get());
  }

  long Status() const {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  void Answer() {
    answered_ = true;
    if (Status() != 200 && Status() != 206) {
      throw UnusableAnswer{fmt::format("the server answers {}", Status())};
    }
    HttpAnswer answer;
    answer.partial = Status() == 206;
    answer.validator = Validator(easy_.get());
    curl_off_t length = -1;
    curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (answer.partial) {
      if (!ParseContentRange(Header(easy_.get(), "Content-Range"), answer)) {
        throw UnusableAnswer{"the server sends a part and does not say which"};
      }
    } else if (length > 0) {
      answer.total = static_cast<std::uint64_t>(length);
    }
    sink_.OnAnswer(answer);
  }

  // No exception may pass through libcurl.
  static std::size_t OnBody(const char* bytes, std::size_t, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    try {
      if (!transfer.answered_) transfer.Answer();
      transfer.sink_.OnBytes({bytes, count});
      return count;
    } catch (...) {
      transfer.failure_ = std::current_exception();
      return count + 1;
    }
  }

  // Called once a second or more, also while nothing comes. libcurl's own limit looks at the mean
  // of some seconds, and is left to servers that dribble.
  static int OnProgress(void* self, curl_off_t, curl_off_t here, curl_off_t, curl_off_t) {
    auto& transfer = *static_cast<Transfer*>(self);
    const auto now = std::chrono::steady_clock::now();
    if (here != transfer.last_here_) {
      transfer.last_here_ = here;
      transfer.last_growth_ = now;
    }
    const std::chrono::duration<double> quiet = now - transfer.last_growth_;
    transfer.stalled_ = quiet.count() > transfer.request_.stall_seconds;
    return transfer.stop_ || transfer.stalled_ ? 1 : 0;
  }

  HttpResult::End EndOf(CURLcode code, long status) const {
    if (code == CURLE_OK) return HttpResult::End::kWhole;
    if (stop_) return HttpResult::End::kStopped;
    if (Stalled(code)) return status == 0 ? HttpResult::End::kRefused : HttpResult::End::kBroken;
    switch (code) {
      case CURLE_PARTIAL_FILE:
      case CURLE_RECV_ERROR:
      case CURLE_SEND_ERROR:
      case CURLE_GOT_NOTHING:
      case CURLE_HTTP2:
      case CURLE_HTTP2_STREAM:
        return HttpResult::End::kBroken;
      default:
        return HttpResult::End::kRefused;
    }
  }

  bool Stalled(CURLcode code) const { return stalled_ || code == CURLE_OPERATION_TIMEDOUT; }

  std::string Reason(CURLcode code, long status) const {
    if (code == CURLE_HTTP_RETURNED_ERROR) return fmt::format("the server answers {}", status);
    if (Stalled(code)) {
      return fmt::format("{} for {:g} s",
                         status == 0 ? "no answer" : "the server has sent nothing, or next to it,",
                         request_.stall_seconds);
    }
    if (std::strstr(reason_, "getaddrinfo() thread") != nullptr) {
      return "the system gives no thread to look up its name; allow more processes (ulimit -u, a "
             "container's limit of pids)";
    }
    if (code == CURLE_COULDNT_CONNECT)
      return "no connection: is the network there, or a proxy needed?";
    std::string reason = reason_[0] != '\0' ? reason_ : curl_easy_strerror(code);
    if (code == CURLE_COULDNT_RESOLVE_HOST) reason += " (is the network there?)";
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
      reason +=
          " (Debian's package ca-certificates has the certificates; SSL_CERT_FILE or "
          "CURL_CA_BUNDLE names others)";
    }
    return Printable(reason, kLongestReason);
  }

  const HttpRequest& request_;
  HttpSink& sink_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<CURL, EasyCloser> easy_;
  std::unique_ptr<curl_slist, ListCloser> headers_;
  std::string range_;
  char reason_[CURL_ERROR_SIZE] = "";
  bool answered_ = false;
  bool stalled_ = false;
  curl_off_t last_here_ = 0;
  std::chrono::steady_clock::time_point last_growth_ = std::chrono::steady_clock::now();
  std::exception_ptr failure_;
};

}  // namespace

HttpResult Get(const HttpRequest& request, HttpSink& sink, const std::atomic<bool>& stop) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw RunError("libcurl cannot start");
  return Transfer(request, sink, stop).Run();
}

bool IsHttpAddress(const std::string& url) {
  const std::unique_ptr<CURLU, UrlCloser> parsed(curl_url());
  char* scheme = nullptr;
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK) {
    return false;
  }
  const std::string_view name = scheme;
  const bool known = name == "http" || name == "https";
  curl_free(scheme);
  return known;
}

}  // namespace normlab
