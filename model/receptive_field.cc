#include "model/receptive_field.h"

namespace normlab {
namespace {

FieldAxis AfterWindow(const FieldAxis& before, int kernel, int stride, int padding) {
  return {.extent = before.extent + (kernel - 1) * before.jump,
          .jump = before.jump * stride,
          .padding = before.padding + padding * before.jump};
}

}  // namespace

ReceptiveField AfterLayer(const ReceptiveField& before, const Layer& layer) {
  int rows = layer.kernel, columns = layer.kernel;
  if (layer.kind == LayerKind::kGlobalAveragePool) {
    rows = layer.input.height;
    columns = layer.input.width;
  }
  const bool moves_by_one = layer.kind == LayerKind::kConvolution;
  return {AfterWindow(before.rows, rows, moves_by_one ? 1 : rows, layer.padding),
          AfterWindow(before.columns, columns, moves_by_one ? 1 : columns, layer.padding)};
}

std::vector<ReceptiveField> ReceptiveFields(const Architecture& architecture) {
  std::vector<ReceptiveField> fields;
  ReceptiveField field;
  for (const Layer& layer : architecture.layers) {
    for (int time = 0; time < layer.repeat; ++time) field = AfterLayer(field, layer);
    fields.push_back(field);
  }
  return fields;
}

Reach ReachOf(const NormMethod& method, bool training) {
  if (!method.has_statistics || (method.running_statistics && !training)) return Reach::kField;
  if (method.pools_images) return Reach::kBatch;
  return method.pools_pixels ? Reach::kImage : Reach::kField;
}

}  // namespace normlab
