const int column = place % INPUT_WIDTH, row = place / INPUT_WIDTH;
V sum = (V)(0.0f);
const int first_y = max(0, row + PADDING_Y - SIZE_Y + STRIDE_Y) / STRIDE_Y;
const int end_y = min(HEIGHT, (row + PADDING_Y) / STRIDE_Y + 1);
const int first_x = max(0, column + PADDING_X - SIZE_X + STRIDE_X) / STRIDE_X;
const int end_x = min(WIDTH, (column + PADDING_X) / STRIDE_X + 1);
for (int oy = first_y; oy < end_y; ++oy) {
  for (int ox = first_x; ox < end_x; ++ox) {
    sum += dy[((size_t)tile * HEIGHT * WIDTH + oy * WIDTH + ox) * LANES + lane] /
           (V)((float)(SIZE_X * SIZE_Y));
  }
}
PUT(dx[((size_t)tile * INPUT_HEIGHT * INPUT_WIDTH + place) * LANES + lane], sum);
