// A 3x3 convolution by Winograd's minimal filtering: transform two tiles of all input channels,
// multiply, transform back.
#if defined(NORMLAB_ENGINE_WINOGRAD_CONVOLUTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_WINOGRAD_CONVOLUTION_INL_H_
#undef NORMLAB_ENGINE_WINOGRAD_CONVOLUTION_INL_H_
#else
#define NORMLAB_ENGINE_WINOGRAD_CONVOLUTION_INL_H_
#endif

#include <vector>

#include "hwy/highway.h"
#include "operations/fast/prefetch-inl.h"
#include "operations/fast/rectifier-inl.h"
#include "operations/fast/winograd-inl.h"
#include "operations/fast/winograd_writer-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// [product][channels * tiles] vectors, and one more between the products: without it the 36 stores
// of a tile fall into few sets of the first-level cache.
constexpr std::size_t ProductStride(int vectors) {
  return (static_cast<std::size_t>(vectors) + 1) * kVectorSize;
}

template <class Rows, class Columns>
class WinogradConvolution {
 public:
  WinogradConvolution(int inputs, int outputs) : inputs_(inputs), outputs_(outputs) {
    for (int first = 0; first < outputs; first += chunks_.back().size) {
      const int left = outputs - first;
      constexpr int kWidest = kManyRegisters ? 12 : 6;
      const int size = outputs % kWidest == 0        ? kWidest
                       : kManyRegisters && left >= 8 ? 8
                       : left >= 4                   ? 4
                       : left >= 2                   ? 2
                                                     : 1;
      chunks_.push_back({first, size});
    }
    filters_.resize(static_cast<std::size_t>(kProducts) * inputs * outputs);
  }

  // Floats of workspace that Run needs.
  static std::size_t WorkspaceSize(int inputs) {
    return kProducts * (ProductStride(inputs * kTiles) + ProductStride(kWidestChunk * kTiles));
  }

