// The kernel that others are timed against: the first program of problems/wgsl-matmul.yaml. A test keeps the two alike.

export const naiveKernel = `// C = A B for matrices in row-major order: A has shape.m rows and shape.k columns, B shape.k rows and shape.n columns.
// One workgroup writes GROUP_ROWS x GROUP_COLS entries of C; as many workgroups are started as cover C. The sizes need
// not be multiples of anything.
struct Shape { m: u32, n: u32, k: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

// EVOLVE-BLOCK-START
// Invocations of a workgroup.
const THREAD_ROWS = 8;
const THREAD_COLS = 8;

// What each of them computes: EACH_ROWS x EACH_COLS entries, EACH_STEPS terms of their sums at a time.
const EACH_ROWS = 1;
const EACH_COLS = 1;
const EACH_STEPS = 1;

const GROUP_ROWS = THREAD_ROWS * EACH_ROWS;
const GROUP_COLS = THREAD_COLS * EACH_COLS;

@compute @workgroup_size(THREAD_COLS, THREAD_ROWS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u) {
  let row = group.y * u32(GROUP_ROWS) + thread.y;
  let col = group.x * u32(GROUP_COLS) + thread.x;
  var sums: array<f32, EACH_ROWS * EACH_COLS>;
  for (var at = 0u; at < shape.k; at += u32(EACH_STEPS)) {
    for (var step = 0u; step < u32(EACH_STEPS) && at + step < shape.k; step++) {
      for (var i = 0u; i < u32(EACH_ROWS); i++) {
        let left = a[(row + i * u32(THREAD_ROWS)) * shape.k + at + step];
        for (var j = 0u; j < u32(EACH_COLS); j++) {
          sums[i * u32(EACH_COLS) + j] += left * b[(at + step) * shape.n + col + j * u32(THREAD_COLS)];
        }
      }
    }
  }
  for (var i = 0u; i < u32(EACH_ROWS); i++) {
    for (var j = 0u; j < u32(EACH_COLS); j++) {
      let y = row + i * u32(THREAD_ROWS);
      let x = col + j * u32(THREAD_COLS);
      if (y < shape.m && x < shape.n) {
        c[y * shape.n + x] = sums[i * u32(EACH_COLS) + j];
      }
    }
  }
}
// EVOLVE-BLOCK-END
`
