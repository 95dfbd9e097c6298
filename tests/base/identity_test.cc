#include "base/identity.h"

#include <gtest/gtest.h>

#include <utility>

namespace normlab {
namespace {

bool Same(const std::weak_ptr<const void>& a, const std::weak_ptr<const void>& b) {
  return !a.owner_before(b) && !b.owner_before(a);
}

TEST(Identity, IsAnotherForEachObjectAndEachCopy) {
  const Identity one, two;
  EXPECT_TRUE(Same(one.handle(), one.handle()));
  EXPECT_FALSE(Same(one.handle(), two.handle()));
  const Identity copy = one;
  EXPECT_FALSE(Same(copy.handle(), one.handle()));
  Identity assigned;
  const auto before = assigned.handle();
  assigned = one;
  EXPECT_FALSE(Same(assigned.handle(), one.handle()));
  EXPECT_TRUE(before.expired());
}

TEST(Identity, MovesWithItsObject) {
  Identity one;
  const auto handle = one.handle();
  Identity two = std::move(one);
  EXPECT_TRUE(Same(two.handle(), handle));
  EXPECT_TRUE(one.handle().expired());
  Identity three;
  three = std::move(two);
  EXPECT_TRUE(Same(three.handle(), handle));
  EXPECT_FALSE(handle.expired());
}

TEST(Identity, IsNotThatOfOneWhichLayInTheSamePlace) {
  auto first = std::make_unique<Identity>();
  const auto handle = first->handle();
  first->~Identity();
  new (first.get()) Identity;
  EXPECT_TRUE(handle.expired());
  EXPECT_FALSE(Same(first->handle(), handle));
}

}  // namespace
}  // namespace normlab
