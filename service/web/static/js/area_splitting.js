// Splitting a polygon along a line, in the plane of longitude and latitude: rings of [x, y], open (the last point is
// not the first again), the shell first. No repair and no guess: a line that does not pass once through is refused.

/* Return the two polygons, or null when the line does not cross the shell exactly twice, or crosses a hole. */
export function split(rings, line) {
  const [shell, ...holes] = rings;
  const found = crossings(shell, line);
  if (found.length !== 2 || holes.some((hole) => crossings(hole, line).length)) return null;
  const [a, b] = found;
  const between = line.slice(a.segment + 1, b.segment + 1);
  const one = [a.point, ...between, b.point, ...walk(shell, b, a)];
  const other = [b.point, ...between.slice().reverse(), a.point, ...walk(shell, a, b)];
  const own = (ring, hole) => holds(ring, hole[0]);
  return [one, other].map((ring) => [ring, ...holes.filter((hole) => own(ring, hole))]);
}

/* Where the line crosses the ring, in the order of the line. */
function crossings(ring, line) {
  const found = [];
  for (let segment = 0; segment + 1 < line.length; segment += 1) {
    const here = ring.flatMap((from, edge) => {
      const at = crossing(line[segment], line[segment + 1], from, ring[(edge + 1) % ring.length]);
      return at ? [{ ...at, segment, edge }] : [];
    });
    found.push(...here.sort((first, second) => first.along - second.along));
  }
  return found;
}

/* Half-open on both, so that a corner is crossed once. */
function crossing([ax, ay], [bx, by], [cx, cy], [dx, dy]) {
  const turn = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
  if (turn === 0) return null;
  const along = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / turn;
  const onEdge = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / turn;
  if (along < 0 || along >= 1 || onEdge < 0 || onEdge >= 1) return null;
  return { along, onEdge, point: [ax + along * (bx - ax), ay + along * (by - ay)] };
}

/* The ring's own points from one crossing forward to the other. */
function walk(ring, from, to) {
  const points = [];
  let edge = from.edge;
  if (edge === to.edge && to.onEdge >= from.onEdge) return points;
  do {
    edge = (edge + 1) % ring.length;
    points.push(ring[edge]);
  } while (edge !== to.edge);
  return points;
}

function holds(ring, [x, y]) {
  let inside = false;
  ring.forEach(([ax, ay], index) => {
    const [bx, by] = ring[(index + 1) % ring.length];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}
