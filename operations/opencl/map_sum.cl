// The sum of VALUE(at) over EACH elements of a map from tile * EACH on, and over all images; slices
// of CHUNK elements, [slice][tile].
V sum = (V)(0.0f);
const int begin = tile * EACH + place * CHUNK, end = min(begin + CHUNK, tile * EACH + EACH);
for (int element = begin; element < end; ++element) {
  V of_images = (V)(0.0f);
  for (int v = lane; v < LANES; v += WORKERS) {
    const size_t at = (size_t)element * LANES + v;
    of_images += VALUE(at);
  }
  sum += of_images;
}
#if WORKERS > 1
__local float shared[WORKERS];
shared[lane] = SUM_OF(sum);
barrier(CLK_LOCAL_MEM_FENCE);
if (lane == 0) {
  float all = 0.0f;
  for (int other = 0; other < WORKERS; ++other) all += shared[other];
  PUT(partial[place * TILES + tile], all);
}
#else
PUT(partial[place * TILES + tile], SUM_OF(sum));
#endif
