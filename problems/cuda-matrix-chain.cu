#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

// Everything is taken modulo this prime, so results are exact.
static const uint32_t prime = 32749;

// Entry (row, col) of the matrix with a number: whatever kernel there is must use these.
__host__ __device__ static inline uint32_t entry(uint32_t seed, uint32_t number, uint32_t row, uint32_t col) {
  uint32_t x = seed ^ (number * 0x9E3779B1u) ^ (row * 0x85EBCA77u) ^ (col * 0xC2B2AE3Du);
  x = (x ^ (x >> 16)) * 0x7FEB352Du;
  x = (x ^ (x >> 15)) * 0x846CA68Bu;
  return (x ^ (x >> 16)) % prime;
}

// EVOLVE-BLOCK-START
static const int tile = 16;

__global__ void fill(uint32_t* matrix, int n, uint32_t seed, uint32_t number) {
  const int col = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row < n && col < n) matrix[row * n + col] = entry(seed, number, row, col);
}

__global__ void multiply(const uint32_t* left, const uint32_t* right, uint32_t* product, int n) {
  const int col = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row >= n || col >= n) return;
  uint64_t sum = 0;
  for (int k = 0; k < n; k++) sum += left[row * n + k] * right[k * n + col];
  product[row * n + col] = sum % prime;
}

// The product of the matrices 0 to count - 1, in this order, each n x n.
static std::vector<uint32_t> chain(int n, int count, uint32_t seed) {
  const size_t bytes = size_t(n) * n * sizeof(uint32_t);
  uint32_t *left, *right, *product;
  if (cudaMalloc(&left, bytes) != cudaSuccess) std::abort();
  if (cudaMalloc(&right, bytes) != cudaSuccess) std::abort();
  if (cudaMalloc(&product, bytes) != cudaSuccess) std::abort();
  const dim3 threads(tile, tile), blocks((n + tile - 1) / tile, (n + tile - 1) / tile);
  fill<<<blocks, threads>>>(left, n, seed, 0);
  for (int number = 1; number < count; number++) {
    fill<<<blocks, threads>>>(right, n, seed, number);
    multiply<<<blocks, threads>>>(left, right, product, n);
    uint32_t* const done = left;
    left = product;
    product = done;
  }
  std::vector<uint32_t> result(size_t(n) * n);
  if (cudaMemcpy(result.data(), left, bytes, cudaMemcpyDeviceToHost) != cudaSuccess) std::abort();
  return result;
}
// EVOLVE-BLOCK-END

// The request comes on descriptor 3 and begins with its arguments; the answer goes to descriptor 4 as one line of JSON.
int main() {
  int n = 0, count = 0;
  unsigned seed = 0;
  FILE* in = fdopen(3, "r");
  if (in == nullptr || std::fscanf(in, "{\"args\":[%d,%d,%u]", &n, &count, &seed) != 3) return 2;
  FILE* out = fdopen(4, "w");
  std::fputs("{\"value\":[", out);
  const char* comma = "";
  for (const uint32_t value : chain(n, count, seed)) {
    std::fprintf(out, "%s%u", comma, value);
    comma = ",";
  }
  std::fputs("]}\n", out);
  return std::fclose(out) == 0 ? 0 : 3;
}
