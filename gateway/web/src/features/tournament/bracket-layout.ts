// Layout of a bracket: boxes, lines and headings for its pairings. Pure, without the DOM.
import { type Pairing, Stage } from "../../../gen/matchpoint/v1/tournament_pb";
import { isBye } from "./model";

/** Sizes in the drawing's own units; at scale 1 they are CSS pixels. */
export const BOX = { width: 184, height: 40 } as const;
const COLUMN = BOX.width + 32;
const ROW = BOX.height + 6;
/** Between the parts of a double elimination, and above each part for its headings. */
const GAP = 40;
const HEAD = 34;
const MARGIN = 12;

export interface Box {
  pairing: number;
  x: number;
  y: number;
}

/** A line from a pairing to the one that its winner goes to. */
export interface Line {
  from: number;
  to: number;
  path: string;
}

/** Heading above a column. */
export interface Heading {
  stage: Stage;
  round: number;
  /** Rounds to the end of its part: 0 is its final. */
  toFinal: number;
  x: number;
  y: number;
}

export interface Layout {
  boxes: Map<number, Box>;
  lines: Line[];
  headings: Heading[];
  width: number;
  height: number;
}

type Rounds = Map<number, Pairing[]>;

function roundsOf(pairings: Iterable<Pairing>, stage: Stage): Rounds {
  const rounds: Rounds = new Map();
  for (const pairing of pairings) {
    if (pairing.stage !== stage) continue;
    const round = rounds.get(pairing.round);
    if (round) round.push(pairing);
    else rounds.set(pairing.round, [pairing]);
  }
  return rounds;
}

/** The winner's next place: a round of the same size takes them straight on, one of half the size in pairs. */
const nextIndex = (index: number, here: number, there: number): number => (there < here ? Math.ceil(index / 2) : index);

/** True if a bracket can be drawn of the pairings. */
export const hasBracket = (pairings: Iterable<Pairing>): boolean =>
  [...pairings].some(({ stage }) => stage === Stage.KNOCKOUT || stage === Stage.WINNERS);

export function layout(all: Iterable<Pairing>): Layout {
  const pairings = [...all];
  const boxes = new Map<number, Box>();
  const lines: Line[] = [];
  const headings: Heading[] = [];
  const shown = (pairing: Pairing): boolean => !isBye(pairing);
  const losers = roundsOf(pairings, Stage.LOSERS);
  const double = losers.size > 0 || pairings.some(({ stage }) => stage === Stage.GRAND_FINAL);
  const upper = roundsOf(pairings, double ? Stage.WINNERS : Stage.KNOCKOUT);

  /** One tree; returns its height. Each round's boxes stand between those that feed them. */
  function part(rounds: Rounds, stage: Stage, column: (round: number) => number, top: number): number {
    const last = Math.max(0, ...rounds.keys());
    let pitch = 1;
    let before = 0;
    let rows = 0;
    for (let round = 1; round <= last; round++) {
      const here = rounds.get(round) ?? [];
      if (before && here.length < before) pitch *= 2;
      before = here.length;
      rows = Math.max(rows, here.length * pitch);
      const x = MARGIN + column(round) * COLUMN;
      if (here.some(shown)) headings.push({ stage, round, toFinal: last - round, x, y: top });
      for (const pairing of here.filter(shown)) {
        boxes.set(pairing.pairing, {
          pairing: pairing.pairing,
          x,
          y: top + HEAD + ((pairing.index - 0.5) * pitch - 0.5) * ROW,
        });
      }
      const next = rounds.get(round + 1);
      for (const pairing of next ? here.filter(shown) : []) {
        const to = next!.find(({ index }) => index === nextIndex(pairing.index, here.length, next!.length));
        if (to && shown(to)) lines.push({ from: pairing.pairing, to: to.pairing, path: "" });
      }
    }
    return HEAD + rows * ROW;
  }

  const columnAbove = double
    ? (round: number): number => (round === 1 ? 0 : 2 * round - 3)
    : (round: number): number => round - 1;
  const bottom = MARGIN + part(upper, double ? Stage.WINNERS : Stage.KNOCKOUT, columnAbove, MARGIN);
  if (losers.size) part(losers, Stage.LOSERS, (round) => round, bottom + GAP);

  const lastOf = (rounds: Rounds): Pairing | undefined => rounds.get(Math.max(0, ...rounds.keys()))?.[0];
  const ends = [lastOf(upper), lastOf(losers)].filter(
    (pairing): pairing is Pairing => pairing !== undefined && boxes.has(pairing.pairing),
  );
  const finals = pairings
    .filter(({ stage }) => stage === Stage.GRAND_FINAL)
    .sort((a, b) => a.round - b.round || a.pairing - b.pairing);
  const middle = ends.length
    ? ends.reduce((sum, { pairing }) => sum + boxes.get(pairing)!.y, 0) / ends.length
    : MARGIN + HEAD;
  const after = 1 + Math.max(-1, ...[...boxes.values()].map(({ x }) => Math.round((x - MARGIN) / COLUMN)));
  finals.filter(shown).forEach((pairing, index) => {
    const x = MARGIN + (after + index) * COLUMN;
    boxes.set(pairing.pairing, { pairing: pairing.pairing, x, y: middle });
    headings.push({
      stage: Stage.GRAND_FINAL,
      round: index + 1,
      toFinal: finals.length - 1 - index,
      x,
      y: middle - HEAD,
    });
    for (const from of index ? [finals[index - 1]!] : ends)
      lines.push({ from: from.pairing, to: pairing.pairing, path: "" });
  });

  const third = pairings.find(({ stage }) => stage === Stage.THIRD_PLACE);
  const final = lastOf(upper);
  if (third && shown(third) && final) {
    const place = boxes.get(final.pairing) ?? { x: MARGIN, y: MARGIN + HEAD };
    const y = place.y + ROW + HEAD + 8;
    boxes.set(third.pairing, { pairing: third.pairing, x: place.x, y });
    headings.push({ stage: Stage.THIRD_PLACE, round: 1, toFinal: 0, x: place.x, y: y - HEAD });
  }

  for (const line of lines) {
    const a = boxes.get(line.from)!;
    const b = boxes.get(line.to)!;
    const bend = b.x - 16;
    line.path = `M${a.x + BOX.width} ${a.y + BOX.height / 2}H${bend}V${b.y + BOX.height / 2}H${b.x}`;
  }
  const places = [...boxes.values()];
  return {
    boxes,
    lines,
    headings,
    width: Math.max(0, ...places.map(({ x }) => x + BOX.width)) + MARGIN,
    height: Math.max(0, ...places.map(({ y }) => y + BOX.height)) + MARGIN,
  };
}

/** Pairing that an arrow key leads to: along a line of the bracket if there is one, else the nearest box that way. */
export function neighbour(
  { boxes, lines }: Layout,
  from: number,
  key: "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown",
): number | undefined {
  const here = boxes.get(from);
  if (!here) return boxes.keys().next().value;
  const along =
    key === "ArrowRight"
      ? lines.find((line) => line.from === from)?.to
      : key === "ArrowLeft"
        ? lines.find((line) => line.to === from)?.from
        : undefined;
  if (along !== undefined) return along;
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  let best: Box | undefined;
  let least = Infinity;
  for (const box of boxes.values()) {
    const [ahead, beside] = sideways ? [box.x - here.x, box.y - here.y] : [box.y - here.y, box.x - here.x];
    if (ahead * sign <= 0 || (!sideways && beside !== 0)) continue;
    const far = Math.abs(ahead) + 2 * Math.abs(beside);
    if (far < least) [best, least] = [box, far];
  }
  return best?.pairing;
}
