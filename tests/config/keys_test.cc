#include "config/keys.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "engine/registry.h"

namespace normlab {
namespace {

TEST(Keys, EveryDefaultIsAllowedAndPrintsAsItIsRead) {
  for (const Key& key : Keys()) {
    Settings defaults;
    std::string text = key.print(defaults);
    if (text.front() == '"') text = text.substr(1, text.size() - 2);
    Settings set;
    EXPECT_TRUE(key.set(set, text)) << key.name << " = " << text;
    EXPECT_EQ(key.print(set), key.print(defaults)) << key.name;
  }
}

TEST(Keys, RefusalLeavesTheValue) {
  for (const Key& key : Keys()) {
    if (key.kind == ValueKind::kWord && key.allowed.find("one of") != 0) continue;  // any text
    if (key.name == "model") continue;
    Settings settings;
    EXPECT_FALSE(key.set(settings, "no such value")) << key.name;
    EXPECT_EQ(key.print(settings), key.print(Settings{})) << key.name;
  }
}

TEST(Keys, ThePageShowsTheTable) {
  EXPECT_THAT(ReadFile(NORMLAB_TEST_DIR "/../docs/keys.md"), ::testing::EndsWith(KeysMarkdown()));
}

TEST(Keys, EveryEngineIsAllowedAndTheFirstIsTheDefault) {
  const Key& key = FindKey("engine", "test");
  EXPECT_EQ(Settings().execution.engine, Engines().front().name);
  for (const Engine& engine : Engines()) {
    Settings settings;
    EXPECT_TRUE(key.set(settings, std::string(engine.name))) << engine.name;
    EXPECT_EQ(settings.execution.engine, engine.name);
    EXPECT_THAT(key.allowed, ::testing::HasSubstr(std::string(engine.name)));
    EXPECT_THAT(key.meaning, ::testing::HasSubstr(std::string(engine.title)));
  }
}

// A key that is added today orphans no run folder: its default is no part of the hash.
TEST(Keys, ANewKeyIsInTheHashUnlessAtItsDefault) {
  Key key = FindKey("groups", "test");
  key.name = "tomorrow";
  Settings settings;
  EXPECT_EQ(HashLine(key, settings), "");
  settings.config.groups = 7;
  EXPECT_EQ(HashLine(key, settings), "tomorrow = 7\n");
  EXPECT_EQ(HashLine(FindKey("dropout", "test"), Settings()), "dropout = 0\n") << "an old one";
  EXPECT_EQ(HashLine(FindKey("jobs", "test"), settings), "");
}

TEST(Keys, QuotedTextIsToml) {
  EXPECT_EQ(QuoteToml("plain"), "\"plain\"");
  EXPECT_EQ(QuoteToml("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000A\"");
}

}  // namespace
}  // namespace normlab
