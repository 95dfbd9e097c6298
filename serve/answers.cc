#include "serve/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/escape.h"
#include "serve/headers.h"
#include "serve/token.h"
#include "serve/waiting_page.h"

namespace normlab {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;
// How soon a stream notices that its client has left.
constexpr auto kGlance = std::chrono::milliseconds(1000);

constexpr std::size_t kLongestHost = 100;  // that is repeated

constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kJson = "application/json";

void SayPlainly(httplib::Response& response, int status, const std::string& line) {
  response.status = status;
  response.set_header("Cache-Control", "no-store");
  response.set_content(line + "\n", "text/plain; charset=utf-8");
}

std::string MessageJson(const std::string& message) {
  return nlohmann::json{{"message", message}}.dump(-1, ' ', false,
                                                   nlohmann::json::error_handler_t::replace);
}

// Sent from where it lies: fifty pages that ask at once share one copy.
void Send(std::shared_ptr<const Snapshot> snapshot, const std::vector<std::string_view>& pieces,
          const char* type, const httplib::Request& request, httplib::Response& response) {
  const std::size_t size = TotalSize(pieces);
  response.set_header("Cache-Control", "no-cache");  // kept, but asked for each time
  response.set_header("ETag", EntityTag(snapshot->version));
  if (Names(request.get_header_value("If-None-Match"), snapshot->version)) {
    response.status = 304;
    response.set_header("Content-Length", std::to_string(size));
    return;
  }
  response.set_content_provider(
      size, type,
      [snapshot = std::move(snapshot), pieces](std::size_t offset, std::size_t length,
                                               httplib::DataSink& sink) {
        const std::string_view piece = PieceAt(pieces, offset, std::min(length, kPiece));
        return sink.write(piece.data(), piece.size());
      });
}

}  // namespace

// One open page.
struct Answers::Stream {
  explicit Stream(std::atomic<int>& pages) : open(pages) { ++open; }
  ~Stream() { --open; }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  std::atomic<int>& open;
  std::string version;  // that the page has
  bool begun = false;
  std::chrono::steady_clock::time_point last_line = std::chrono::steady_clock::now();
};

std::optional<std::string> Answers::AdmittedPath(const httplib::Request& request,
                                                 httplib::Response& response) const {
  // With a token any host will do: a page of the web whose name leads here (DNS rebinding) does not
  // know it.
  if (!entrance_.token.empty()) {
    auto path = PathBehindToken(request.path, entrance_.token);
    if (!path) {
      SayPlainly(response, 403,
                 "expected the address that normlab serve printed, with its token: "
                 "http://HOST:PORT/TOKEN/; each start has another token");
    }
    return path;
  }
  const std::size_t hosts = request.get_header_value_count("Host");
  const std::string host = request.get_header_value("Host");
  if (hosts == 1 && IsOwnHost(host, entrance_.address.url_host())) return request.path;
  const std::string found = hosts > 1      ? "several"
                            : host.empty() ? "none"
                                           : "'" + Shortened(PlainLine(host), kLongestHost) + "'";
  SayPlainly(response, 403,
             fmt::format("expected the host 127.0.0.1, localhost or [::1], found {}: normlab serve "
                         "answers its own machine alone; ssh -L PORT:127.0.0.1:PORT MACHINE brings "
                         "it to another, as does normlab serve --host, with a token",
                         found));
  return std::nullopt;
}

void Answers::Answer(const httplib::Request& request, httplib::Response& response) {
  const auto path = AdmittedPath(request, response);
  if (!path) return;
  if (request.method != "GET" && request.method != "HEAD") {
    response.set_header("Allow", "GET, HEAD");
    SayPlainly(response, 405, "nothing can be changed here: expected GET or HEAD");
  } else {
    Route(*path, request, response);
  }
}

void Answers::Route(const std::string& path, const httplib::Request& request,
                    httplib::Response& response) {
  if (path == "/") {
    Page(request, response);
  } else if (path == "/data.json") {
    Data(request, response);
  } else if (path == "/events") {
    Events(request, response);
  } else if (path == "/waiting.js") {
    response.set_content(std::string(kWaitingScript), "text/javascript; charset=utf-8");
  } else if (path == "/waiting.css") {
    response.set_content(std::string(kWaitingStyle), "text/css; charset=utf-8");
  } else if (path.empty()) {  // the token without the slash that relative addresses need
    response.set_redirect(fmt::format("/{}/", entrance_.token));
  } else {
    SayPlainly(response, 404, "nothing is here; the page is at /");
  }
}

void Answers::Page(const httplib::Request& request, httplib::Response& response) {
  const auto snapshot = watch_.Current();
  if (!snapshot) return SayPlainly(response, 503, "the server is ending");
  response.set_header("Content-Security-Policy",
                      snapshot->data.empty() ? kWaitingPolicy : kPagePolicy);
  Send(snapshot, snapshot->PagePieces(), kHtml, request, response);
}

void Answers::Data(const httplib::Request& request, httplib::Response& response) {
  const auto snapshot = watch_.Current();
  if (!snapshot) return SayPlainly(response, 503, "the server is ending");
  if (snapshot->data.empty()) {
    response.status = 404;
    response.set_header("Cache-Control", "no-store");
    response.set_content(MessageJson(snapshot->message), kJson);
    return;
  }
  if (!snapshot->message.empty()) {
    response.set_header("Normlab-Message", LinkTarget(snapshot->message));
  }
  Send(snapshot, snapshot->DataPieces(), kJson, request, response);
}

void Answers::Events(const httplib::Request& request, httplib::Response& response) {
  const auto stream = std::make_shared<Stream>(pages_);
  if (pages_ > limits_.pages) {
    response.set_header("Retry-After", "2");
    return SayPlainly(response, 503, "too many pages are open; close some and try again");
  }
  stream->version = request.get_header_value("Last-Event-ID");
  response.set_header("Cache-Control", "no-store");
  response.set_chunked_content_provider(
      "text/event-stream",
      [this, stream](std::size_t, httplib::DataSink& sink) { return Tell(*stream, sink); });
}

// Called again and again until it returns false.
bool Answers::Tell(Stream& stream, httplib::DataSink& sink) {
  const auto now = std::chrono::steady_clock::now();
  std::string text;
  if (!stream.begun) {
    text = "retry: 1000\n\n";  // milliseconds until a browser comes back
    stream.begun = true;
  } else if (const auto snapshot =
                 watch_.OtherThan(stream.version, std::min(kGlance, limits_.heartbeat))) {
    text = fmt::format("id: {}\ndata: data\n\n", snapshot->version);
    stream.version = snapshot->version;
  } else if (now - stream.last_line >= limits_.heartbeat) {
    text = ":\n\n";
  }
  if (watch_.stopped() || !sink.is_writable()) return false;
  if (text.empty()) return true;
  stream.last_line = now;
  return sink.write(text.data(), text.size());
}

}  // namespace normlab
