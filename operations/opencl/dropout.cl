// Eight decisions of an image from one call of Philox4x32-7; operations/dropout.h has the address.
typedef struct {
  int number;
  U words[4];
} Draws;

void draw(Draws* draws, U ids, __global const uint* pass, int purpose) {
  U c0 = ids, c1 = (U)(pass[EPOCH]), c2 = (U)((uint)purpose), c3 = (U)((uint)draws->number);
  uint key0 = pass[SEED_LOW], key1 = pass[SEED_HIGH];
  for (int round = 0; round < DROPOUT_ROUNDS; ++round) {
    const U high0 = mul_hi((U)(0xD2511F53u), c0), low0 = (U)(0xD2511F53u) * c0;
    const U high1 = mul_hi((U)(0xCD9E8D57u), c2), low1 = (U)(0xCD9E8D57u) * c2;
    c0 = high1 ^ c1 ^ (U)(key0);
    c1 = low1;
    c2 = high0 ^ c3 ^ (U)(key1);
    c3 = low0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  draws->words[0] = c0;
  draws->words[1] = c1;
  draws->words[2] = c2;
  draws->words[3] = c3;
}

// What was dropped is -0, which nothing that was kept is, so that the way back need not draw again.
V drop(V x, int element, U ids, __global const uint* pass, int purpose, int below, float scale, Draws* draws) {
  if (pass[DROPS] == 0u) return x;
  if (draws->number != element / 8) {
    draws->number = element / 8;
    draw(draws, ids, pass, purpose);
  }
  const int pair = element % 8 / 2;
  U word = draws->words[0];
  if (pair == 1) word = draws->words[1];
  if (pair == 2) word = draws->words[2];
  if (pair == 3) word = draws->words[3];
  const U decision = (word >> (U)((uint)(16 * (element % 2)))) & (U)(0xffffu);
  const V kept = x * (V)(scale);
  return SELECT(decision < (U)((uint)below), (V)(-0.0f), SELECT(kept == 0.0f, (V)(0.0f), kept));
}
#if VECTOR == 1
#define WAS_DROPPED(y) (as_int(y) == INT_MIN)
#else
#define WAS_DROPPED(y) (JOIN(as_int, VECTOR)(y) == (B)(INT_MIN))
#endif