  // weight(output, input, tap): transforms 16 filters at once.
  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    std::size_t chunk_at = 0;
    for (const Chunk& chunk : chunks_) {
      const int chunk_pairs = chunk.size * inputs_;
      for (int first = 0; first < chunk_pairs; first += kVectorSize) {
        PackFilters(chunk, first, std::min(kVectorSize, chunk_pairs - first), weight,
                    filters_.data() + chunk_at);
      }
      chunk_at += static_cast<std::size_t>(chunk_pairs) * kProducts;
    }
  }

  // `affine`: what a NormalizingReader needs; not looked at by a PlainReader. `biases`: of each
  // output, or null.
  template <class Reader>
  void Run(const BlockView& x, const BlockView& affine, int border, const float* biases,
           Store store, const BlockView& y, float* workspace) const {
    const auto rectify = [&](const Grid& grid, int tile) {
      if (IsSloped(store)) RectifyTiles(grid, tile, store, y);
    };
    const FloorStore floor(store);
    if (biases == nullptr) {
      Write<Reader>(x, affine, border, OutputWriter<false>(y, biases, floor), workspace, rectify);
    } else {
      Write<Reader>(x, affine, border, OutputWriter<true>(y, biases, floor), workspace, rectify);
    }
  }

  // y += the convolution of x; and where `gate` is one, the sum is gated by the sign of `gating`, a
  // map of y's shape. Its slope is 0.
  void Add(const BlockView& x, int border, const Gate& gate, const BlockView& gating,
           const BlockView& y, float* workspace) const {
    const auto nothing_more = [](const Grid&, int) {};
    if (gate.positive) {
      Write<PlainReader>(x, {}, border, SumWriter<true>(y, gating, gate.scale), workspace,
                         nothing_more);
    } else {
      Write<PlainReader>(x, {}, border, SumWriter<false>(y, {}, 1.0f), workspace, nothing_more);
    }
  }

 private:
  using Grid = TileGrid<Rows, Columns>;
  static constexpr int kProducts = Grid::kProducts;

  // Output channels whose sums stay in registers together.
  struct Chunk {
    int first, size;
  };
  static constexpr int kTiles = 2;
  static constexpr int kWidestChunk = 12;

  // Pairs first .. first+count-1 of (input, output of the chunk), as Multiply reads them:
  // [product][input][output].
  template <class WeightOf>
  void PackFilters(const Chunk& chunk, int first, int count, const WeightOf& weight,
                   float* to) const {
    const FloatTag d;
    HWY_ALIGN float taps[9][kVectorSize] = {};
    int input = first / chunk.size, output = first % chunk.size;
    for (int k = 0; k < count; ++k) {
      for (int tap = 0; tap < 9; ++tap) taps[tap][k] = weight(output + chunk.first, input, tap);
      if (++output < chunk.size) continue;
      output = 0;
      ++input;
    }
    const std::size_t stride = static_cast<std::size_t>(chunk.size) * inputs_;
    HWY_ALIGN float transformed[kVectorSize];
    TransformTile<typename Rows::Filter, typename Columns::Filter>(
        [&](int row, int column) { return hn::Load(d, taps[row * 3 + column]); },
        [&](int row, int column, FloatVector value) {
          hn::Store(value, d, transformed);
          std::copy_n(transformed, count, to + (row * Columns::kWindow + column) * stride + first);
        });
  }

  // finish(grid, tile) after each kTiles tiles.
  template <class Reader, class Writer, class Finish>
  void Write(const BlockView& x, const BlockView& affine, int border, const Writer& writer,
             float* workspace, const Finish& finish) const {
    const Grid grid(writer.map().shape);
    for (int tile = 0; tile < grid.count; tile += kTiles) {
      if (grid.count - tile >= kTiles) {
        WriteTiles<Reader, kTiles>(grid, tile, x, affine, border, writer, workspace);
      } else {
        WriteTiles<Reader, 1>(grid, tile, x, affine, border, writer, workspace);
      }
      finish(grid, tile);
    }
  }

  template <class Reader, int tiles, class Writer>
  void WriteTiles(const Grid& grid, int tile, const BlockView& x, const BlockView& affine,
                  int border, const Writer& writer, float* workspace) const {
    float* products = workspace + kProducts * ProductStride(inputs_ * kTiles);
    for (int part = 0; part < kBlock; part += kVectorSize) {
      for (int t = 0; t < tiles; ++t) {
        TransformInputs<Reader, tiles>(grid, tile + t, x, affine, border, part,
                                       workspace + t * kVectorSize);
      }
      Ahead ahead;
      if (part == 0) ahead = AheadOf(grid, tile, tiles, x, border, writer);
      const float* filters = filters_.data();
      for (const Chunk& chunk : chunks_) {
        MultiplyChunk<tiles>(chunk.size, filters, workspace, products, ahead);
        filters += static_cast<std::size_t>(kProducts) * inputs_ * chunk.size;
        StoreChunk<tiles>(chunk, grid, tile, products, writer, part);
      }
    }
  }

  // The outputs of these tiles, what their writer reads beside them, and what the next tiles read
  // beside what these read.
  struct Ahead {
    RowsAhead<Nearer::kToWrite> outputs;
    RowsAhead<Nearer::kToRead> beside, inputs;
  };
  template <class Writer>
  Ahead AheadOf(const Grid& grid, int tile, int tiles, const BlockView& x, int border,
                const Writer& writer) const {
    Ahead ahead;
    const int columns = tiles * Columns::kTile;
    if (grid.whole(tile)) {
      const Stretch rows = {grid.row(tile), Rows::kTile}, along = {grid.column(tile), columns};
      ahead.outputs = {writer.map(), rows, along};
      if constexpr (Writer::kReads) ahead.beside = {writer.beside(), rows, along};
    }
    const int next = tile + kTiles;
    if (next < grid.count) {
      const int overlap = Columns::kWindow - Columns::kTile;
      ahead.inputs = {x,
                      {grid.row(next) - border, Rows::kWindow},
                      {grid.column(next) - border + overlap, columns}};
    }
    return ahead;
  }

  void RectifyTiles(const Grid& grid, int first, Store store, const BlockView& y) const {
    for (int tile = first; tile < std::min(first + kTiles, grid.count); ++tile) {
      RectifyPixels(store, y, {0, outputs_}, {grid.row(tile), grid.rows_left(tile)},
                    {grid.column(tile), grid.columns_left(tile)});
    }
  }

  template <class Reader, int tiles>
  void TransformInputs(const Grid& grid, int tile, const BlockView& x, const BlockView& affine,
                       int border, int part, float* to) const {
    const SlidingWindow window =
        Reader::kNormalizes ? grid.InnerWindow(tile, border, x.shape) : grid.NeededWindow(tile);
    const float* from = x.at(0, grid.row(tile) - border, grid.column(tile) - border) + part;
    for (int input = 0; input < inputs_; ++input, from += x.channel_stride) {
      TransformPixels<typename Rows::Input, typename Columns::Input>(
          Reader(affine, input, part), from, x.row_stride, window, to + input * tiles * kVectorSize,
          ProductStride(inputs_ * tiles));
    }
  }

  template <int tiles>
  void MultiplyChunk(int size, const float* filters, const float* transformed, float* products,
                     Ahead& ahead) const {
    switch (size) {
      case 12:
        if constexpr (kManyRegisters) Multiply<12, tiles>(filters, transformed, products, ahead);
        break;
      case 8:
        if constexpr (kManyRegisters) Multiply<8, tiles>(filters, transformed, products, ahead);
        break;
      case 6:
        if constexpr (!kManyRegisters) Multiply<6, tiles>(filters, transformed, products, ahead);
        break;
      case 4:
        Multiply<4, tiles>(filters, transformed, products, ahead);
        break;
      case 2:
        Multiply<2, tiles>(filters, transformed, products, ahead);
        break;
      default:
        Multiply<1, tiles>(filters, transformed, products, ahead);
    }
  }

  template <int outputs, int tiles>
  HWY_NOINLINE void Multiply(const float* HWY_RESTRICT filters,
                             const float* HWY_RESTRICT transformed, float* HWY_RESTRICT products,
                             Ahead& ahead) const {
    const FloatTag d;
    for (int product = 0; product < kProducts; ++product) {
      ahead.outputs.Next();
      ahead.beside.Next();
      for (int i = 0; i < 2; ++i) ahead.inputs.Next();
      FloatVector sum[outputs][tiles];
      HWY_UNROLL(12)
      for (int c = 0; c < outputs; ++c) {
        HWY_UNROLL(2)
        for (int t = 0; t < tiles; ++t) sum[c][t] = hn::Zero(d);
      }
      const float* from = transformed + product * ProductStride(inputs_ * tiles);
      for (int input = 0; input < inputs_; ++input) {
        FloatVector pixel[tiles];
        HWY_UNROLL(2)
        for (int t = 0; t < tiles; ++t, from += kVectorSize) pixel[t] = hn::Load(d, from);
        HWY_UNROLL(12)
        for (int c = 0; c < outputs; ++c) {
          const FloatVector weight = hn::Set(d, *filters++);
          HWY_UNROLL(2)
          for (int t = 0; t < tiles; ++t) sum[c][t] = hn::MulAdd(pixel[t], weight, sum[c][t]);
        }
      }
      float* to = products + product * ProductStride(outputs * tiles);
      HWY_UNROLL(12)
      for (int c = 0; c < outputs; ++c) {
        HWY_UNROLL(2)
        for (int t = 0; t < tiles; ++t, to += kVectorSize) hn::Store(sum[c][t], d, to);
      }
    }
  }

  template <int tiles, class Writer>
  static HWY_INLINE void StoreChunk(const Chunk& chunk, const Grid& grid, int tile,
                                    const float* products, const Writer& writer, int part) {
    const std::size_t stride = ProductStride(chunk.size * tiles);
    for (int t = 0; t < tiles; ++t) {
      for (int output = 0; output < chunk.size; ++output) {
        const float* from = products + (output * tiles + t) * kVectorSize;
        StoreTile(grid, tile + t, from, stride, writer, chunk.first + output, part);
      }
    }
  }

  template <class Writer>
  static HWY_INLINE void StoreTile(const Grid& grid, int tile, const float* products,
                                   std::size_t stride, const Writer& writer, int output, int part) {
    const auto to = writer.At(output, grid.row(tile), grid.column(tile), part);
    const auto get = [&](int row, int column) {
      return hn::Load(
          FloatTag(),
          products + static_cast<std::size_t>(row * Columns::kWindow + column) * stride);
    };
    if (grid.whole(tile)) {
      TransformTile<typename Rows::Output, typename Columns::Output>(
          get, [&](int row, int column, FloatVector value) { to.Put(row, column, value); });
      return;
    }
    const int rows = grid.rows_left(tile), columns = grid.columns_left(tile);
    TransformTile<typename Rows::Output, typename Columns::Output>(
        get, [&](int row, int column, FloatVector value) {
          if (row < rows && column < columns) to.Put(row, column, value);
        });
  }

  int inputs_, outputs_;
  std::vector<Chunk> chunks_;
  std::vector<float> filters_;  // [chunk][product][input][output of the chunk]
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_WINOGRAD_CONVOLUTION_INL_H_
