// Small charts in SVG. Attributes only, no inline style: the policy of the page forbids it.
import { type TemplateResult, html, svg } from "lit";
import { Side } from "../../../gen/matchpoint/v1/pong_pb";
import type { PointStats, SideStats } from "../../../gen/matchpoint/v1/result_pb";

const WIDTH = 640;

/** The score over the points: one stepped line for each side. */
export function timeline(points: readonly PointStats[], label: string): TemplateResult {
  const height = 200;
  const most = Math.max(1, ...points.map((p) => Math.max(p.left, p.right)));
  const end = Math.max(1, points.at(-1)?.t ?? 1);
  const x = (t: number): number => 28 + (t / end) * (WIDTH - 56);
  const y = (score: number): number => height - 24 - (score / most) * (height - 48);
  const path = (of: (p: PointStats) => number): string =>
    points.reduce((d, p) => `${d}H${x(p.t).toFixed(1)}V${y(of(p)).toFixed(1)}`, `M${x(0)} ${y(0)}`);
  const rows = Array.from({ length: most + 1 }, (_, i) => i).filter((i) => i % Math.ceil(most / 5) === 0);
  return html`<svg
    class="chart timeline"
    viewBox="0 0 ${WIDTH} ${height}"
    role="img"
    aria-label=${label}
    data-testid="result-timeline"
  >
    ${rows.map(
      (i) =>
        svg`<line class="grid" x1="28" x2=${WIDTH - 28} y1=${y(i)} y2=${y(i)}/>
          <text x="20" y=${y(i) + 4} text-anchor="end">${i}</text>`,
    )}
    <path class="left" d=${path((p) => p.left)} />
    <path class="right" d=${path((p) => p.right)} />
    ${points.map(
      (p) =>
        svg`<circle class=${p.scorer === Side.LEFT ? "left" : "right"} cx=${x(p.t)} cy=${y(
          p.scorer === Side.LEFT ? p.left : p.right,
        )} r="4.500"/>`,
    )}
  </svg>`;
}

/** The length of each rally, coloured by who scored. */
export function rallies(points: readonly PointStats[], label: string): TemplateResult {
  const height = 120;
  const most = Math.max(4, ...points.map((p) => p.rallyHits));
  const step = (WIDTH - 24) / Math.max(points.length, 12);
  return html`<svg
    class="chart rallies"
    viewBox="0 0 ${WIDTH} ${height}"
    role="img"
    aria-label=${label}
    data-testid="result-rallies"
  >
    <line class="grid" x1="12" x2=${WIDTH - 12} y1=${height - 20} y2=${height - 20} />
    ${points.map((p, i) => {
      const h = Math.max(2, (p.rallyHits / most) * (height - 44));
      const x = 12 + i * step;
      return svg`<rect class=${p.scorer === Side.LEFT ? "left" : "right"} x=${x + step * 0.18} y=${
        height - 20 - h
      } width=${step * 0.64} height=${h} rx="2"/><text x=${x + step / 2} y=${
        height - 26 - h
      } text-anchor="middle">${p.rallyHits}</text>`;
    })}
  </svg>`;
}

/** Chart of contacts: both paddles upright, a tick for each ball at the height where it was met. */
export function contacts(
  left: SideStats | undefined,
  right: SideStats | undefined,
  half: number,
  label: string,
): TemplateResult {
  const height = 160;
  const reach = half + 900;
  const column = (offsets: readonly number[], x: number, kind: string): unknown => svg`
    <rect class="paddle" x=${x - 5} y="10" width="10" height=${height - 20} rx="3"/>
    <line class="grid" x1=${x - 150} x2=${x + 150} y1=${height / 2} y2=${height / 2}/>
    ${offsets
      .slice(-160)
      .map(
        (o, i, all) =>
          svg`<circle class=${kind} cx=${
            x + (kind === "left" ? 1 : -1) * (16 + (all.length < 2 ? 0 : (i / (all.length - 1)) * 120))
          } cy=${height / 2 + (o / reach) * (height / 2 - 12)} r="3.500"/>`,
      )}`;
  return html`<svg
    class="chart contacts"
    viewBox="0 0 ${WIDTH} ${height}"
    role="img"
    aria-label=${label}
    data-testid="result-contacts"
  >
    ${column(left?.contactOffsets ?? [], 160, "left")}${column(right?.contactOffsets ?? [], WIDTH - 160, "right")}
  </svg>`;
}
