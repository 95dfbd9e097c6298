#include "operations/fast/dropout.h"

#include <cstdint>
#include <vector>

#include "base/philox.h"
#include "operations/dropout.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/dropout.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/philox-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

// Walks the pixels of a block in the order of elements: channels, rows, columns.
class PixelCursor {
 public:
  explicit PixelCursor(const BlockView& view) : view_(view), at_(view.at(0, 0, 0)) {}
  float* at() const { return at_; }
  void Next() {
    at_ += kBlock;
    if (++column_ < view_.shape.width) return;
    column_ = 0;
    if (++row_ == view_.shape.height) {
      row_ = 0;
      ++channel_;
    }
    at_ = view_.at(channel_, row_, 0);
  }

 private:
  BlockView view_;
  float* at_;
  int channel_ = 0, row_ = 0, column_ = 0;
};

// Bits of one pixel's mask: a whole number of bytes for each vector.
constexpr int kMaskBytesPerVector = (kVectorSize + 7) / 8;
constexpr int kMaskBytes = kVectors * kMaskBytesPerVector;
constexpr int kReadableBeyond = 8;  // LoadMaskBits reads 8 bytes

class Dropout : public BlockOperation {
 public:
  Dropout(const DropoutPlan& plan, int max_blocks)
      : plan_(plan),
        threshold_(DropoutThreshold(plan.probability)),
        scale_(static_cast<float>(DropoutScale(DropoutThreshold(plan.probability)))),
        mask_stride_(plan.y->shape().size() * kMaskBytes) {
    if (KeepsMask()) masks_.resize(mask_stride_ * max_blocks + kReadableBeyond);
  }

  void Forward(const Pass& pass, WorkUnit unit) override {
    if (pass.mode != Mode::kTrain) return Copy(unit);
    if (KeepsMask()) {
      Drop<true>(pass, unit, Mask(unit));
    } else {
      Drop<false>(pass, unit, nullptr);
    }
  }

  void Restore(const Pass& pass, WorkUnit unit) override {
    if (pass.mode != Mode::kTrain) return Copy(unit);
    ApplyMask(plan_.x->block(unit), plan_.y->block(unit), Mask(unit));
  }

  void Backward(const Pass&, WorkUnit unit) override {
    if (plan_.y_gradient == nullptr) return;
    ApplyMask(plan_.y_gradient->block(unit), plan_.x_gradient->block(unit), Mask(unit));
  }

 private:
  bool KeepsMask() const {
    return plan_.y_gradient != nullptr || plan_.y->held() == Held::kPerWorker;
  }
  std::uint8_t* Mask(WorkUnit unit) { return masks_.data() + unit.block * mask_stride_; }

  void Copy(WorkUnit unit) const {
    if (plan_.x == plan_.y) return;
    const FloatTag d;
    const BlockView x = plan_.x->block(unit), y = plan_.y->block(unit);
    PixelCursor from(x), to(y);
    for (std::size_t e = 0; e < x.shape.size(); ++e, from.Next(), to.Next()) {
      for (int i = 0; i < kBlock; i += kVectorSize) {
        hn::Store(hn::Load(d, from.at() + i), d, to.at() + i);
      }
    }
  }

  void ApplyMask(const BlockView& x, const BlockView& y, const std::uint8_t* mask) const {
    const FloatTag d;
    const FloatVector scale = hn::Set(d, scale_);
    PixelCursor from(x), to(y);
    for (std::size_t e = 0; e < x.shape.size(); ++e, from.Next(), to.Next(), mask += kMaskBytes) {
      for (int part = 0; part < kVectors; ++part) {
        const int at = part * kVectorSize;
        const auto kept = hn::LoadMaskBits(d, mask + part * kMaskBytesPerVector);
        hn::Store(hn::IfThenElseZero(kept, hn::Mul(hn::Load(d, from.at() + at), scale)), d,
                  to.at() + at);
      }
    }
  }

  // Eight elements share one call of the generator: 8 decisions of 16 bits.
  template <bool keep_mask>
  void Drop(const Pass& pass, WorkUnit unit, std::uint8_t* mask) const {
    alignas(64) std::uint32_t image_ids[kBlock] = {};
    const int block = unit.block, live = pass.live_lanes(block);
    for (int lane = 0; lane < live; ++lane) {
      image_ids[lane] = pass.batch->image_ids[block * kBlock + lane];
    }
    const BlockView x = plan_.x->block(unit), y = plan_.y->block(unit);
    PixelCursor from(x), to(y);
    const std::size_t elements = x.shape.size();
    for (std::size_t first = 0; first < elements; first += 8) {
      PhiloxVectors words[kVectors];
      for (int part = 0; part < kVectors; ++part) {
        words[part] = Words(pass, image_ids + part * kVectorSize, first / 8);
      }
      const int count = elements - first < 8 ? static_cast<int>(elements - first) : 8;
      for (int k = 0; k < count; ++k, from.Next(), to.Next(), mask += keep_mask ? kMaskBytes : 0) {
        for (int part = 0; part < kVectors; ++part) {
          DropPixel<keep_mask>(words[part].word[k / 2], k % 2 != 0, from.at() + part * kVectorSize,
                               to.at() + part * kVectorSize,
                               mask + (keep_mask ? part * kMaskBytesPerVector : 0));
        }
      }
    }
  }

  template <bool keep_mask>
  HWY_INLINE void DropPixel(BitsVector word, bool upper_half, const float* from, float* to,
                            std::uint8_t* mask) const {
    const FloatTag d;
    const hn::RebindToSigned<FloatTag> di;
    const BitsTag du;
    const BitsVector half =
        upper_half ? hn::ShiftRight<16>(word) : hn::And(word, hn::Set(du, 0xffffu));
    const auto dropped =
        hn::Gt(hn::Set(di, static_cast<std::int32_t>(threshold_)), hn::BitCast(di, half));
    const auto kept = hn::Not(hn::RebindMask(d, dropped));
    hn::Store(hn::IfThenElseZero(kept, hn::Mul(hn::Load(d, from), hn::Set(d, scale_))), d, to);
    if constexpr (keep_mask) hn::StoreMaskBits(d, kept, mask);
  }

  HWY_INLINE PhiloxVectors Words(const Pass& pass, const std::uint32_t* image_ids,
                                 std::size_t group) const {
    const BitsTag d;
    const std::uint64_t seed = pass.dropout.seed;
    PhiloxVectors counter;
    counter.word[0] = hn::Load(d, image_ids);
    counter.word[1] = hn::Set(d, pass.dropout.epoch);
    counter.word[2] = hn::Set(d, DropoutPurposeWord(static_cast<std::uint32_t>(plan_.operation)));
    counter.word[3] = hn::Set(d, static_cast<std::uint32_t>(group));
    return PhiloxLanes<kDropoutRounds>(counter, static_cast<std::uint32_t>(seed),
                                       static_cast<std::uint32_t>(seed >> 32));
  }

  DropoutPlan plan_;
  std::uint32_t threshold_;
  float scale_;
  std::size_t mask_stride_;
  std::vector<std::uint8_t> masks_;
};

}  // namespace

std::unique_ptr<BlockOperation> MakeDropoutFor(const DropoutPlan& plan, int max_blocks) {
  return std::make_unique<Dropout>(plan, max_blocks);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
std::unique_ptr<BlockOperation> MakeDropout(Simd simd, const DropoutPlan& plan, int max_blocks) {
  NORMLAB_DISPATCH(simd, MakeDropoutFor(plan, max_blocks));
}
}  // namespace normlab
#endif
