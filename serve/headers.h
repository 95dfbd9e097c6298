// Which requests are answered at all, and what every answer forbids the browser.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace normlab {

// 127.0.0.1, localhost, [::1] or the loopback address `listened` at, with any port (a tunnel's
// differs) or none. A page of the world
// can give its own name this machine's address (DNS rebinding), but the browser then sends that
// name, and here it is refused.
bool IsOwnHost(std::string_view host, std::string_view listened);

// An If-None-Match that names this version.
bool Names(std::string_view if_none_match, const std::string& version);
std::string EntityTag(const std::string& version);

// Of every answer: no guessing of types, no address told to others, no embedding elsewhere, nothing
// kept.
const std::vector<std::pair<std::string, std::string>>& CommonHeaders();

constexpr std::string_view kOpenerPolicy = "Cross-Origin-Opener-Policy";

// Of the study's page, beside the policy that it carries itself: it talks to this server alone.
extern const char* const kPagePolicy;
// Of the page that waits.
extern const char* const kWaitingPolicy;

// A whole answer in plain text, for what never became a request: 400, 408, 431, 503.
std::string Refusal(int status);

}  // namespace normlab
