// Over the images of each ghost batch, of one value an image; every image has the result. Lanes
// without an image: 0.
const size_t at = (size_t)tile * LANES * VECTOR;
const int count = (int)pass[COUNT];
for (int first = 0; first < LANES * VECTOR; first += GHOST) {
  const int end = min(first + GHOST, count);
  float result = 0.0f;
#if defined(GHOST_MAX) || defined(GHOST_MIN)
  if (first < end) result = A(first);
  for (int n = first + 1; n < end; ++n) {
    const float value = A(n);
#ifdef GHOST_MAX
    if (value > result || isnan(value)) result = value;
#else
    if (value < result || isnan(value)) result = value;
#endif
  }
#else
  float sum = 0.0f;
  for (int n = first; n < end; ++n) sum += A(n);
  const float images = (float)max(1, end - first);
#ifdef GHOST_SUM
  result = sum;
#else
  result = sum / images;
#endif
#ifdef GHOST_VARIANCE
  const float mean = result;
  float square = 0.0f;
  for (int n = first; n < end; ++n) square += (A(n) - mean) * (A(n) - mean) + MORE(n);
  result = square / images;
#endif
#endif
  for (int n = first; n < min(first + GHOST, LANES * VECTOR); ++n) out[at + n] = n < count ? result : 0.0f;
}
