// An optimizer's step. A work item has CHUNK elements of the flat vector, APART from each other.
for (int k = 0; k < CHUNK; ++k) {
  const int i = tile * FIRST + k * APART;
  if (i >= SIZE) break;
  __global const float* row = table + tensors[i] * ROW;
  __global const float* n = row + RULE_NUMBERS;
  float p = weights[i];
  float g = CLIPPED(gradients[i] + row[L1] * (float)((p > 0.0f) - (p < 0.0f)));
  LOAD
  STATEMENTS
  STORE
  weights[i] = p < row[LOWEST] ? row[LOWEST] : p > row[HIGHEST] ? row[HIGHEST] : p;
}
