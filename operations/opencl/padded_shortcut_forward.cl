// Every STRIDE-th pixel of the input, BEFORE channels of zeros before its own.
const int channel = tile - BEFORE;
V value = (V)(0.0f);
if (channel >= 0 && channel < CHANNELS) {
  const int row = place / WIDTH * STRIDE, column = place % WIDTH * STRIDE;
  value = x[((size_t)(channel * INPUT_HEIGHT + row) * INPUT_WIDTH + column) * LANES + lane];
}
STORE(tile * HEIGHT * WIDTH + place, value);
