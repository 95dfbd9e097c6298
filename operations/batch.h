// What a network is given: a number of images, what each is to be mixed with, and their labels.
#pragma once

#include <cstdint>

namespace normlab {

// Where this pass's dropout decisions are addressed.
struct DropoutAddress {
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
};

struct BatchResult {
  // The cross-entropy of the labels, summed over the images in their order: -log q_label, or
  // -sum_k p_k log q_k where the labels are distributions.
  double loss_sum = 0;
  // Images whose largest log-probability is the label's, or the largest share's class where the
  // labels are distributions; of equals the first one counts.
  int correct = 0;
};

class ByteImages;  // operations/byte_images.h

// Where the images of a batch come from. Called from the engine's threads, images in any order and
// one image several times, so that decoding and augmenting it happens beside the other images'
// convolutions.
class ImageSource {
 public:
  virtual ~ImageSource() = default;
  // Writes images `first` to `first + count - 1` of the batch, [count][C][H][W]; the same values
  // whenever one is asked for.
  virtual void Fill(int first, int count, float* images) const = 0;
  // The same images before they became floats; null where they were never bytes.
  virtual const ByteImages* bytes() const { return nullptr; }
};

// Pixels of an image, the same in every channel: rows from `top` on, columns from `left` on. Lies
// within the image.
struct Box {
  int top = 0, left = 0, height = 0, width = 0;
  bool empty() const { return height <= 0 || width <= 0; }
};

// What an image x of the batch becomes before the network sees it, p being its partner:
//
//   inside the box   p                        elsewhere   weight x + (1 - weight) p
//
// in float32. So mixup (Zhang et al. 2018) is a weight and no box, CutMix (Yun et al. 2019) a box
// and weight 1. A partner is taken as its source gives it, without a mix of its own. Labels are not
// touched: whoever mixes images gives the distributions that belong to them.
struct Mix {
  int partner = 0;   // its place in the batch
  float weight = 1;  // of the image itself, 0 to 1
  Box box;
};

struct Batch {
  int count = 0;  // images, > 0
  const ImageSource* source = nullptr;
  // [count] class numbers; not read, and null if need be, where there are distributions.
  const std::uint8_t* labels = nullptr;
  // [count] indices in the training split: dropout's addresses.
  const std::uint32_t* image_ids = nullptr;
  // [count], or null: images are as their source gives them.
  const Mix* mixes = nullptr;
  // [count][classes], or null: each image's shares of the classes, together 1.
  const float* distributions = nullptr;
  // The gradient is that of shares (1 - label_smoothing) p + label_smoothing / classes, PyTorch's
  // CrossEntropyLoss; BatchResult speaks of p itself.
  double label_smoothing = 0;
  // Optimizer steps completed before this pass: what a schedule of a normalization goes by.
  std::int64_t completed_steps = 0;
};

}  // namespace normlab
