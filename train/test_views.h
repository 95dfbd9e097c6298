// Several views of each test image evaluated together: test-time augmentation.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "augment/augment.h"
#include "train/evaluate.h"

namespace normlab {

// "flip": the image and its mirror image. "flip-shift": those two, and both of the image moved by a
// pixel down and to the right, and up and to the left, its border mirrored; these four weigh a half
// together (airbench94.py).
inline constexpr const char* kTestViews[] = {"none", "flip", "flip-shift"};

// The views' logits are averaged by their weights.
template <typename T>
class ViewEvaluation {
 public:
  // `views` is none of kTestViews but the first.
  ViewEvaluation(const std::string& views, const Split& split, Shape shape,
                 const PixelTable& table);

  // A loss that is not finite ends it at once. Else `log_probabilities`, where given, becomes
  // [image][class]: of the averaged logits.
  Evaluation Evaluate(Network<T>& network, const std::vector<std::uint32_t>& images,
                      std::int64_t completed_steps,
                      std::vector<float>* log_probabilities = nullptr);

 private:
  struct View {
    std::unique_ptr<Augmentation> transform;
    double weight;
    std::unique_ptr<ImageBatch> source;
  };
  const Split& split_;
  std::vector<View> views_;
  std::vector<float> one_;    // a view's log-probabilities
  std::vector<double> sums_;  // [image][class], of the views by their weights
};

}  // namespace normlab
