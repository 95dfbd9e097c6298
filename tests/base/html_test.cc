#include "base/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace normlab {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Html, TextIsShownLiterally) {
  EXPECT_EQ(HtmlText("a<b>&\"c\"'d'"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;");
  EXPECT_EQ(HtmlText("\xc3\xa4"), "\xc3\xa4");
}

TEST(Html, ScriptSafeJsonHoldsNoMarkupAndNoLineEnd) {
  EXPECT_EQ(ScriptSafe("{\"a\":\"</script><!--&\xe2\x80\xa8\xe2\x80\xa9\"}"),
            "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\\u2029\"}");
  // Their neighbour, U+2027, is no line end.
  EXPECT_EQ(ScriptSafe("\xe2\x80\xa7"), "\xe2\x80\xa7");
}

// RFC 4648, section 10.
TEST(Html, Base64) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("foob"), "Zm9vYg==");
  EXPECT_EQ(Base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64("\xff\xfe\xfd"), "//79");
}

// The example of the Content Security Policy, level 2, section 7.18.2: alert('Hello, world.');
TEST(Html, PolicyHash) {
  EXPECT_EQ(PolicyHash("alert('Hello, world.');"),
            "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
}

TEST(Html, WhatFillsASlotIsNoSlot) {
  EXPECT_EQ(Filled("<a>{{x}}{{y}}{{x}}", {{"{{x}}", "{{y}}"}, {"{{y}}", "2"}}), "<a>{{y}}2{{y}}");
}

}  // namespace
}  // namespace normlab
