// Partial sums [slice][value] added in their order, with what rounding loses carried along (Kahan).
float sum = 0.0f, lost = 0.0f;
for (int slice = 0; slice < SLICES; ++slice) {
  const float value = partial[slice * SIZE + tile] - lost;
  const float next = sum + value;
  lost = (next - sum) - value;
  sum = next;
}
PUT(total[tile], sum);
