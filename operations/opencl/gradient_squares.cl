// Partial sums of the squares of the gradients that weight_step begins with.
float sum = 0.0f, rest = 0.0f;
for (int k = 0; k < CHUNK; ++k) {
  const int i = tile * FIRST + k * APART;
  if (i >= SIZE) break;
  const float p = weights[i];
  const float g = gradients[i] + table[tensors[i] * ROW + L1] * (float)((p > 0.0f) - (p < 0.0f));
  const float term = g * g - rest, next = sum + term;
  rest = (next - sum) - term;
  sum = next;
}
squares[tile] = sum;
