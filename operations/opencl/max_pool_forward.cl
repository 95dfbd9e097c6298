// The largest of a window; of several the first; a NaN wins.
const int x0 = place % WIDTH * STRIDE_X - PADDING_X, y0 = place / WIDTH * STRIDE_Y - PADDING_Y;
const int left = max(x0, 0), right = min(x0 + SIZE_X, INPUT_WIDTH);
const int top = max(y0, 0), bottom = min(y0 + SIZE_Y, INPUT_HEIGHT);
__global const V* in = x + (size_t)tile * INPUT_HEIGHT * INPUT_WIDTH * LANES + lane;
V best = in[(top * INPUT_WIDTH + left) * LANES];
for (int row = top; row < bottom; ++row) {
  for (int column = left; column < right; ++column) {
    const V value = in[(row * INPUT_WIDTH + column) * LANES];
    best = SELECT((value > best) | isnan(value), value, best);
  }
}
STORE(tile * HEIGHT * WIDTH + place, best);
