#include "serve/headers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace normlab {
namespace {

constexpr std::size_t kMostDigits = 5;

struct Reason {
  int status;
  const char* name;
  const char* text;
};
constexpr Reason kReasons[] = {
    {400, "Bad Request", "not a request that can be read"},
    {408, "Request Timeout", "the request took too long"},
    {431, "Request Header Fields Too Large", "the request's head is too long"},
    {503, "Service Unavailable", "too many pages are open; close some and try again"},
};

// ":7117"
bool IsPort(std::string_view text) {
  const std::string_view digits = text.substr(1);
  return text.starts_with(':') && !digits.empty() && digits.size() <= kMostDigits &&
         digits.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

const char* const kPagePolicy =
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";
const char* const kWaitingPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

bool IsOwnHost(std::string_view host, std::string_view listened) {
  const std::string_view own_hosts[] = {"127.0.0.1", "localhost", "[::1]", listened};
  const std::string lower = Lowered(host);
  for (const std::string_view own : own_hosts) {
    if (!lower.starts_with(own)) continue;
    const std::string_view port = std::string_view(lower).substr(own.size());
    if (port.empty() || IsPort(port)) return true;
  }
  return false;
}

std::string EntityTag(const std::string& version) { return '"' + version + '"'; }

bool Names(std::string_view if_none_match, const std::string& version) {
  return if_none_match.find(EntityTag(version)) != std::string_view::npos;
}

const std::vector<std::pair<std::string, std::string>>& CommonHeaders() {
  static const std::vector<std::pair<std::string, std::string>> headers = {
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {std::string(kOpenerPolicy), "same-origin"},
      {"X-Frame-Options", "DENY"},
  };
  return headers;
}

std::string Refusal(int status) {
  const Reason* reason = std::ranges::find(kReasons, status, &Reason::status);
  if (reason == std::end(kReasons)) reason = kReasons;
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", reason->status, reason->name);
  for (const auto& [name, value] : CommonHeaders()) text += fmt::format("{}: {}\r\n", name, value);
  const std::string body = fmt::format("{}\n", reason->text);
  return text + fmt::format(
                    "Cache-Control: no-store\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    "Content-Length: {}\r\nConnection: close\r\n{}\r\n{}",
                    body.size(), status == 503 ? "Retry-After: 2\r\n" : "", body);
}

}  // namespace normlab
