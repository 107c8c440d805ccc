/** How the rows of a run are told apart in every chart: by colour and by shape, for neither is enough alone. */
const kColours = 6;
const kShapes = ['circle', 'square', 'triangle', 'diamond', 'cross'] as const;
export type Shape = (typeof kShapes)[number];

export function colourOf(index: number): string {
  return `var(--s${index % kColours})`;
}

/** The same colour resolved, for a canvas. */
export function inkOf(index: number): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--s${index % kColours}`).trim();
}

export function shapeOf(index: number): Shape {
  return kShapes[index % kShapes.length] ?? 'circle';
}

/** The outline of a shape around 0, for SVG's `d` and for Path2D. */
export function outline(shape: Shape, radius: number): string {
  const r = radius;
  switch (shape) {
    case 'circle':
      return `M${r} 0A${r} ${r} 0 1 1 ${-r} 0A${r} ${r} 0 1 1 ${r} 0Z`;
    case 'square':
      return `M${-r * 0.88} ${-r * 0.88}H${r * 0.88}V${r * 0.88}H${-r * 0.88}Z`;
    case 'triangle':
      return `M0 ${-r * 1.15}L${r * 1.05} ${r * 0.8}H${-r * 1.05}Z`;
    case 'diamond':
      return `M0 ${-r * 1.25}L${r * 1.25} 0L0 ${r * 1.25}L${-r * 1.25} 0Z`;
    case 'cross':
      return `M${-r} ${-r * 0.4}H${-r * 0.4}V${-r}H${r * 0.4}V${-r * 0.4}H${r}V${r * 0.4}H${r * 0.4}V${r}H${-r * 0.4}V${r * 0.4}H${-r}Z`;
  }
}

/** Places labels so that none lies on another: moves them down their column, in the order of their height. */
export function spread(wanted: readonly number[], distance: number, most: number): number[] {
  const order = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  let last = -Infinity;
  for (const entry of order) {
    entry.y = Math.max(entry.y, last + distance);
    last = entry.y;
  }
  let over = Math.max(0, last - most);
  for (let place = order.length - 1; place >= 0 && over > 0; place -= 1) {
    const entry = order[place];
    const above = order[place - 1];
    if (!entry) break;
    entry.y -= over;
    over = above ? Math.max(0, above.y + distance - entry.y) : 0;
  }
  const placed = new Array<number>(wanted.length);
  for (const { y, index } of order) placed[index] = y;
  return placed;
}
