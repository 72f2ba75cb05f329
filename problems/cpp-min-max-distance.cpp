#include <cmath>
#include <cstdio>
#include <vector>

struct Point {
  double x, y;
};

// EVOLVE-BLOCK-START
struct Ring {
  int count;
  double radius, turn;
};

static const Ring rings[] = {{1, 0.0, 0.0}, {5, 1.0, 0.0}, {10, 2.0, 0.05}};

// Pushes points apart that are closer than some distance, and all towards the middle.
static void relax(std::vector<Point>& points, int rounds, double distance, double push, double pull) {
  for (int round = 0; round < rounds; round++) {
    for (Point& one : points) {
      for (const Point& other : points) {
        const double dx = one.x - other.x, dy = one.y - other.y, gap = std::hypot(dx, dy);
        if (gap > 0.0 && gap < distance) {
          one.x += push * dx * (distance - gap) / gap;
          one.y += push * dy * (distance - gap) / gap;
        }
      }
      one.x -= pull * one.x;
      one.y -= pull * one.y;
    }
  }
}

static std::vector<Point> arrange(int n) {
  std::vector<Point> points;
  for (const Ring& ring : rings) {
    for (int i = 0; i < ring.count && int(points.size()) < n; i++) {
      const double angle = 2.0 * M_PI * (ring.turn + i / double(ring.count));
      points.push_back({ring.radius * std::cos(angle), ring.radius * std::sin(angle)});
    }
  }
  relax(points, 20, 1.0, 0.1, 0.001);
  return points;
}
// EVOLVE-BLOCK-END

// The request comes on descriptor 3 and begins with its arguments; the answer goes to descriptor 4 as one line of JSON.
int main() {
  int n = 0;
  FILE* in = fdopen(3, "r");
  if (in == nullptr || std::fscanf(in, "{\"args\":[%d]", &n) != 1) return 2;
  FILE* out = fdopen(4, "w");
  std::fputs("{\"value\":[", out);
  const char* comma = "";
  for (const Point& point : arrange(n)) {
    std::fprintf(out, "%s[%.17g,%.17g]", comma, point.x, point.y);
    comma = ",";
  }
  std::fputs("]}\n", out);
  return std::fclose(out) == 0 ? 0 : 3;
}
