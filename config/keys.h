// The table of keys: one row is what a recipe, --set, NORMLAB_* and a flag may say, what it may be,
// how it is printed, and what docs/keys.md tells of it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace normlab {

struct Settings {
  Config config;
  ExecutionOptions execution;
};

// kText: of a setting, as typed, any kind; of a key, a word or a number.
enum class ValueKind { kText, kBoolean, kInteger, kReal, kWord };

// One assignment: where it came from is part of every message and of the resolved recipe.
struct Setting {
  std::string key;     // "epochs", "schedule", "schedule.pct_start"
  std::string value;   // as typed, without quotes
  std::string origin;  // "recipe mnist, line 12", "environment NORMLAB_EPOCHS", "flag --epochs"
  ValueKind kind = ValueKind::kText;
};

enum class KeyScope {
  kArm,        // what is computed; may differ between arms; in the hash
  kRun,        // of the whole run; in the hash
  kRecord,     // of the whole run; which files it leaves; in the hash
  kExecution,  // of the whole run; never changes what is computed; not in the hash
};

struct Key {
  std::string name;
  KeyScope scope;
  ValueKind kind;
  std::string allowed;  // "a whole number from 1 to 100000"
  std::string meaning;
  // Returns false when the text is not allowed.
  std::function<bool(Settings&, const std::string&)> set;
  std::function<std::string(const Settings&)> print;  // a TOML value
  // Of a key that is a choice with arguments: its choices, and where they are kept.
  const ChoiceFamily* family = nullptr;
  Choice& (*choice)(Settings&) = nullptr;
};

// The line of the hash, "groups = 2\n"; empty where the key says nothing of it: one of execution,
// or one at its default that came after the hashes of the first run folders, which stay what they
// are.
std::string HashLine(const Key& key, const Settings& settings);

const std::vector<Key>& Keys();

// What runs did before there were these keys: those of an arm that came after the first run
// folders, with their defaults as a recipe says them, without quotes.
const std::map<std::string, std::string>& LaterKeys();

// The key that an argument belongs to: "schedule.pct_start" to "schedule".
std::string KeyName(const std::string& key);

// Of the keys that are choices with arguments, by name; null where `key` is none.
const Key* FindChoiceKey(std::string_view key);

// What would do where no key is called so: "; it is called lr here", "; the nearest is 'epochs'".
std::string KeyAdvice(std::string_view name);

// Throws UsageError with that advice.
const Key& FindKey(std::string_view name, std::string_view origin);

// Throws UsageError: unknown key, a value of another type or out of range.
void ApplySetting(const Setting& setting, Settings& settings);

// "key=value" of --set. Throws UsageError.
Setting ParseAssignment(const std::string& text, const std::string& origin);

// The table as docs/keys.md shows it.
std::string KeysMarkdown();

// A TOML basic string.
std::string QuoteToml(std::string_view text);

// The same of a text that may have lines, which stay lines: of printable characters, line feeds and
// tabs.
std::string QuoteTomlLines(std::string_view text);

}  // namespace normlab
