// Eight decisions of an image from one call of Philox4x32-7; operations/dropout.h has the address.
U c0 = ((__global const U*)ids)[lane], c1 = (U)(pass[EPOCH]), c2 = (U)((uint)PURPOSE), c3 = (U)((uint)place);
uint key0 = pass[SEED_LOW], key1 = pass[SEED_HIGH];
UNROLL for (int round = 0; round < ROUNDS; ++round) {
  const U high0 = mul_hi((U)(0xD2511F53u), c0), low0 = (U)(0xD2511F53u) * c0;
  const U high1 = mul_hi((U)(0xCD9E8D57u), c2), low1 = (U)(0xCD9E8D57u) * c2;
  c0 = high1 ^ c1 ^ (U)(key0);
  c1 = low1;
  c2 = high0 ^ c3 ^ (U)(key1);
  c3 = low0;
  key0 += 0x9E3779B9u;
  key1 += 0xBB67AE85u;
}
const U words[4] = {c0, c1, c2, c3};
UNROLL for (int decision = 0; decision < 8; ++decision) {
  const int element = place * 8 + decision;
  if (element < ELEMENTS) {
    const size_t at = (size_t)element * LANES + lane;
    const U number = (words[decision / 2] >> (U)((uint)(16 * (decision % 2)))) & (U)(0xffffu);
    PUT(to[at], SELECT(number < (U)((uint)THRESHOLD), (V)(0.0f), from[at] * (V)(SCALE)));
  }
}
