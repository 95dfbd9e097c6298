// Tells an object from every other, from one that was freed and lay in the same place too.
#pragma once

#include <memory>

namespace normlab {

// A member of what is to be told apart. A copy is another object; who is moved from has none left.
class Identity {
 public:
  Identity() : token_(std::make_shared<char>()) {}
  Identity(const Identity&) : Identity() {}
  Identity(Identity&&) noexcept = default;
  Identity& operator=(const Identity&) {
    token_ = std::make_shared<char>();
    return *this;
  }
  Identity& operator=(Identity&&) noexcept = default;
  ~Identity() = default;

  // Expired as soon as the object is gone; the same owner (std::owner_less) for as long as anybody
  // keeps it.
  std::weak_ptr<const void> handle() const { return token_; }

 private:
  std::shared_ptr<const char> token_;
};

}  // namespace normlab
