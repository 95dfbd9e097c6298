#include "train/test_views.h"

#include <algorithm>
#include <cmath>

#include "augment/flip.h"
#include "augment/shift.h"

namespace normlab {
namespace {

// The same of every image.
class FixedView final : public Augmentation {
 public:
  FixedView(Shape shape, bool flipped, int shift)
      : shape_(shape), flipped_(flipped), shift_(shift) {}

  bool identity() const override { return !flipped_ && shift_ == 0; }
  std::string text() const override { return ""; }
  void Apply(const std::uint8_t* image, const AugmentAddress&,
             std::uint8_t* result) const override {
    static thread_local std::vector<std::uint8_t> scratch;
    scratch.resize(shape_.size());
    const ShiftRanges mirrored = {.padding = 1, .reflect = true};
    ApplyShift(image, shape_, mirrored, {1 + shift_, 1 + shift_}, scratch.data());
    ApplyFlip(scratch.data(), shape_, {flipped_}, result);
  }

 private:
  Shape shape_;
  bool flipped_;
  int shift_;
};

// Adds weight * row to the sums of all images.
void Add(double weight, const std::vector<float>& rows, std::vector<double>& sums) {
  for (std::size_t i = 0; i < rows.size(); ++i) sums[i] += weight * rows[i];
}

}  // namespace

template <typename T>
ViewEvaluation<T>::ViewEvaluation(const std::string& views, const Split& split, Shape shape,
                                  const PixelTable& table)
    : split_(split) {
  const bool shifts = views == "flip-shift";
  for (const int shift : shifts ? std::vector{0, -1, 1} : std::vector{0}) {
    const double weight = !shifts ? 0.5 : shift == 0 ? 0.25 : 0.125;
    for (const bool flipped : {false, true}) {
      auto transform = std::make_unique<FixedView>(shape, flipped, shift);
      auto source = std::make_unique<ImageBatch>(split, shape, table, transform.get(), 0);
      views_.push_back({std::move(transform), weight, std::move(source)});
    }
  }
}

template <typename T>
Evaluation ViewEvaluation<T>::Evaluate(Network<T>& network,
                                       const std::vector<std::uint32_t>& images,
                                       std::int64_t completed_steps,
                                       std::vector<float>* log_probabilities) {
  const std::size_t classes = static_cast<std::size_t>(network.classes());
  sums_.assign(images.size() * classes, 0);
  for (const View& view : views_) {
    view.source->set_completed_steps(completed_steps);
    const Evaluation one = normlab::Evaluate(network, *view.source, images, &one_);
    if (!std::isfinite(one.loss)) return one;
    Add(view.weight, one_, sums_);
  }
  Evaluation all;
  if (log_probabilities != nullptr) log_probabilities->resize(sums_.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto row = sums_.begin() + static_cast<std::ptrdiff_t>(i * classes);
    const auto largest = std::max_element(row, row + static_cast<std::ptrdiff_t>(classes));
    double sum = 0;
    for (std::size_t k = 0; k < classes; ++k) sum += std::exp(sums_[i * classes + k] - *largest);
    const double normalizer = *largest + std::log(sum);
    const int label = split_.labels[images[i]];
    all.loss += normalizer - row[label];
    all.correct += largest - row == label;
    if (log_probabilities == nullptr) continue;
    for (std::size_t at = i * classes; at < (i + 1) * classes; ++at) {
      (*log_probabilities)[at] = static_cast<float>(sums_[at] - normalizer);
    }
  }
  const double count = static_cast<double>(std::max<std::size_t>(images.size(), 1));
  all.loss /= count;
  all.accuracy = 100.0 * all.correct / count;
  return all;
}

template class ViewEvaluation<float>;
template class ViewEvaluation<double>;

}  // namespace normlab
