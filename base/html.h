// Pages that hold everything themselves: text that cannot become markup, a policy that lets nothing
// else run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// In an element's text or a quoted attribute.
std::string HtmlText(std::string_view text);

// JSON inside <script>: no markup in a string of it can end the element, and no character of it
// ends a line of JavaScript.
std::string ScriptSafe(std::string_view json);

// 'sha256-...' of an inline element, as a Content-Security-Policy names it.
std::string PolicyHash(std::string_view text);

// RFC 4648, with padding.
std::string Base64(std::string_view bytes);

struct Slot {
  std::string_view name;
  std::string_view text;
};

// Every slot's name in `html` gives way to its text, in one pass: nothing in a filled text is taken
// for a slot.
std::string Filled(std::string_view html, const std::vector<Slot>& slots);

}  // namespace normlab
