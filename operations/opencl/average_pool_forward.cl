// Padding counts as zeros.
const int x0 = place % WIDTH * STRIDE_X - PADDING_X, y0 = place / WIDTH * STRIDE_Y - PADDING_Y;
__global const V* in = x + (size_t)tile * INPUT_HEIGHT * INPUT_WIDTH * LANES + lane;
V sum = (V)(0.0f);
for (int row = max(y0, 0); row < min(y0 + SIZE_Y, INPUT_HEIGHT); ++row) {
  V of_row = (V)(0.0f);
  for (int column = max(x0, 0); column < min(x0 + SIZE_X, INPUT_WIDTH); ++column) {
    of_row += in[(row * INPUT_WIDTH + column) * LANES];
  }
  sum += of_row;
}
STORE(tile * HEIGHT * WIDTH + place, sum / (V)((float)(SIZE_X * SIZE_Y)));
