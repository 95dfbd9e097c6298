// A value that takes work to know: found by the first thread that asks for it. Copies share it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace normlab {

template <typename T>
class Lazy {
 public:
  Lazy(T value = {}) : known_(std::move(value)) {}  // NOLINT: a value is one
  static Lazy By(std::function<T()> find) {
    Lazy lazy;
    lazy.found_ = std::make_shared<Found>();
    lazy.found_->find = std::move(find);
    return lazy;
  }

  const T& operator()() const {
    if (found_ == nullptr) return known_;
    const std::lock_guard lock(found_->mutex);
    if (!found_->value) found_->value = found_->find();
    return *found_->value;
  }

 private:
  struct Found {
    std::function<T()> find;
    std::mutex mutex;
    std::optional<T> value;
  };

  T known_;
  std::shared_ptr<Found> found_;
};

}  // namespace normlab
